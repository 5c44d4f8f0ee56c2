"""Whether a text matches a pattern of LIKE (OGC 21-065r2, section 7.2), in a time that no pattern makes long."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

_PARTS = re.compile(r"\\.|[^\\]|\\$", re.DOTALL)  # a character, or one behind the sign that takes its meaning away


def matcher(pattern: str) -> Callable[[str], bool]:
    r"""Return what tells whether a text matches: % is any text, _ one character, \ takes that from the next sign."""
    pieces = [""]
    for part in _PARTS.findall(pattern):
        if part == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if part == "_" else re.escape(part[-1])
    return partial(_fits, [re.compile(piece, re.DOTALL) for piece in pieces])


def _fits(pieces: list[re.Pattern[str]], text: str) -> bool:
    """Match the pieces between the % one after the other, each as early as it goes."""
    if len(pieces) == 1:
        return pieces[0].fullmatch(text) is not None
    first = pieces[0].match(text)
    if first is None:
        return False
    at = first.end()
    for piece in pieces[1:-1]:
        found = piece.search(text, at)
        if found is None:
            return False
        at = found.end()
    return any(pieces[-1].fullmatch(text, start) for start in range(at, len(text) + 1))
