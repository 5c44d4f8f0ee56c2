"""The text of a cell, and what it can be read as: a number, a date. Whatever is written otherwise is not guessed at."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

from geo.dates import is_date

MOST_CHARACTERS = 32_767  # of a cell, as Excel has it

# Sixteen digits or more with a fraction, or an exponent as spreadsheets write it.
_NOISY = re.compile(r"-?\d+(\.\d+)?[eE][+-]\d{1,3}|-?(?=[\d.]{17,300}$)\d+\.\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][+-]?\d{1,3})?", re.ASCII)


def cell_text(cell: Any) -> str:
    """Return the text of a cell in one line; a list is the texts of its members, a list or object in it has none."""
    if isinstance(cell, list):
        return ", ".join("" if isinstance(part, list) else cell_text(part) for part in cell)
    if cell is None or isinstance(cell, dict) or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    return plain_number(" ".join(str(cell).split()))


def plain_number(text: str) -> str:
    """Return a number in the digits that its author saw: `2.3016652000000002E-2` is 0.023016652.

    Spreadsheets keep 15 significant digits; what follows is the nearest binary fraction's. Other text, and a number
    of fewer digits or of more than such noise explains, stays as it is.
    """
    if not _NOISY.fullmatch(text):
        return text
    exact = Decimal(f"{float(text):.15g}")
    is_noise = math.isclose(float(exact), float(text), rel_tol=1e-15)
    return f"{exact:f}" if is_noise and abs(exact.adjusted()) < 30 else text


def number_of(text: str) -> float | None:
    """Return the number that a cell is, None for anything else: `1,200` is 1.2 to some and 1200 to others."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def date_of(text: str, form: str | None = None) -> str | None:
    """Return the date that a cell is (YYYY, YYYY-MM or YYYY-MM-DD), written so or in a form of `strptime`."""
    if is_date(text):
        return text
    try:
        written = dt.datetime.strptime(text, form).date().isoformat() if form else ""  # a day has no zone
    except ValueError:
        return None
    return written if is_date(written) else None
