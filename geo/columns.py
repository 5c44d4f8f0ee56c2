"""What a column of a record is. Questions, indexes, tables, schemas and parameters are made from these lists."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from geo import vocabulary
from geo.countries import country_names
from geo.dates import is_date
from geo.vocabulary import Term, Vocabulary

Kind = Literal["code", "country", "text", "date", "time", "number", "integer", "flag", "ids"]
Origin = Literal["stated", "derived", "kept", "indexed"]

DATE_FORM = r"^\d{4}(-\d{2}(-\d{2})?)?$"
JSON_TYPES: dict[Kind, str] = {"number": "number", "integer": "integer", "flag": "boolean", "ids": "array"}


@dataclass(frozen=True)
class Column:
    """One column: what it holds, and what can be asked of it.

    A `date` has reduced precision (YYYY, YYYY-MM or YYYY-MM-DD), a `time` is RFC 3339 in UTC, `ids` are a set of names,
    or of codes where there is a vocabulary.
    `origin` says who knows the value: the contributor (`stated`), our rules (`derived`), the store (`kept`), or only an
    index of answers (`indexed`). Every column can be asked for, in a filter and by its own parameter; a `filter` one
    is among the choices that people are offered.
    A `dated` one can be asked for as it was on a day. Records are counted by a `group` one; of a date or time by
    its year. `table` puts it into the layer that desktop programs open; `unit` is that of its numbers (UCUM).
    """

    name: str
    kind: Kind
    title: str
    origin: Origin = "derived"
    vocabulary: Vocabulary[Term] | None = None
    nullable: bool = True
    dated: bool = False
    filter: bool = False
    sort: bool = False
    group: bool = False
    table: bool = True
    unit: str | None = None

    @property
    def codes(self) -> Collection[str] | None:
        """The values that there can be; None where any text or number can stand."""
        if self.kind == "country":
            return country_names().keys()
        return self.vocabulary.codes if self.vocabulary else None

    @property
    def is_ranked(self) -> bool:
        """Whether its values sort by their place in the vocabulary, and not by their letters."""
        return self.vocabulary is not None

    def is_sort_value(self, value: Any) -> bool:
        """Return whether a page mark may hold this value."""
        if value is None:
            return self.nullable
        if self.is_ranked or self.kind == "integer":
            return type(value) is int
        if self.kind == "flag":
            return type(value) is bool
        return type(value) in (int, float) if self.kind == "number" else isinstance(value, str)

    def takes(self, value: object) -> bool:
        """Return whether a question may compare the column with this value; codes are not looked up."""
        if self.kind in ("number", "integer"):
            return type(value) in (int, float)
        if self.kind == "flag":
            return type(value) is bool
        return isinstance(value, str) and (self.kind != "date" or is_date(value))

    def logical_schema(self) -> dict[str, Any]:
        """Return the schema of a value that there is, which has one type (OGC 23-058r2, section 7).

        A date of reduced precision is no `date` of JSON Schema, which always has a day: a client would lose the others.
        """
        shown: dict[str, Any] = {"title": self.title, "type": JSON_TYPES.get(self.kind, "string")}
        codes: dict[str, Any] = {"enum": list(self.codes)} if self.codes is not None else {}
        if self.kind == "ids":
            return {**shown, "items": {"type": "string", **codes}}
        if self.kind == "date":
            codes = {"pattern": DATE_FORM, "description": "YYYY, YYYY-MM or YYYY-MM-DD."}
        formed = {"format": "date-time"} if self.kind == "time" else {}
        measured = {"x-ogc-unit": self.unit} if self.unit else {}
        return {**shown, **formed, **codes, **measured, **({} if self.origin == "stated" else {"readOnly": True})}

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of a value that is derived or kept by the store."""
        kind = JSON_TYPES.get(self.kind, "string")
        shown: dict[str, Any] = {"title": self.title, "type": [kind, "null"] if self.nullable else kind}
        if self.vocabulary:
            shown["enum"] = [*self.vocabulary.codes, *([None] if self.nullable else [])]
        return {**shown, "readOnly": True}


