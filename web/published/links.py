"""How pages that were made for a server name each other as files: relatively, so that they work below any path."""

from __future__ import annotations

import html as escaping
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from web.inline import script_hashes
from web.published.data import SNAPSHOT
from web.published.layout import Layout, address_of

_SCRIPTS = re.compile(r"script-src [^;]*")
_FRAMES = re.compile(r"; *frame-ancestors [^;]*")  # which a page cannot say of itself


@dataclass
class Links:
    """Rewrites what a server's pages and data name; `left_off` are addresses for which there is no file.

    Templates escape quotes, so what looks like an attribute here is one of theirs. The addresses of the pages begin
    with the site's `root`, a word of ours that is nowhere else; those of the data with `base`. What belongs together is
    asked for with its `version`, whatever a cache on the way still has.
    """

    layout: Layout
    base: str
    left_off: set[str] = field(default_factory=set)
    version: str = ""

    def page(self, html: str, path: str, language: str, policy: str, head: Iterable[str] = ()) -> str:
        """Return a page, or an article, of a `path` as the file that it is among others, with its policy in it."""
        file = self._file(path, language)
        whole = self._placed(html, urlsplit(path).path, file, language, "../" * file.count("/") or "./")
        return _with_head(whole, policy, head)

    def absolute(self, html: str, path: str, language: str, policy: str) -> str:
        """Return a page that may stand at any address, since its links begin at the root of the host."""
        return _with_head(self._placed(html, path, "", language, f"{urlsplit(self.base).path}/"), policy, ())

    def _placed(self, html: str, path: str, file: str, language: str, up: str) -> str:
        root = self.layout.site.root

        def replaced(found: re.Match[str]) -> str:
            address = escaping.unescape(found[2])
            asked = f"{path}{address}" if address.startswith("?") else address.removeprefix(root)
            target, mark, fragment = asked.partition("#")
            there = self.layout.file_of(target, language)
            if there is None:
                self.left_off.add(target)
                return ""
            return f'{found[1]}="{escaping.escape(up + address_of(there) + mark + fragment)}"'

        attributes = re.compile(rf'\b(href|src|action)="((?:{re.escape(root)}|\?lang=)[^"]*)"')
        placed = attributes.sub(replaced, html).replace(root, up.removesuffix("/"))
        for name in SNAPSHOT if self.version else ():
            placed = placed.replace(name, f"{name}?v={self.version}")
        return placed

    def _file(self, path: str, language: str) -> str:
        file = self.layout.file_of(path, language)
        assert file is not None, path
        return file

    def address(self, path: str, language: str) -> str:
        """Return the whole address of a page."""
        return f"{self.base}/{address_of(self._file(path, language))}"

    def data(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a document whose OGC links lead to files; links to what only a server answers are left out."""
        language = self.layout.site.languages[0]
        kept = []
        for link in document.get("links", []):
            path = link["href"].removeprefix(self.base) if link["href"].startswith(f"{self.base}/") else None
            file = self.layout.file_of(path, language) if path is not None else None
            if path is None:
                kept.append(link)
            elif file is not None:
                kept.append({**link, "href": f"{self.base}/{address_of(file)}"})
        return {**document, "links": kept}


def _with_head(html: str, policy: str, more: Iterable[str]) -> str:
    if "<head>" not in html:
        return html
    scripts = " ".join(["script-src 'self'", *script_hashes(html)])
    said = escaping.escape(_SCRIPTS.sub(lambda _: scripts, _FRAMES.sub("", policy)))
    lines = [f'<meta http-equiv="Content-Security-Policy" content="{said}">', *more]
    return html.replace("<head>", "\n    ".join(["<head>", *lines]), 1)
