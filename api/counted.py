"""What was counted as it is answered: one line for each group and step, with the address of exactly these records."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.counting import COUNTING
from api.forms import AS_CSV, DOCUMENT
from api.links import COLLECTION, ITEMS, Link, link
from api.parameters import MATCHING
from api.responses import GEOJSON, JSON
from geo import dates
from geo.columns import PROJECTS
from geo.formats.cells import Cell
from geo.statistics import BASIS, CAPACITY, MEASURE, Counted, Found, Interval, Span, Statistics, Sum, Value
from web.statistics.labels import Labels

STATISTICS = f"{COLLECTION}/statistics"
FORMS = (*DOCUMENT, AS_CSV)
_AS_OF = "as_of"
_SAFE = ",/:"

Document = dict[str, Any]


class Answer:
    """The answer to a question, in words of a language; `base` is the server's address."""

    def __init__(
        self, base: str, params: QueryParams, labels: Labels, asked: Statistics, interval: Interval | None, found: Found
    ) -> None:
        self._labels, self._asked, self._interval, self._found = labels, asked, interval, found
        self._items = Items(f"{base}{ITEMS}", params)

    def document(self, title: str, links: Sequence[Link]) -> Document:
        """Return the whole answer; of a series the number that match is that of the last step, and so is `as_of`."""
        asked, found = self._asked, self._found
        as_of = asked.days[-1] if asked.days else asked.query.as_of
        return {
            "title": title,
            "timeStamp": dates.now(),
            "as_of": None if as_of is None else as_of.isoformat(),
            "interval": self._interval,
            "numberMatched": found.matched[-1],
            "properties": [self._property(name) for name in asked.columns],
            "sum": CAPACITY if asked.sums else None,
            "steps": list(self._steps()),
            "groups": [self._line(group, at) for at in range(len(found.matched)) for group in found.groups],
            "links": list(links),
        }

    def _property(self, name: str) -> Document:
        told: Document = {"name": name, "title": self._labels.title(name), "type": PROJECTS[name].kind}
        if name == self._asked.histogram:
            told["edges"] = list(self._asked.edges)
        return told

    def _steps(self) -> Iterator[Document]:
        for day, number in zip(self._asked.days, self._found.matched, strict=False):
            date = day.isoformat()
            shown = date[:4] if self._interval == "year" else date[:7]
            yield {"date": date, "label": shown, "numberMatched": number, "href": self._items.address({}, day)}

    def _line(self, group: Counted, at: int) -> Document:
        day = self._asked.days[at] if self._asked.days else None
        pairs = list(zip(self._asked.columns, group.values, strict=True))
        line: Document = {} if day is None else {"date": day.isoformat()}
        line["values"] = {name: self._value(name, value) for name, value in pairs}
        line["count"] = group.counts[at]
        chosen = self._items.choosing(pairs)
        if self._asked.sums:
            line["without_capacity"] = group.without[at]
            line["sums"] = [self._sum(each, at, chosen, day) for each in group.sums]
        return line | ({} if chosen is None else {"href": self._items.address(chosen, day)})

    def _value(self, name: str, value: Value) -> Document:
        shown: Document = {"value": value, "label": self._labels.label(name, value)}
        if isinstance(value, Span):
            return {"from": value.low, "to": value.high, "label": shown["label"]}
        return shown if not isinstance(value, tuple) else {"value": None, "label": shown["label"], "others": value[0]}

    def _sum(self, each: Sum, at: int, chosen: dict[str, str] | None, day: dt.date | None) -> Document:
        shown = {
            "measure": each.measure,
            "measure_label": self._labels.label(MEASURE, each.measure),
            "unit": self._labels.unit(each.measure),
            "basis": each.basis,
            "basis_label": self._labels.label(BASIS, each.basis),
            "count": each.counts[at],
            "sum": each.totals[at],
        }
        if chosen is None:
            return shown
        of_these = {**chosen, MEASURE: each.measure, BASIS: each.basis}
        return shown | {"href": self._items.address(of_these, day)}


