"""The parameters of statistics: what each is called and means, and the question that they ask together."""

from __future__ import annotations

import datetime as dt
import re

from starlette.datastructures import QueryParams

from api import parameters, times
from api.filters import NUMBER, Parameter, WrongParameter, once
from geo import dates
from geo.columns import PROJECTS
from geo.query import Query
from geo.statistics import (
    CAPACITY,
    INTERVALS,
    LOG_EDGES,
    MEASURED,
    MOST_COLUMNS,
    MOST_EDGES,
    MOST_STEPS,
    MOST_VALUES,
    SUMMED,
    VALUES,
    Interval,
    Statistics,
    steps,
)

LOG = "log"

_DATE = parameters.PARAMETERS["as_of"].schema
COUNTING = (
    Parameter(
        "by",
        f"Properties whose values make a group together, at most {MOST_COLUMNS}; dates and times count by their year. "
        "A record that holds several values, of owner or source_type, counts with each.",
        {"type": "array", "maxItems": MOST_COLUMNS, "items": {"type": "string", "enum": list(PROJECTS.groups)}},
    ),
    Parameter(
        "sum",
        "capacity: what the capacities of a group come to, by unit family and basis. Planned and built ones are never "
        "added together; of a record only the plant's own figure or its phases count.",
        {"type": "string", "enum": list(SUMMED)},
    ),
    Parameter(
        "histogram",
        "A property of numbers: how many records have one within each of the bins. Capacities count by unit family.",
        {"type": "string", "enum": list(MEASURED)},
    ),
    Parameter(
        "bins",
        f"log for 1, 2, 5, 10, 20 and so on, or up to {MOST_EDGES} rising numbers at which bins begin and end: a bin "
        "holds its lower edge and not its upper one. Without histogram, of the capacity.",
        {"type": "string", "pattern": f"^({LOG}|{NUMBER}(,{NUMBER}){{0,{MOST_EDGES - 1}}})$", "default": LOG},
    ),
    Parameter(
        "interval",
        f"A series: the state at the end of each year or month, at most {MOST_STEPS} of them. The last step is that of "
        "today, or of the last day of to.",
        {"type": "string", "enum": list(INTERVALS)},
    ),
    Parameter("from", "A date: the first interval of a series is the one in which it lies.", _DATE),
    Parameter("to", "A date: a series ends with its last day, not later than today or the day of as_of.", _DATE),
    Parameter(
        "limit",
        "How many values of a property without a vocabulary, such as region or owner, are told one by one: those of "
        "most records. The others are told together.",
        {"type": "integer", "minimum": 1, "maximum": MOST_VALUES, "default": VALUES},
    ),
)
NAMES = tuple(parameter.name for parameter in COUNTING)


def read_statistics(params: QueryParams) -> tuple[Statistics, Interval | None]:
    """Return what the parameters ask to be counted, and by which interval; raises InvalidQuery."""
    parameters.check_known(params, (*parameters.MATCHING, *NAMES, *parameters.FORMED))
    query = parameters.read_query(_of(params, parameters.MATCHING), parameters.MATCHING, Query.limit)
    interval = _interval(params)
    bins, histogram = once(params, "bins"), once(params, "histogram")
    asked = Statistics(
        Query(filter=query.filter, as_of=query.as_of),
        by=tuple(name for text in params.getlist("by") for name in text.split(",") if name),
        sums=_one_of(params, "sum", SUMMED) is not None,
        histogram=histogram or (CAPACITY if bins else None),
        edges=LOG_EDGES if bins in (None, LOG) else _edges(bins or ""),
        days=_days(params, interval, query.as_of) if interval else (),
        limit=_limit(once(params, "limit")),
    )
    return asked, interval


def _of(params: QueryParams, names: tuple[str, ...]) -> QueryParams:
    return QueryParams([(name, value) for name, value in params.multi_items() if name in names])


def _one_of(params: QueryParams, name: str, known: tuple[str, ...]) -> str | None:
    value = once(params, name)
    if value is not None and value not in known:
        raise WrongParameter(name, "not-one-of", name=name, value=value[:40], known=known)
    return value


def _interval(params: QueryParams) -> Interval | None:
    """Return the interval that is asked for; a period alone is one of years."""
    found = _one_of(params, "interval", INTERVALS)
    is_period = once(params, "from") is not None or once(params, "to") is not None
    return next((each for each in INTERVALS if each == found), "year" if is_period else None)


def _days(params: QueryParams, interval: Interval, as_of: dt.date | None) -> tuple[dt.date, ...]:
    """Return the steps of a series, which ends on the last day of `to`, and not later than that of `as_of` or today."""
    first, last = times.read_period(once(params, "from"), once(params, "to"))
    last = min(day for day in (last, as_of, dates.today()) if day)
    if first and first > last:
        raise WrongParameter("from", "series-in-the-future")
    return steps(interval, first, last)


def _edges(text: str) -> tuple[float, ...]:
    numbers = text.split(",")
    if not all(re.fullmatch(NUMBER, number, re.ASCII) for number in numbers):
        raise WrongParameter("bins", "bins-form", most=MOST_EDGES)
    return tuple(map(float, numbers))


def _limit(text: str | None) -> int:
    if text is None:
        return VALUES
    if not re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII) or int(text) > MOST_VALUES:
        raise WrongParameter("limit", "limit-form", most=MOST_VALUES)
    return int(text)
