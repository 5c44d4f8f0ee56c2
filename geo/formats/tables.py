"""Which tables are made of records, and what each of their columns holds; every format writes the same ones."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geo.columns import PROJECTS, Kind
from geo.formats.cells import Cell, listed
from geo.records.geometry import to_shape
from geo.records.parts import CLAIMS, Part, Source
from geo.records.places import drawn_point

Feature = Mapping[str, Any]
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Field:
    """A column of a table: its name, what it is called, and its kind as in `geo/columns.py`."""

    name: str
    title: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """A table of records or of their parts; `rows` are those of one record, which is a GeoJSON feature."""

    name: str
    fields: tuple[Field, ...]
    rows: Callable[[Feature], Iterator[Row]]


def projects(address_of: Callable[[str], str]) -> Table:
    """Return the table with a row a record; `address_of` an id is where people read that record."""
    known = [column for column in PROJECTS if column.origin != "indexed"]
    fields = (*(Field(column.name, column.title, column.kind) for column in known), *_BESIDE)

    def rows(feature: Feature) -> Iterator[Row]:
        p = feature["properties"]
        stated = (feature["id"] if column.name == "id" else p.get(column.name) for column in known)
        longitude, latitude = drawn_point(to_shape(feature["geometry"]), p["location_accuracy"]) or (None, None)
        people = listed(_owner(owner) for owner in p.get("owners", ()))
        texts = listed(_source(source) for source in p["sources"])
        yield (*stated, people, texts, longitude, latitude, p.get("summary"), address_of(feature["id"]))

    return Table("projects", fields, rows)


_BESIDE = (
    Field("owners", "Parties", "text"),
    Field("sources", "Sources, short", "text"),
    Field("lon", "Longitude, WGS 84", "number"),
    Field("lat", "Latitude, WGS 84", "number"),
    Field("summary", "Summary", "text"),
    Field("address", "Address", "text"),
)
_RECORD = (Field("record_id", "Record id", "text"), Field("record_name", "Record name", "text"))


def _owner(owner: Mapping[str, Any]) -> str:
    share = [f"{owner['share_pct']} %"] if "share_pct" in owner else []
    pending = ["pending"] if owner.get("pending") else []
    return f"{owner['name']} ({', '.join([owner['role'], *share, *pending])})"


def _source(source: Mapping[str, Any]) -> str:
    told = [source.get("publisher") or source["title"], source.get("published"), source.get("url")]
    return " ".join(each for each in told if each)


def _of_parts(name: str, part: type[Part]) -> Table:
    """Return the table with a row a part of a record, in the order of the record, with all its fields."""
    fields = tuple(Field(each, each.replace("_", " ").capitalize(), _kind(part, each)) for each in part.model_fields)
    defaults = {each: stated.default for each, stated in part.model_fields.items() if not stated.is_required()}

    def rows(feature: Feature) -> Iterator[Row]:
        p = feature["properties"]
        for stated in p.get(name, ()):
            values = {**defaults, **stated}
            yield (feature["id"], p["name"], *(_cell(values.get(field.name)) for field in fields))

    return Table(name, (*_RECORD, *fields), rows)


def _kind(part: type[Part], name: str) -> Kind:
    """Return the kind of a field's values: a number, a flag or a text."""
    stated = part.model_fields[name].annotation
    options = typing.get_args(stated) if isinstance(stated, types.UnionType) else (stated,)
    plain = {typing.get_args(each)[0] if typing.get_origin(each) is typing.Annotated else each for each in options}
    return "number" if float in plain else "flag" if bool in plain else "text"


def _cell(value: Any) -> Cell:
    return listed(value) if isinstance(value, list) else value


EVENTS = _of_parts("events", CLAIMS["events"])
CAPACITIES = _of_parts("capacities", CLAIMS["capacities"])
OWNERS = _of_parts("owners", CLAIMS["owners"])
SOURCES = _of_parts("sources", Source)
