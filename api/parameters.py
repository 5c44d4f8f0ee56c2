"""Query parameters: what each is called and means, and one small parser for each."""

from __future__ import annotations

import base64
import binascii
import difflib
import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from starlette.datastructures import QueryParams

from api.crs import DEFAULT, asked
from api.filters import NUMBER, Parameter, WrongParameter, filter_of, filter_parameter, once, parse_flag
from api.languages import PARAMETER as LANGUAGE
from api.times import DAY, INTERVAL, parse_as_of, parse_datetime, read_period
from geo.columns import PROJECTS, Columns
from geo.cql2.bounds import MOST_BYTES
from geo.cql2.reading import LANGUAGES as FILTER_LANGUAGES
from geo.cql2.reading import Language, read_filter
from geo.crs import CRS84, SYSTEMS, System, box_in_crs84, to_crs84
from geo.filter import (
    GEOMETRY,
    MOST_TEXT,
    TIME,
    And,
    Box,
    During,
    Expression,
    Intersects,
    Interval,
    Words,
    or_missing,
)
from geo.query import MOST_FEATURES, EventMark, EventQuery, Query
from geo.store import MOST_REVISIONS, RELEASE_FORM
from web.language import LANGUAGES

MOST_COMMENT = 500


_BBOX = {
    "type": "array",
    "minItems": 4,
    "maxItems": 6,
    "items": {"type": "number"},
    "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
}
_SORTBY = "Properties to sort by; - before one means descending. The last order is by id."

ONCE_FORM = r'^("[ !#-~]{1,250}"|[!#-~]{1,250})$'  # of an Idempotency-Key
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A name of yours for this change: sent again under it, the change is not made again.",
    "schema": {"type": "string", "pattern": ONCE_FORM},
}
# Neither control characters nor those that steer how a line is shown.
COMMENT_FORM = r"^[^\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]*$"
_COMMENT = {"type": "string", "maxLength": MOST_COMMENT, "pattern": COMMENT_FORM}

_SYSTEM = {"type": "string", "format": "uri", "enum": list(SYSTEMS), "default": CRS84}

_ALL = [
    Parameter(
        "bbox",
        "west,south,east,north in degrees (WGS 84). West > east crosses the antimeridian. "
        "Records without geometry are in every box.",
        _BBOX,
    ),
    Parameter(
        "bbox-crs",
        "The coordinate reference system of bbox, whose axes are in the order of its authority: of EPSG:4326 latitude "
        "first (numbers that can only be meant the other way round are read so), of EPSG:3857 metres.",
        _SYSTEM,
    ),
    Parameter(
        "crs",
        "The coordinate reference system of the geometries, whose axes are in the order of its authority: of EPSG:4326 "
        "latitude first. Content-Crs names it. In others than CRS84 a page has at most 1,000 records, and there are no "
        "files. What is read as HTML is the same in any.",
        _SYSTEM,
    ),
    Parameter(
        "datetime",
        "A date, a date-time, or an interval such as 2023-01-01/2024-12-31 or ../2020: records whose history (first to "
        "last event) meets it. Records without a date meet every time.",
        {"type": "string", "pattern": INTERVAL},
    ),
    Parameter(
        "as_of",
        "A date: stage, dates, capacities and starts as they were at the end of that day. Records all of whose "
        "events came later are left out; those without a dated event are there on every day.",
        {"type": "string", "pattern": f"^{DAY}$"},
    ),
    Parameter(
        "q",
        "Words in names, owners, places and ids, or for kind and stage, without case and accents. All words must be "
        "there; a comma means or.",
        {"type": "string", "maxLength": MOST_TEXT},
    ),
    Parameter(
        "from",
        "A date, of reduced precision too: events from the first day of it on. One whose own date is only a year or a "
        "month counts where that can have been.",
        {"type": "string", "pattern": f"^{DAY}$"},
    ),
    Parameter(
        "to",
        "A date, of reduced precision too: events until the last day of it.",
        {"type": "string", "pattern": f"^{DAY}$"},
    ),
    Parameter("expected", "true: what somebody expects, in place of what has happened.", {"type": "boolean"}),
    Parameter(
        "properties",
        "Names of the properties that features are answered with; all of them unless some are named.",
        {"type": "array", "items": {"type": "string"}},
    ),
    Parameter("after", "Where the page before ended; comes in next links.", {"type": "string", "pattern": r"^[\w-]+$"}),
    Parameter(
        "filter",
        "A filter in CQL2 (OGC 21-065r2) over the properties of queryables, such as capacity > 20 AND country IN "
        "('BO','CL'): records of which it is true, and which the other parameters mean as well.",
        {"type": "string", "minLength": 1, "maxLength": MOST_BYTES},
    ),
    Parameter(
        "filter-lang",
        "In which of its encodings the filter is written.",
        {"type": "string", "enum": list(FILTER_LANGUAGES), "default": FILTER_LANGUAGES[0]},
    ),
    Parameter(
        "filter-crs",
        "In which reference system the filter states geometries; the axes are in the order of its authority.",
        _SYSTEM,
    ),
    Parameter(
        LANGUAGE,
        "The language of a page; where it is not there, the one chosen last or Accept-Language decides.",
        {"type": "string", "enum": list(LANGUAGES)},
    ),
    Parameter(
        "at",
        "The records as they stood then: a release by its name (2026.12), a day to its end, or a time "
        "in UTC (RFC 3339). Accept-Datetime asks the same (RFC 7089). Statistics, columns and tiles are of what "
        "stands now, on any day by as_of, and refuse it.",
        {"type": "string", "pattern": f"^({RELEASE_FORM}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9:.]{{8,12}}Z)$"},
    ),
    Parameter("comment", "Why the record is changed; kept with the revision.", _COMMENT),
]
PARAMETERS = {parameter.name: parameter for parameter in _ALL}


