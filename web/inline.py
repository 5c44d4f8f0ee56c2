"""The scripts that stand in a page, as its policy names them."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

# Types of what a page carries in script elements and no browser runs.
_DATA = {"application/json", "application/octet-stream"}


_ELEMENT = re.compile(r"<script\b.*?</script\b[^>]*>", re.IGNORECASE | re.DOTALL)


class _InlineScripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = tag == "script" and "src" not in given and given.get("type") not in _DATA
        if self._inside:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"


def script_hashes(html: str) -> list[str]:
    """Return the Content-Security-Policy source (`'sha256-…'`) of every inline script of a page."""
    parser = _InlineScripts()
    for element in _ELEMENT.findall(html):  # of a long page the parser would look at every word
        parser.feed(element)
    digests = [hashlib.sha256(script.encode()).digest() for script in parser.scripts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
