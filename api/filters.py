"""The parameters by which columns are filtered: what each takes, and which records it means."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from geo import dates
from geo.columns import Column, Kind
from geo.countries import country_names
from geo.errors import InvalidQuery
from geo.filter import MOST_TEXT, MOST_VALUES, And, Compare, Expression, In, Or
from geo.temporal import kept


class WrongParameter(InvalidQuery):
    """A query parameter that cannot be read."""

    package = "api"


@dataclass(frozen=True)
class Parameter:
    """A query parameter as the API definition shows it."""

    name: str
    description: str
    schema: dict[str, Any]

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI 3.0 parameter object."""
        shown = {"name": self.name, "in": "query", "required": False, "description": self.description}
        return {**shown, "style": "form", "explode": False, "schema": self.schema}


def filter_parameter(column: Column) -> Parameter:
    """Return the parameter by which records are taken that have a value in the column."""
    shown = column.name.replace("_", " ")
    said = (
        f"Only records with exactly this {shown}."
        if column.codes is None
        else f"Only records of these codes of {shown}."
    )
    return Parameter(column.name, _FILTERS.get(column.name, said), _asked(column))


def asked_texts(column: Column, texts: list[str]) -> list[str]:
    """Return the values that a parameter states: parted by commas, but for texts, of whose names one may be a part."""
    return texts if column.kind in ("text", "flag") else [part for text in texts for part in text.split(",")]


def _asked(column: Column) -> dict[str, Any]:
    """Return the JSON Schema of the values that a column is asked for."""
    text = {"type": "string", "maxLength": MOST_TEXT}
    match column.kind:
        case "flag":
            return {"type": "boolean"}
        case "integer" | "number":
            return {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": _AMOUNTS[column.kind]}}
        case "ids" if column.vocabulary:
            return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(column.vocabulary.codes)}}
        case "code":
            return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(column.codes or ())}}
        case "country":
            return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": sorted(country_names())}}
        case "ids":
            return {"type": "array", "minItems": 1, "items": text}
        case "date" | "time":
            return {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": _PERIODS[column.kind]}}
        case _:
            return text


NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_NUMBERS = {"integer": r"-?\d{1,15}", "number": NUMBER}
# A number, or an interval of which one end may be open.
_AMOUNTS = {kind: f"^(?:{n}|{n}/(?:{n}|\\.\\.)|\\.\\./{n})$" for kind, n in _NUMBERS.items()}

_DAY = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_MOMENT = rf"{_DAY}(?:[Tt]\d{{2}}:\d{{2}}:\d{{2}}(?:\.\d{{1,9}})?(?:[Zz]|[+-]\d{{2}}:\d{{2}}))?"
_PERIODS = {kind: f"^(?:{n}|{n}/(?:{n}|\\.\\.)|\\.\\./{n})$" for kind, n in (("date", _DAY), ("time", _MOMENT))}

_INTERVALS = "a number, or an interval, its ends included, such as 10/100, 10/.. or ../100."

_FILTERS = {
    "capacity": "Only records with such a capacity, each in the unit of its own capacity_measure: " + _INTERVALS,
    "capacity_measure": "Only records whose capacity counts one of these, within which it may be compared.",
    "start_year": "Only records that started in such a year or, where they have not operated, plan to: " + _INTERVALS,
    "start_planned_year": "Only records whose planned start is in such a year: " + _INTERVALS,
    "source_type": "Only records that have at least one source of these types.",
    "status_stale": "Only records whose stage has, or has not, been without a source for more than 24 months.",
    "country": "Only records in one of these countries (ISO 3166-1 alpha-2).",
    "owner": "Only records that name one of these organisations, or one that it holds, as a party: ids of "
    "organisations.json such as rosatom, or a name in lower case with hyphens.",
}


def filter_of(params: QueryParams, column: Column) -> Expression:
    """Return what a parameter of a column asks for; several values, parted by commas, mean any of them."""
    name, kind = column.name, column.kind
    if kind == "flag":
        return Compare(name, "=", parse_flag(name, once(params, name) or ""))
    values = asked_texts(column, params.getlist(name))
    if any(len(value) > MOST_TEXT for value in values):
        raise WrongParameter(name, "value-too-long", name=name, most=MOST_TEXT)
    if kind in ("integer", "number"):
        return _any(name, [_amount(name, kind, text) for text in values[: MOST_VALUES + 1]])
    if kind in ("date", "time"):
        return _any(name, [_period(name, kind, text) for text in values[: MOST_VALUES + 1]])
    return In(name, frozenset(values))


def _any(name: str, parts: list[Expression]) -> Expression:
    if len(parts) > MOST_VALUES:
        raise WrongParameter(name, "too-many-amounts", name=name, most=MOST_VALUES)
    return Or(tuple(parts))


def _period(name: str, kind: Kind, text: str) -> Expression:
    """Return what a date or timestamp asks for, or an interval of them; one of reduced precision is all of its days."""
    if not re.fullmatch(_PERIODS[kind], text, re.ASCII):
        raise WrongParameter(name, "period-form", name=name, text=text[:40])
    ends = text.split("/")
    try:
        least, most = _end(kind, ends[0], dates.first_day), _end(kind, ends[-1], dates.last_day)
    except (dates.NoDate, InvalidQuery):
        raise WrongParameter(name, "period-form", name=name, text=text[:40]) from None
    if least and most and least > most:
        raise WrongParameter(name, "amounts-backwards", name=name, text=text[:40])
    lower = [] if least is None else [Compare(name, ">=", least)]
    return And((*lower, *([] if most is None else [Compare(name, "<=", most)])))


def _end(kind: Kind, text: str, day_of: Callable[[str], dt.date]) -> str | None:
    """Return an end of a period as the column has its values; None for an open one."""
    if text == "..":
        return None
    if "T" in text.upper():
        return kept(text)
    day = day_of(text).isoformat()
    if kind == "date":
        return day
    return f"{day}T00:00:00.000Z" if day_of is dates.first_day else f"{day}T23:59:59.999Z"


def _amount(name: str, kind: Kind, text: str) -> Expression:
    """Return what a number, or an interval with its ends, asks for; `..` is an open end."""
    ends = [None if end == ".." else float(end) for end in _ends(name, kind, text)]
    if not all(end is None or math.isfinite(end) for end in ends):
        raise _no_amount(name, kind, text)
    if len(ends) == 1:
        return Compare(name, "=", ends[0] or 0)
    least, most = ends
    if least is not None and most is not None and least > most:
        raise WrongParameter(name, "amounts-backwards", name=name, text=text[:40])
    lower = [] if least is None else [Compare(name, ">=", least)]
    return And((*lower, *([] if most is None else [Compare(name, "<=", most)])))


def parse_flag(name: str, text: str) -> bool:
    """Return whether a parameter is true; raises InvalidQuery for what is neither true nor false."""
    if text not in ("true", "false"):
        raise WrongParameter(name, "flag-form", name=name)
    return text == "true"


def _ends(name: str, kind: Kind, text: str) -> list[str]:
    if not re.fullmatch(_AMOUNTS[kind], text, re.ASCII):
        raise _no_amount(name, kind, text)
    return text.split("/")


def _no_amount(name: str, kind: Kind, text: str) -> WrongParameter:
    return WrongParameter(name, "whole-form" if kind == "integer" else "amount-form", name=name, text=text[:40])


def once(params: QueryParams, name: str) -> str | None:
    """Return the value of a parameter that stands at most once; None where it is not there."""
    values = params.getlist(name)
    if len(values) > 1:
        raise WrongParameter(name, "parameter-repeated", name=name, count=len(values))
    return values[0] if values else None
