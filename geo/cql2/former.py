"""Filters as GDAL writes them: in the draft before CQL2, whose text encoding was called `cql-text`."""

from __future__ import annotations

import re

from geo.columns import Columns

_TEXT = r"'(?:[^']|'')*'"
# A text is taken whole, so that nothing in it is taken for a word of the filter.
_WRITTEN = re.compile(rf"\b(\w+)\s+ILIKE\s+({_TEXT})|\b(\w+)\s*(=|<>)\s*([01])(?![\w.])|{_TEXT}", re.IGNORECASE)
_DATE = re.compile(r"'(\d{4}-\d\d-\d\d)T'")


def in_cql2(text: str, columns: Columns) -> str:
    """Return the same filter as CQL2 text has it.

    `x ILIKE 'p'` compares without case; a truth, which GDAL holds as a number, is 1 or 0; a day has a T behind it.
    """
    truths = {column.name for column in columns if column.kind == "flag"}

    def rewritten(match: re.Match[str]) -> str:
        name, pattern, truth, sign, number = match.groups()
        if name:
            return f"CASEI({name}) LIKE CASEI({pattern})"
        if truth in truths:
            return f"{truth} {sign} {'TRUE' if number == '1' else 'FALSE'}"
        return _DATE.sub(r"'\1'", match[0])

    return _WRITTEN.sub(rewritten, text)
