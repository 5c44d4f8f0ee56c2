"""What a table has of each record, in which form, and how that is read from a record: the one list of its arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

import shapely

from geo import vocabulary
from geo.columns import PROJECTS
from geo.indexed import STALE, Indexed, marked
from geo.memory.coded import codes_of

# A field is of a record (`row`), or of each of its steps, events and so on, of which there are several or none.
ROW = "row"
BETWEEN = b",\n"  # stands behind every feature, so that neighbours are a list as they lie


@dataclass(frozen=True)
class Field:
    """One field: `form` is a type of number (`i4`, `f8` ...), or what `Coded` values are of: `code`, `text`, `number`.

    `read` returns the value of a record, or that of one of its steps, events and so on, which `ELEMENTS` lists.
    """

    name: str
    form: str
    read: Callable[[Any], Any]
    group: str = ROW
    codes: Sequence[str] | None = None

    @property
    def is_coded(self) -> bool:
        return self.form in ("code", "text", "number", "integer", "bytes")


def _column(name: str) -> Field:
    column, codes = PROJECTS[name], codes_of(name)
    form = "code" if codes is not None else column.kind if column.kind in ("number", "integer") else "text"
    if column.dated:
        return Field(name, form, lambda step: step.values[name], "step", codes)
    return Field(name, form, lambda record: record.values[name], ROW, codes)


def _several(name: str, codes: Sequence[str] | None = None) -> Field:
    return Field(name, "text" if codes is None else "code", lambda each: each, name, codes)


def _head(record: Indexed) -> int:
    return len(record.head)


def feature_of(record: Indexed) -> bytes:
    """Return a record's feature with what stands between features, as if its stage were not stale."""
    return shown_as(record, is_stale=False) + BETWEEN


def shown_as(record: Indexed, *, is_stale: bool) -> bytes:
    """Return a record's feature; whether its stage is stale or not takes as many bytes."""
    return record.head + marked(record.today, is_stale=is_stale) + record.tail


def _stale_at(record: Indexed) -> int:
    return len(record.head) + record.today.index(STALE) + len(STALE)


def _area(record: Indexed) -> bytes | None:
    """Return a shape that is no point as WKB."""
    return None if record.shape is None or record.at is not None else shapely.to_wkb(record.shape)


_NOWHERE = (float("nan"), float("nan"))

FIELDS = [
    *(_column(c.name) for c in PROJECTS if c.kind != "ids" and c.name not in ("id", "status_stale")),
    Field("owners", "text", lambda record: record.values["owners"]),
    Field("first_day", "i4", lambda record: record.first_day or 0),
    Field("last_day", "i4", lambda record: record.last_day or 0),
    Field("begins", "i4", lambda record: record.values["begins"]),
    Field("x", "f8", lambda record: (record.at or _NOWHERE)[0]),
    Field("y", "f8", lambda record: (record.at or _NOWHERE)[1]),
    Field("area", "bytes", _area),
    Field("lon", "f8", lambda record: (record.values["point"] or _NOWHERE)[0]),
    Field("lat", "f8", lambda record: (record.values["point"] or _NOWHERE)[1]),
    Field("has_footprint", "?", lambda record: record.values["footprint"] is not None),
    Field("dated_from", "u4", _head),
    Field("dated_to", "u4", lambda record: len(record.head) + len(record.today)),
    Field("stale_at", "u4", _stale_at),
    Field("is_marked", "?", lambda record: False),  # as stale, in the feature
    Field("step_day", "i4", attrgetter("day"), "step"),
    Field("step_stale_from", "i4", attrgetter("stale_from"), "step"),
    _several("owner"),
    _several("source_type", tuple(vocabulary.SOURCE_TYPES.codes)),
    _several("word"),
    _several("party"),
    Field("event_first", "i4", itemgetter(0), "event"),
    Field("event_last", "i4", itemgetter(1), "event"),
    Field("event_expected", "?", itemgetter(2), "event"),
    Field("plan_told", "text", itemgetter(0), "plan"),
    Field("plan_date", "text", itemgetter(1), "plan"),
    Field("link_type", "text", itemgetter(0), "link"),
    Field("link_target", "text", itemgetter(1), "link"),
]
BY_NAME = {field.name: field for field in FIELDS}

# What a record has several of, by group.
ELEMENTS: dict[str, Callable[[Indexed], Sequence[Any]]] = {
    "step": attrgetter("steps"),
    "owner": lambda record: sorted(record.values["owner"]),
    "source_type": lambda record: sorted(record.values["source_type"]),
    "word": lambda record: record.values["search"].split(),
    "party": lambda record: [f"{each}\n{name}" for each, name in record.parties.items()],
    "event": attrgetter("events"),
    "plan": lambda record: record.values["plans"],
    "link": attrgetter("links"),
}