class Items:
    """Addresses of the records of a group: what the question asks, and what is so of the group alone."""

    def __init__(self, address: str, params: QueryParams) -> None:
        self._address = address
        self._asked = [(name, value) for name, value in params.multi_items() if name in MATCHING]

    def choosing(self, pairs: Sequence[tuple[str, Value]]) -> dict[str, str] | None:
        """Return the parameters that choose just the records with these values; None where none do.

        The value of a group is one of those that were asked for, and stands in their place; but a span may hold others
        too, and of a column of several one more value would mean any of them.
        """
        asked = {name for name, _ in self._asked}
        chosen: dict[str, str] = {}
        for name, value in pairs:
            text = _chosen_by(name, value)
            if text is None or (name in asked and (isinstance(value, Span) or PROJECTS[name].kind == "ids")):
                return None
            chosen[name] = text
        return chosen

    def address(self, chosen: Mapping[str, str], day: dt.date | None) -> str:
        """Return the address of these records as they were on a day."""
        own = dict(chosen) if day is None else {**chosen, _AS_OF: day.isoformat()}
        kept = [(name, value) for name, value in self._asked if name not in own]
        query = urlencode([*kept, *own.items()], safe=_SAFE)
        return f"{self._address}?{query}" if query else self._address


def _chosen_by(name: str, value: Value) -> str | None:
    """Return what a column's parameter takes to mean just this value; None where it takes nothing that does."""
    column = PROJECTS[name]
    if value is None or not column.filter or (isinstance(value, tuple) and not isinstance(value, Span)):
        return None
    if isinstance(value, Span):
        return _interval_of(value, are_whole=column.kind == "integer")
    if isinstance(value, bool):
        return "true" if value else "false"
    # In a list a comma parts values.
    return None if column.kind == "ids" and "," in str(value) else str(value)


def _interval_of(span: Span, *, are_whole: bool) -> str | None:
    """Return the closed interval of all numbers of a span, which its upper end is not in."""
    low, high = span.low, None if span.high is None else math.nextafter(span.high, -math.inf)
    if not are_whole:
        return "/".join(".." if end is None else repr(end).removesuffix(".0") for end in (low, high))
    ends = None if low is None else math.ceil(low), None if high is None else math.floor(high)
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        return None
    return "/".join(".." if end is None else str(end) for end in ends)


def owners_of(asked: Statistics, found: Found) -> list[str]:
    """Return the organisations that are among the values."""
    if "owner" not in asked.columns:
        return []
    at = asked.columns.index("owner")
    return sorted({owner for group in found.groups if isinstance(owner := group.values[at], str)})


def further_links(base: str, params: QueryParams) -> list[Link]:
    """Return the links of an answer to what is not a form of it: the records, the collection, the licence."""
    records = [(name, value) for name, value in params.multi_items() if name in MATCHING]
    asked = f"?{urlencode(records, safe=_SAFE)}" if records else ""
    return [
        link(f"{base}{ITEMS}{asked}", "items", GEOJSON, "The records that are counted"),
        link(f"{base}{COLLECTION}", "collection", JSON, "The collection"),
        link("https://creativecommons.org/licenses/by/4.0/", "license", "text/html", "CC BY 4.0"),
    ]


def table(asked: Statistics, document: Document) -> tuple[list[str], list[list[Cell]]]:
    """Return the answer as a table: names of columns, and a row for each group and step.

    Where capacities are added up there is a row for each unit family and basis too, and one for records without a
    capacity; their counts add up to that of the group.
    """
    names = ["date"] if asked.days else []
    for name in asked.columns:
        names += [f"{name}_from", f"{name}_to"] if name == asked.histogram else [name, f"{name}_label"]
    names += ["count"]
    names += ["sum_measure", "sum_measure_label", "sum_basis", "sum_unit", "sum"] if asked.sums else []
    return [*names, "items"], [row for line in document["groups"] for row in _rows(asked, line)]


