"""Which tables are made of records, and what each of their columns holds; every format writes the same ones."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from geo.columns import PROJECTS, Kind
from geo.formats.cells import Cell
from geo.formats.selection import Contents, Feature, Selection
from geo.records.parts import CLAIMS, Part, Source
from geo.records.places import drawn_point_of
from geo.schemas import Schema

Value = Cell | list[str]
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Field:
    """A column of a table: its name, what it is called, and its kind as in `geo/columns.py`."""

    name: str
    title: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """A table of records or of their parts; `rows` are those of one record, which is a GeoJSON feature.

    A value is a list of texts where the kind of its field is `ids`. A `placed` table has a row a record, which has its
    geometry in formats that hold one.
    """

    name: str
    fields: tuple[Field, ...]
    rows: Callable[[Feature], Iterator[Row]]
    placed: bool = False


def table_of(selection: Selection) -> Table:
    """Return the table with a row a record: its columns, what it holds besides, and where it comes from."""
    contents, origin = selection.contents, selection.origin
    known = [column for column in contents.columns if column.origin != "indexed"]
    more, values = (_OF_PROJECTS, _of_project) if contents.columns is PROJECTS else _as_json(contents)
    fields = (*(Field(column.name, column.title, column.kind) for column in known), *more, *_ORIGIN)

    names = [column.name for column in known]

    def rows(feature: Feature) -> Iterator[Row]:
        stated = {**feature["properties"], "id": feature["id"]}
        from_where = (origin.address_of(feature["id"]), origin.release, origin.licence)
        yield (*map(stated.get, names), *values(feature), *from_where)

    return Table(contents.name, fields, rows, contents.is_placed)


def tables_of_parts(contents: Contents) -> tuple[Table, ...]:
    """Return the tables with a row a part of a record."""
    if contents.columns is PROJECTS:
        return (EVENTS, CAPACITIES, OWNERS, SOURCES)
    return tuple(_of_objects(name, schema) for name, schema in contents.parts.items())


_OF_PROJECTS = (
    Field("owners", "Parties", "ids"),
    Field("sources", "Sources, short", "ids"),
    Field("lon", "Longitude, WGS 84", "number"),
    Field("lat", "Latitude, WGS 84", "number"),
    Field("summary", "Summary", "text"),
    Field("source_addresses", "Addresses of the sources", "ids"),
)
_ORIGIN = (
    Field("address", "Address", "text"),
    Field("release", "Data release", "text"),
    Field("licence", "Licence", "text"),
)


def _of_project(feature: Feature) -> Row:
    p = feature["properties"]
    longitude, latitude = drawn_point_of(feature["geometry"], p["location_accuracy"]) or (None, None)
    people = [_owner(owner) for owner in p.get("owners", ())]
    addresses = [source["url"] for source in p["sources"] if source.get("url")]
    return (people, [_source(each) for each in p["sources"]], longitude, latitude, p.get("summary"), addresses)


def _as_json(contents: Contents) -> tuple[tuple[Field, ...], Callable[[Feature], Row]]:
    """Return the columns of what records hold besides, each a text in JSON, and their values."""
    fields = tuple(Field(name, f"{schema['title']}, as JSON", "text") for name, schema in contents.parts.items())

    def values(feature: Feature) -> Row:
        stated = (feature["properties"].get(field.name) for field in fields)
        return tuple(orjson.dumps(each).decode() if each else None for each in stated)

    return fields, values


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
    fields = tuple(Field(each, _title(each), _kind(part, each)) for each in part.model_fields)
    defaults = {each: stated.default for each, stated in part.model_fields.items() if not stated.is_required()}

    def rows(feature: Feature) -> Iterator[Row]:
        p = feature["properties"]
        for stated in p.get(name, ()):
            values = {**defaults, **stated}
            yield (feature["id"], p["name"], *(values.get(field.name) for field in fields))

    return Table(name, (*_RECORD, *fields), rows)


_KINDS: dict[str, Kind] = {"number": "number", "integer": "integer"}


def _of_objects(name: str, schema: Schema) -> Table:
    """Return the table with a row an object of a list, with the properties that its schema names."""
    properties: Mapping[str, Schema] = schema["items"]["properties"]
    fields = tuple(Field(each, _title(each), _kind_of(stated["type"])) for each, stated in properties.items())

    def rows(feature: Feature) -> Iterator[Row]:
        p = feature["properties"]
        for stated in p[name]:
            yield (feature["id"], p["name"], *(stated[field.name] for field in fields))

    return Table(name, (*_RECORD, *fields), rows)


def _kind_of(types: str | list[str]) -> Kind:
    """Return the kind of values by their type, or types, of JSON."""
    return _KINDS.get(types if isinstance(types, str) else types[0], "text")


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _kind(part: type[Part], name: str) -> Kind:
    """Return the kind of a field's values: a number, a flag, several texts or a text."""
    stated = part.model_fields[name].annotation
    options = typing.get_args(stated) if typing.get_origin(stated) in (types.UnionType, typing.Union) else (stated,)
    plain = {typing.get_args(each)[0] if typing.get_origin(each) is typing.Annotated else each for each in options}
    if any(typing.get_origin(each) is list for each in plain):
        return "ids"
    return "number" if float in plain else "flag" if bool in plain else "text"


EVENTS = _of_parts("events", CLAIMS["events"])
CAPACITIES = _of_parts("capacities", CLAIMS["capacities"])
OWNERS = _of_parts("owners", CLAIMS["owners"])
SOURCES = _of_parts("sources", Source)
