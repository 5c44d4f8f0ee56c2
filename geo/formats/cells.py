"""What a cell of a table may hold, so that a spreadsheet shows it and never runs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Cell = str | int | float | bool | None

# Excel's limit for a cell, in UTF-16 units as Excel counts them.
MOST_LETTERS = 32_767
_CUT = " […]"

# A spreadsheet may take a text for a formula that begins so: at the start of a cell, and also after a line break, a tab
# or a semicolon, since where commas are decimal points Excel parts cells at semicolons, quoted or not. The wide forms
# are those of East Asian keyboards.
_FORMULA = re.compile("(?:^|(?<=[;\t\r\n]))(?=[ \u00a0]*[=+\\-@＝＋－＠]|[\t\r])")


def harmless(text: str) -> str:
    """Return a text with an apostrophe wherever a spreadsheet could begin to read a formula in a file of plain text."""
    return _FORMULA.sub("'", text)


def fitting(text: str) -> str:
    """Return a text that fits into a cell of Excel; of a longer one the beginning, with a sign that it was cut."""
    if length(text) <= MOST_LETTERS:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (MOST_LETTERS - len(_CUT))]
    return units.decode("utf-16-le", errors="ignore") + _CUT


def length(text: str) -> int:
    """Return how many letters a text has as Excel counts them."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cell(value: Cell | list[str]) -> Cell:
    """Return a value as one cell holds it."""
    return listed(value) if isinstance(value, list) else value


def listed(texts: Iterable[str]) -> str | None:
    """Return texts as one, as many of them as fit into a cell of Excel; None for no text."""
    found = list(texts)
    whole = "; ".join(found)
    return fitting(whole) or None if length(whole) <= MOST_LETTERS else _as_many_as_fit(found)


def _as_many_as_fit(texts: Sequence[str]) -> str:
    taken: list[str] = []
    left = MOST_LETTERS - 30  # for the words at the end
    for text in texts:
        left -= length(text) + 2
        if left < 0:
            break
        taken.append(text)
    return fitting("; ".join([*taken, f"and {len(texts) - len(taken)} more"]))