def _rows(asked: Statistics, line: Document) -> Iterator[list[Cell]]:
    own: list[Cell] = [line["date"]] if asked.days else []
    for name, value in line["values"].items():
        is_span = name == asked.histogram
        own += [value.get("from"), value.get("to")] if is_span else [value.get("value"), value["label"]]
    if not asked.sums:
        yield [*own, line["count"], line.get("href")]
        return
    for each in line["sums"]:
        told = [
            each[name] for name in ("count", "measure", "measure_label", "basis", "unit", "sum", "href") if name in each
        ]
        yield [*own, *told, *([] if "href" in each else [None])]
    if line["without_capacity"] or not line["sums"]:
        yield [*own, line["without_capacity"], None, None, None, None, None, None]


def _object(required: Sequence[str], **properties: Document) -> Document:
    return {"type": "object", "required": list(required), "properties": properties}


def _list_of(items: Document) -> Document:
    return {"type": "array", "items": items}


_TEXT, _NUMBER, _COUNT = {"type": "string"}, {"type": "number"}, {"type": "integer", "minimum": 0}
_MAYBE_TEXT, _MAYBE_NUMBER = {**_TEXT, "nullable": True}, {**_NUMBER, "nullable": True}
_DATE, _ADDRESS = {"type": "string", "format": "date"}, {"type": "string", "format": "uri"}
_VALUE = {
    **_object(["label"], label=_TEXT, others=_COUNT, **{"from": _MAYBE_NUMBER, "to": _MAYBE_NUMBER}),
    "description": "value is a text, a year, true or false, null where nothing is stated; of numbers in a bin they go "
    "from one and below another; others is how many values are told together here.",
}
_VALUE["properties"]["value"] = {}  # of any type: OpenAPI 3.0 has no null among several
_SUM = _object(
    ("measure", "measure_label", "unit", "basis", "basis_label", "count", "sum"),
    **dict.fromkeys(("measure", "measure_label", "unit", "basis", "basis_label"), _TEXT),
    count=_COUNT,
    sum=_NUMBER,
    href=_ADDRESS,
)
_GROUP = {
    **_object(
        ("values", "count"),
        date=_DATE,
        values={"type": "object", "additionalProperties": _VALUE},
        count=_COUNT,
        without_capacity=_COUNT,
        sums=_list_of(_SUM),
        href={**_ADDRESS, "description": "The items that are counted here, where parameters can mean just these."},
    ),
    "description": "A group, in a series at the end of a day; what its capacities come to by unit family and basis.",
}


def operation_of_statistics(read: Callable[..., Document]) -> Document:
    """Return the operation of the API definition; `read` makes one that reads."""
    described = read("statistics", "Counts, sums and series of groups", FORMS, MATCHING, "statistics")
    described["parameters"] += [each.openapi() for each in COUNTING]
    return described


STATISTICS_SCHEMA: Document = _object(
    ("title", "timeStamp", "as_of", "interval", "numberMatched", "properties", "sum", "steps", "groups", "links"),
    title=_TEXT,
    timeStamp={"type": "string", "format": "date-time"},
    as_of={
        **_DATE,
        "nullable": True,
        "description": "The day at whose end numberMatched is so: that of as_of or of the last step; null for now.",
    },
    interval=_MAYBE_TEXT,
    numberMatched=_COUNT,
    properties=_list_of(
        _object(("name", "title", "type"), name=_TEXT, title=_TEXT, type=_TEXT, edges=_list_of(_NUMBER))
    ),
    sum=_MAYBE_TEXT,
    steps=_list_of(
        _object(
            ("date", "label", "numberMatched", "href"), date=_DATE, label=_TEXT, numberMatched=_COUNT, href=_ADDRESS
        )
    ),
    groups=_list_of(_GROUP),
    links=_list_of({"$ref": "#/components/schemas/link"}),
)