class Columns:
    """The columns of a collection in their order, by name."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._by_name = {column.name: column for column in columns}

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Column]:
        return iter(self._by_name.values())

    def only(self, names: Collection[str]) -> Columns:
        """Return those of these names, in this order of theirs."""
        return Columns([column for column in self if column.name in names])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    @functools.cached_property
    def filters(self) -> tuple[str, ...]:
        return tuple(column.name for column in self if column.filter)

    @functools.cached_property
    def sorts(self) -> tuple[str, ...]:
        return tuple(column.name for column in self if column.sort)

    @functools.cached_property
    def groups(self) -> tuple[str, ...]:
        return tuple(column.name for column in self if column.group)

    @functools.cached_property
    def dated(self) -> tuple[str, ...]:
        return tuple(column.name for column in self if column.dated)

    @functools.cached_property
    def table(self) -> tuple[str, ...]:
        return tuple(column.name for column in self if column.table)

    def of(self, origin: Origin) -> tuple[str, ...]:
        """Return the names of the columns whose values come from there."""
        return tuple(column.name for column in self if column.origin == origin)


Trait = Literal["stated", "kept", "indexed", "required", "several", "dated", "filter", "sort", "group", "off-table"]


def _column(name: str, kind: Kind | Vocabulary[Term], title: str, *traits: Trait, unit: str | None = None) -> Column:
    """Return a row of the list below; without another origin among its traits the value is derived."""
    origins: tuple[Origin, ...] = ("stated", "kept", "indexed")
    of_codes: Kind = "ids" if "several" in traits else "code"
    return Column(
        name,
        of_codes if isinstance(kind, Vocabulary) else kind,
        title,
        origin=next((origin for origin in origins if origin in traits), "derived"),
        vocabulary=kind if isinstance(kind, Vocabulary) else None,
        nullable="required" not in traits,
        dated="dated" in traits,
        filter="filter" in traits,
        sort="sort" in traits,
        group="group" in traits,
        table="off-table" not in traits,
        unit=unit,
    )


# What a record has several of: an index knows them, and a table has no place for them.
_ASIDE: tuple[Trait, ...] = ("indexed", "required", "filter", "group", "off-table")

PROJECTS = Columns(
    [
        _column("id", "text", "Id", "stated", "required", "filter", "sort"),
        _column("name", "text", "Name", "stated", "required", "filter", "sort"),
        _column("kind", vocabulary.KINDS, "Kind", "stated", "required", "filter", "sort", "group"),
        _column("segment", vocabulary.SEGMENTS, "Segment", "required", "filter", "group"),
        _column("status", vocabulary.STATUSES, "Stage", "required", "dated", "filter", "sort", "group"),
        _column("status_date", "date", "Date of the stage", "dated", "sort", "group"),
        _column("status_date_basis", vocabulary.STATUS_DATE_BASES, "What the date of the stage is", "dated", "group"),
        _column("status_group", vocabulary.STATUS_GROUPS, "Group of stages", "required", "dated", "filter", "group"),
        _column("status_as_of", "date", "Newest source for the stage", "dated"),
        _column(
            "status_stale",
            "flag",
            "Not confirmed for over 24 months",
            "required",
            "dated",
            "filter",
            "group",
            "off-table",
        ),
        _column("country", "country", "Country", "stated", "required", "filter", "sort", "group"),
        _column("region", "text", "Region", "stated", "filter", "group"),
        _column("locality", "text", "Town or district", "stated", "filter", "group"),
        _column(
            "location_accuracy",
            vocabulary.LOCATION_ACCURACIES,
            "Place known to",
            "stated",
            "required",
            "filter",
            "group",
        ),
        _column("location_radius_km", "number", "How far off the place may be, km", "stated", unit="km"),
        _column("location_doubt", vocabulary.LOCATION_DOUBTS, "What is odd about the place"),
        _column("operator", "text", "Operator", "filter", "group"),
        _column("owner", "ids", "Parties, and who holds them", *_ASIDE),
        _column("capacity_lce_t_per_year", "number", "Capacity, t LCE a year", "dated", "sort", unit="t/a"),
        _column("capacity_lce_t_per_year_basis", vocabulary.CAPACITY_BASES, "Planned or built, LCE", "dated"),
        _column("capacity_gwh_per_year", "number", "Capacity, GWh a year", "dated", "sort", unit="GW.h/a"),
        _column("capacity_gwh_per_year_basis", vocabulary.CAPACITY_BASES, "Planned or built, GWh", "dated"),
        _column("capacity", "number", "Capacity", "dated", "filter", "sort"),
        _column("capacity_measure", vocabulary.MEASURES, "What the capacity counts", "dated", "filter", "group"),
        _column("capacity_basis", vocabulary.CAPACITY_BASES, "Planned or built", "dated", "filter", "group"),
        _column("start_planned", "date", "Planned start", "dated"),
        _column("start_planned_year", "integer", "Year of the planned start", "dated", "filter", "group", "off-table"),
        _column("start_year", "integer", "Year of the start, told or planned", "dated", "filter", "sort", "group"),
        _column("start_actual", "date", "Started", "dated"),
        _column("operating_by", "date", "Operating by; start not stated", "dated"),
        _column("first_date", "date", "First event", "dated", "sort", "group"),
        _column("last_date", "date", "Last event", "dated", "sort", "group"),
        _column("checked", "date", "Last looked for news", "stated", "sort", "group", "off-table"),
        _column("sources_count", "integer", "Sources", "required"),
        _column("source_type", vocabulary.SOURCE_TYPES, "Types of sources", "several", *_ASIDE),
        _column("revision", "integer", "Revision", "kept", "required"),
        _column("created", "time", "Added", "kept", "required", "group"),
        _column("updated", "time", "Changed", "kept", "required", "sort", "group"),
    ]
)

# Which sums there are of a unit family: of the figures with this basis, those of projects in these stages. A plan never
# stands in for what is built, and what has been given up or halted is in none of them.
SHARES: dict[str, tuple[str, str]] = {
    "planned": ("planned", "planned"),
    "building": ("planned", "building"),
    "built": ("actual", "operating"),
}


def projects_of(code: str) -> str:
    """Return the name of the column that counts the projects of a group of stages, or of a segment."""
    return f"projects_{code}"


def capacity_of(measure: str, share: str) -> str:
    """Return the name of the column that sums up a share of the capacities in a unit family."""
    return f"capacity_{measure}_{share}"


def _sum(measure: vocabulary.Measure, share: str) -> Column:
    name, title = capacity_of(measure.code, share), f"{measure.label}, {share}, {measure.unit}"
    return _column(name, "number", title, "dated", "sort", unit=measure.ucum)


def _counted() -> list[Column]:
    """Return the columns that are made of the projects of a country or an organisation."""
    counted: tuple[Trait, ...] = ("required", "dated", "sort")
    groups = [(term.code, f"Projects: {term.label.lower()}") for term in vocabulary.STATUS_GROUPS]
    segments = [(term.code, f"Projects of {term.label.lower()}") for term in vocabulary.SEGMENTS]
    sums = [_sum(measure, share) for measure in vocabulary.MEASURES for share in SHARES]
    return [
        _column("projects", "integer", "Projects", "filter", *counted),
        *(_column(projects_of(code), "integer", title, *counted) for code, title in (*groups, *segments)),
        *sums,
        _column("updated", "time", "Newest change of a project", "kept", "sort"),
    ]


_SEVERAL: tuple[Trait, ...] = ("required", "filter", "off-table")

ORGANISATIONS = Columns(
    [
        _column("id", "text", "Id", "stated", "required", "filter", "sort"),
        _column("name", "text", "Name", "stated", "required", "filter", "sort"),
        _column("other_names", "ids", "Other names", "stated", *_SEVERAL),
        _column("curated", "flag", "In the curated list", "required", "filter"),
        _column("type", vocabulary.ORGANISATION_TYPES, "Type", "stated", "filter", "sort"),
        _column("country", "country", "Country", "stated", "filter", "sort"),
        _column("lei", "text", "Legal Entity Identifier", "stated", "filter"),
        _column("register_id", "text", "Number in a register", "stated", "filter"),
        _column("parents", "ids", "Who holds it", "stated", *_SEVERAL),
        _column("holders", "ids", "Who holds it, up to the top", *_SEVERAL),
        _column("holds", "ids", "What it holds, down to the last", *_SEVERAL),
        _column("sources", "ids", "Addresses of what says who holds it", "stated", "required", "off-table"),
        _column("kinds", vocabulary.KINDS, "Kinds of its projects", "several", "dated", *_SEVERAL),
        _column("countries", "ids", "Countries of its projects", "dated", *_SEVERAL),
        *_counted(),
    ]
)

COUNTRIES = Columns(
    [
        _column("id", "text", "ISO 3166-1 alpha-2 code", "stated", "required", "filter", "sort"),
        _column("name", "text", "Name", "stated", "required", "filter", "sort"),
        _column("name_es", "text", "Name in Spanish", "stated", "required", "filter", "sort"),
        _column("name_ru", "text", "Name in Russian", "stated", "required", "filter", "sort"),
        _column("name_zh", "text", "Name in Chinese", "stated", "required", "filter", "sort"),
        _column("organisations", "integer", "Organisations behind its projects", "required", "dated", "filter", "sort"),
        *_counted(),
    ]
)
