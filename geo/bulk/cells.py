"""What the text of a cell may be read as, by which convention, and whether that takes somebody's consent."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from geo.dates import is_date
from geo.importing.cells import number_of

_SIGNS = re.compile(r"[\s\u00a0\u202f'’]")
_NUMBER = r"[+\-−]?\d[\d.,\s\u00a0\u202f'’]*(?:[eE][+-]?\d+)?"
_AMOUNT = re.compile(
    rf"(?P<sign>~|≈|>=|<=|≥|≤|>|<|about|approx\.?|ca\.?|circa)?\s*(?P<number>{_NUMBER})\s*(?P<unit>\D.*)?", re.I
)
_RANGE = re.compile(rf"(?P<low>{_NUMBER}?)\s*(?:-|–|—|~|to|до|至)\s*(?P<high>{_NUMBER})\s*(?P<unit>[^\d\s].*)?", re.I)
_QUALIFIERS = {"~": "about", "≈": "about", ">": "at_least", ">=": "at_least", "≥": "at_least",
               "<": "at_most", "<=": "at_most", "≤": "at_most"}  # fmt: skip
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_SPACED = re.compile(r"[+-]?\d{1,3}([\s\u00a0\u202f'’]\d{3})+([.,]\d+)?")


class Read(NamedTuple):
    """What a cell is read as, and the repair that this would be ("" where it says so itself)."""

    value: float
    repair: str = ""


class Amount(NamedTuple):
    """An amount: how many, of what unit ("" where it is not said), and how exactly."""

    value: float
    unit: str
    qualifier: str
    repair: str = ""


def numbers_of(text: str) -> list[Read]:
    """Return the numbers that a text may be, each with the repair that this would be; none for any other text.

    `1,200` may be twelve hundred, or one and a fifth.
    """
    text = text.replace("−", "-")
    plain = number_of(text)
    if plain is not None:
        return [Read(plain)]
    found = []
    if _THOUSANDS.fullmatch(text):
        found.append(Read(float(text.replace(",", "")), "thousands"))
    elif _SPACED.fullmatch(text):
        found.append(Read(float(_SIGNS.sub("", text).replace(",", ".")), "thousands"))
    if _DECIMAL_COMMA.fullmatch(text):
        found.append(Read(float(text.replace(".", "").replace(",", ".")), "decimal-comma"))
    return found


_DMS = re.compile(
    r"(?P<before>[NSEWO])?\s*(?P<sign>[+\-−])?\s*(?P<degrees>\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|d|deg|:|\s)?\s*"
    r"(?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*(?:'|′|’|m|:|\s)?\s*)?"
    r"(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|''|’’|′′|s)?)?\s*(?P<after>[NSEWO])?",
    re.IGNORECASE,
)


def degrees_of(text: str) -> Read | None:
    """Return the degrees that a text says, in digits or in degrees, minutes and seconds; None for any other text.

    `O` is west, as Spanish and French have it.
    """
    plain = numbers_of(text)
    if plain:
        return plain[-1]
    match = _DMS.fullmatch(" ".join(text.split()))  # of many blanks there are too many ways to share them out
    if match is None:
        return None
    parts = [float((match[name] or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")]
    if parts[1] >= 60 or parts[2] >= 60:
        return None
    letter = (match["before"] or match["after"] or "").upper()
    sign = -1 if letter in ("S", "W", "O") or match["sign"] in ("-", "−") else 1
    return Read(sign * (parts[0] + parts[1] / 60 + parts[2] / 3600), "degrees-minutes-seconds")


def amounts_of(text: str) -> list[Amount]:
    """Return the amounts that a text may be, each with the repair that this would be.

    A range is at least its lower end. `~20` is about 20, `>20` at least that.
    """
    match = _AMOUNT.fullmatch(text)
    found = numbers_of(match["number"].strip(" ,.")) if match else []
    if match is not None and found:
        sign = (match["sign"] or "").lower()
        qualifier = _QUALIFIERS.get(sign, "about" if sign else "unknown")
        unit = match["unit"] or ""
        if not re.match(r"[-–—~]|to\b", unit, re.IGNORECASE):
            return [Amount(each.value, unit.strip(), qualifier, each.repair) for each in found]
    match = _RANGE.fullmatch(text)
    if match is None:
        return []
    low, high = numbers_of(match["low"].strip(" ,.")), numbers_of(match["high"].strip(" ,."))
    if not low or not high or low[0].value >= high[0].value:
        return []
    return [Amount(low[0].value, (match["unit"] or "").strip(), "at_least", "ranges")]


class ReadDate(NamedTuple):
    """A date of reduced precision, and the repair that this reading would be."""

    date: str
    repair: str = ""


_QUARTER = re.compile(
    r"(?:Q|T|H|S)\s*[1-4]\W*(?P<after>\d{4})|(?P<before>\d{4})\W*(?:Q|T|H|S)\s*[1-4]|[1-4]\s*(?:Q|H)\W*(?P<last>\d{4})|"
    r"(?:[1-4]|I{1,3}|IV)\W*(?:кв|квартал)\w*\W*(?P<russian>\d{4}).*|(?P<chinese>\d{4})\s*年?\s*第?[一二三四1-4]\s*季度",
    re.IGNORECASE,
)
_PARTED = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_FORMS = ("%B %Y", "%b %Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y")
_EXCEL_DAYS = (20_000, 80_000)  # from 1954 to 2119
_ZERO_OF_EXCEL = dt.date(1899, 12, 30)


def dates_of(text: str) -> list[ReadDate]:
    """Return the dates that a text may be, each with the repair that this would be."""
    text = re.sub(r"^(\d{4})\.0$", r"\1", text)
    text = re.sub(r"^(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?$", r"\1", text)
    if is_date(text):
        return [ReadDate(text)]
    if quarter := _QUARTER.fullmatch(text):
        return [ReadDate(next(year for year in quarter.groups() if year), "quarters")]
    if parted := _PARTED.fullmatch(text):
        one, other, year = parted.groups()
        orders = ((one, other, "day-first"), (other, one, "month-first"))
        found = [ReadDate(f"{year}-{month:0>2}-{day:0>2}", repair) for day, month, repair in orders]
        return [each for each in found if is_date(each.date)]
    if re.fullmatch(r"\d{5}(\.0)?", text) and _EXCEL_DAYS[0] <= float(text) <= _EXCEL_DAYS[1]:
        return [ReadDate((_ZERO_OF_EXCEL + dt.timedelta(days=int(float(text)))).isoformat(), "excel-dates")]
    named = (_named(text, form) for form in _FORMS)
    return [ReadDate(each) for each in named if each is not None][:1]


def _named(text: str, form: str) -> str | None:
    """Return a date with the month's name in English, as exact as its form."""
    try:
        day = dt.datetime.strptime(text, form).date()
    except ValueError:
        return None
    written = day.isoformat() if "%d" in form else day.isoformat()[:7]
    return written if is_date(written) else None