@functools.cache
def parameters_of(columns: Columns) -> dict[str, Parameter]:
    """Return every parameter of a collection, those of its columns too."""
    sorted_by = {"type": "string", "enum": [f"{sign}{name}" for name in columns.sorts for sign in ("", "+", "-")]}
    sortby = Parameter("sortby", _SORTBY, {"type": "array", "items": sorted_by})
    return {**PARAMETERS, "sortby": sortby, **{column.name: filter_parameter(column) for column in columns}}


REVISION = Parameter(
    "after",
    "The number of the revision before the page; comes in next links.",
    {"type": "integer", "minimum": 0, "maximum": 10**15 - 1},
)


def limit_parameter(page_size: int) -> Parameter:
    """Return the parameter `limit` of a server whose pages are of this size where nobody asks for another."""
    schema = {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": page_size}
    return Parameter("limit", f"Records a page; more than {MOST_FEATURES} counts as {MOST_FEATURES}.", schema)


FORMED = ("f", LANGUAGE)  # of a document that asks nothing of records
FILTERS = ("filter", "filter-lang", "filter-crs")


@functools.cache
def matching(columns: Columns) -> tuple[str, ...]:
    """Return the parameters that choose records of a collection."""
    return ("bbox", "bbox-crs", "datetime", "as_of", "q", *FILTERS, *columns.names)


@functools.cache
def paged(columns: Columns) -> tuple[str, ...]:
    """Return the parameters of a list of records of a collection."""
    past = ("at",) if columns is PROJECTS else ()
    return (*matching(columns), *past, "crs", "limit", "sortby", "after", "properties", *FORMED)


MATCHING = matching(PROJECTS)
PAGED_EVENTS = (*MATCHING, "from", "to", "expected", "limit", "after")
REVISIONS = ("limit", "after", *FORMED)


def check_known(params: QueryParams, known: Iterable[str]) -> None:
    """Raise InvalidQuery for a parameter that is not known here (OGC 17-069r4, /req/core/query-param-unknown)."""
    allowed = list(known)
    for name in params:
        if name not in allowed:
            raise _unknown(name, allowed)


def _unknown(name: str, allowed: list[str]) -> WrongParameter:
    near, cut = difflib.get_close_matches(name, allowed, 1), name[:50]
    if near:
        return WrongParameter(cut, "parameter-misspelt", name=cut, meant=near[0])
    return WrongParameter(cut, "parameter-unknown", name=cut, known=tuple(allowed))


def read_query(
    params: QueryParams,
    known: tuple[str, ...],
    page_size: int,
    *,
    marked: bool = True,
    columns: Columns = PROJECTS,
) -> Query:
    """Return the query that the parameters state; raises InvalidQuery for unknown, repeated or wrong ones.

    Where `after` is no mark of records, or read apart, it is left to the caller (`marked` is false).
    """
    check_known(params, known)
    single = {name: once(params, name) for name in params if name not in columns}
    return Query(
        filter=_filter_of(params, single, columns),
        as_of=_read(parse_as_of, single.get("as_of")),
        sort=_read(parse_sortby, single.get("sortby")) or (),
        after=_read(parse_after, single.get("after")) if marked else None,
        limit=read_limit(single.get("limit"), page_size),
        columns=columns,
    )


def read_events_query(params: QueryParams, page_size: int) -> EventQuery:
    """Return which events the parameters ask for; raises InvalidQuery for unknown, repeated or wrong ones."""
    query = read_query(params, (*PAGED_EVENTS, *FORMED), page_size, marked=False)
    first, last = read_period(once(params, "from"), once(params, "to"))
    expected = parse_flag("expected", once(params, "expected") or "false")
    after = _read(_parse_event_mark, once(params, "after"))
    return EventQuery(query.filter, query.as_of, Interval(first, last), expected, after, query.limit)


def _parse_event_mark(text: str) -> EventMark:
    mark = parse_after(text)
    if tuple(map(type, mark)) != (int, int, str, int):
        raise WrongParameter("after", "no-page-mark")
    return EventMark(*mark)


def _filter_of(params: QueryParams, single: dict[str, str | None], columns: Columns) -> Expression:
    """Return what all parameters together mean."""
    parts = [filter_of(params, columns[name]) for name in params if name in columns]
    box, interval, words = (single.get(name) for name in ("bbox", "datetime", "q"))
    system = asked(params, "bbox-crs")
    parts += [or_missing(Intersects(parse_bbox(box, system)), GEOMETRY)] if box is not None else []
    parts += [or_missing(During(parse_datetime(interval)), TIME)] if interval is not None else []
    parts += [Words(words)] if words is not None else []
    parts += read_filters(single, columns)
    return And(tuple(parts))


def read_filters(single: Mapping[str, str | None], columns: Columns) -> list[Expression]:
    """Return what the filter asks for (OGC 19-079r2, /req/features-filter/response)."""
    crs = single.get("filter-crs") or CRS84
    to_crs84(crs, "filter-crs")
    text, language = single.get("filter"), filter_language(single.get("filter-lang"))
    return [] if text is None else [read_filter(text, language, crs, columns)]


def filter_language(name: str | None) -> Language:
    """Return the encoding that a filter is written in; raises InvalidQuery for one that there is not."""
    found = next((language for language in FILTER_LANGUAGES if language == (name or FILTER_LANGUAGES[0])), None)
    if found is None:
        raise WrongParameter("filter-lang", "filter-lang-unknown", value=str(name)[:40], known=FILTER_LANGUAGES)
    return found


def read_revisions_page(params: QueryParams, page_size: int) -> tuple[int, int]:
    """Return after which revision a page of a record's history starts, and how long it is at most."""
    check_known(params, REVISIONS)
    after = once(params, "after") or "0"
    if not re.fullmatch(r"\d{1,15}", after, re.ASCII):
        raise WrongParameter("after", "after-not-a-revision")
    return int(after), min(read_limit(once(params, "limit"), page_size), MOST_REVISIONS - 1)


def read_whole(name: str, text: str) -> int:
    """Return a number of a revision; raises InvalidQuery for what is none."""
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise WrongParameter(name, "cursor-form", name=name)
    return int(text)


def read_comment(params: QueryParams) -> str | None:
    """Return the comment of a change; raises InvalidQuery when it is too long or another parameter is there."""
    check_known(params, ["comment"])
    comment = once(params, "comment")
    if comment is not None and (len(comment) > MOST_COMMENT or not re.fullmatch(COMMENT_FORM, comment)):
        raise WrongParameter("comment", "comment-form", most=MOST_COMMENT)
    return comment or None


def _read(parse: Any, text: str | None) -> Any:
    return None if text is None else parse(text)


def read_limit(text: str | None, page_size: int) -> int:
    """Return a page size; one above the most is the most (/req/core/fc-limit-response-1)."""
    if text is None:
        return page_size
    if not re.fullmatch(r"0*[1-9]\d{0,99}", text, re.ASCII):
        raise WrongParameter("limit", "limit-form", most=MOST_FEATURES)
    return min(int(text), MOST_FEATURES)


def parse_bbox(text: str, system: System = DEFAULT) -> Box:
    """Return the box of 4 numbers, or of 6 of which the heights are left out (/req/core/fc-bbox-definition)."""
    parts = [part.strip(" ") for part in text.split(",")]
    if len(parts) not in (4, 6) or not all(re.fullmatch(NUMBER, part, re.ASCII) for part in parts):
        raise WrongParameter("bbox", "bbox-form")
    numbers = [float(part) for part in parts]
    return box_in_crs84(numbers if len(numbers) == 4 else [*numbers[:2], *numbers[3:5]], system)


def parse_sortby(text: str) -> tuple[tuple[str, bool], ...]:
    """Return (property, ascending) pairs; a plus sign arrives as a blank when it is not percent-encoded."""
    parts = text.split(",") if text else []
    if not all(part.strip("+- ") for part in parts):
        raise WrongParameter("sortby", "sortby-form")
    return tuple((part.lstrip("+- "), not part.startswith("-")) for part in parts)


def read_properties(params: QueryParams, known: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the names of the properties that are asked for; None for all of them."""
    text = once(params, "properties")
    names = () if text is None else tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in known:
            raise _wrong_property(name[:50], known)
    return names or None


def _wrong_property(name: str, known: tuple[str, ...]) -> WrongParameter:
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return WrongParameter("properties", "property-misspelt", name=name, meant=near[0])
    return WrongParameter("properties", "property-unknown", name=name, known=known)


def parse_after(text: str) -> tuple[Any, ...]:
    """Return the page mark of a next link; raises InvalidQuery for one that we did not make."""
    try:
        mark = orjson.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        mark = None
    if not isinstance(mark, list) or len(text) > 4000:
        raise WrongParameter("after", "no-page-mark")
    return tuple(mark)


def format_after(mark: tuple[Any, ...]) -> str:
    """Return a page mark as text for a next link."""
    return base64.urlsafe_b64encode(orjson.dumps(tuple(mark))).rstrip(b"=").decode()
