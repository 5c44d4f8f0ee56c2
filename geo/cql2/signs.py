"""The words and signs of a CQL2 text, one after the other (OGC 21-065r2, annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from geo.errors import InvalidQuery

Kind = Literal["name", "quoted", "number", "text", "sign", "end"]


class Sign(NamedTuple):
    """A word, number, text or sign, and at which character it begins; keywords are names."""

    kind: Kind
    text: str
    at: int

    def is_word(self, *words: str) -> bool:
        """Return whether it is one of these keywords, in whatever case."""
        return self.kind == "name" and self.text.upper() in words

    def is_sign(self, *signs: str) -> bool:
        return self.kind == "sign" and self.text in signs


# Each is looked for where the one before ended, and none can be matched in two ways: a text is read in one go.
_SIGNS = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<text>'(?:[^'\\]|''|\\.)*')
    |(?P<quoted>"[^"]*")
    |(?P<name>[^\W\d][\w.:]*|:[\w.:]*)
    |(?P<sign><>|<=|>=|[=<>+\-*/^%(),])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"''|\\(.)", re.DOTALL)
_CONTROLS = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "'": "'", "\\": "\\"}


def signs_of(text: str) -> Iterator[Sign]:
    """Yield what a text is made of, and an end; raises InvalidQuery where it is nothing of CQL2."""
    at = 0
    while at < len(text):
        match = _SIGNS.match(text, at)
        if match is None:
            raise unreadable(Sign("sign", text[at : at + 20], at))
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        if match.lastgroup != "space":
            yield Sign(kind, _plain(kind, match[0]), at)
        at = match.end()
    yield Sign("end", "", at)


def unreadable(sign: Sign) -> InvalidQuery:
    """Return the refusal of a text that nobody can read from a sign on."""
    if sign.kind == "end":
        return InvalidQuery("filter", "cql2-ends-early")
    return InvalidQuery("filter", "cql2-syntax", at=sign.at + 1, found=sign.text[:20])


def _plain(kind: Kind, text: str) -> str:
    if kind == "quoted":
        return text[1:-1]
    return _ESCAPED.sub(_unescaped, text[1:-1]) if kind == "text" else text


def _unescaped(match: re.Match[str]) -> str:
    r"""Return what an escape stands for (/req/cql2-text/escaping); \% and \_ are left to LIKE."""
    return "'" if match[1] is None else _CONTROLS.get(match[1], match[0])
