"""The tables from which PostGIS answers. They follow from the records, and are made from the table of columns.

Every table has `shard`, the country by which an id begins (`bo-plant`: BO), as the first column of its key: an id never
changes, so whoever knows it knows where the record lies, and Citus may distribute by it (`OF_RECORDS`). The property
`country` is another column: a record keeps its id when it turns out to lie elsewhere. What the records of all countries
share is in tables that each node has whole (`SHARED`).

- `catalog_made`: one row: what made the tables ready (`made_by`), the sequence of the newest change that they know, the
  statements that laid them out; and while they are made again, what does so (`making`) and up to which id it is.
- `catalog_makers`: a number for each release of our code, words and organisations that has made rows.
- `catalog_records`: a row a current record: every column that it has today, with what a filter asks besides: the words
  by which it is found, the days between which its time lies (ordinals; none without an event that happened), from which
  day on `as_of` means it (`begins`), its place as `x` and `y` and as `place` for the index, or the `area` that it has,
  where it is drawn (`lon`, `lat`), with the number of that place among all (`spot`) and that of the record on a vector
  tile (`mvt_id`), the ranks of codes that can be sorted by, and `stale_from`: no answer to whether a
  stage is stale is kept.
- `catalog_features`: its feature in three pieces: `head`, the dated properties of `today` as if they were not stale,
  `tail`.
- `catalog_steps`: its dated columns step by step: those of `day`, which hold until the next step's. From `from_day` to
  before `until_day` is when `as_of` means the record and this step of it; a step that is over before the record begins
  has none such. Where nothing is known yet there is a step too, of `day` 0: each day that means a record has one.
- `catalog_events`, `catalog_links`, `catalog_parties`: its events, links to others, and what it calls its parties.
- `catalog_words`: every word of any record, to find pieces of words by. `catalog_texts`: every text by which a filter
  can ask without case or accents, with the text so folded by Python: no collation says the same. `catalog_areas`: every
  area once, by the checksum of its WKB; many records have the outline of one country. These three only grow.
- `catalog_cells`: the clusters of all records on tiles, as `geo/postgis/cells.py` keeps them: the squares of each level
  in which more records are drawn than are shown one by one. `catalog_countries`: of how many only the country is known.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from geo.columns import PROJECTS, Column, Kind
from geo.postgis.functions import FUNCTIONS

SHARED = (
    "catalog_made",
    "catalog_makers",
    "catalog_words",
    "catalog_texts",
    "catalog_areas",
    "catalog_cells",
    "catalog_countries",
)
OF_RECORDS = (
    "catalog_records",
    "catalog_features",
    "catalog_steps",
    "catalog_events",
    "catalog_links",
    "catalog_parties",
)
FOLDED = ("casei", "accenti", "casei_accenti", "accenti_casei")  # the folding that comes last is named first

_TEXT = 'text COLLATE "C"'
_TYPES: dict[Kind, str] = {"number": "double precision", "integer": "double precision", "ids": 'text[] COLLATE "C"'}
_KEYS = f"shard {_TEXT}, id {_TEXT}"
_ASIDE: dict[str, str] = {
    "sequence": "bigint",
    "maker": "smallint",
    "stale_from": "integer",
    "begins": "integer",
    "first_day": "integer",
    "last_day": "integer",
    "x": "double precision",
    "y": "double precision",
    "place": "geometry(Point, 4326)",
    "area": "bytea",
    "lon": "double precision",
    "lat": "double precision",
    "spot": "bigint",
    "mvt_id": "bigint",
    "has_footprint": "boolean",
    "owners": _TEXT,
    "words": 'text[] COLLATE "C"',
    "plan_told": "text[]",
    "plan_date": "text[]",
}
OF_CELLS: dict[str, str] = {
    "level": "smallint",
    "code": "bigint",
    "size": "integer",
    "lon": "bigint",
    "lat": "bigint",
    **dict.fromkeys(("west", "south", "east", "north"), "double precision"),
    "groups": "jsonb",
    "sums": "jsonb",
}
OF_COUNTRIES: dict[str, str] = {"country": _TEXT, "status_group": _TEXT, "size": "integer"}
# Conditions that are not about one column, which indexes have as they stand here.
SHAPELESS = "x IS NULL AND area IS NULL"
COUNTRY_WIDE = "location_accuracy = 'country'"
OUTLINED = "has_footprint"
ACROSS = "greatest(ST_XMax(geom) - ST_XMin(geom), ST_YMax(geom) - ST_YMin(geom))"  # degrees
EDGES = {"west": "ST_XMin(geom)", "south": "ST_YMin(geom)", "east": "ST_XMax(geom)", "north": "ST_YMax(geom)"}


def shard_of(record_id: str) -> str:
    """Return the country by which an id begins, by which records are distributed."""
    return record_id[:2].upper()


def rank_of(column: Column) -> str:
    """Return the column of a table that holds the place of a code in its vocabulary."""
    return f"{column.name}_rank"


def sort_column(column: Column) -> str:
    """Return the column of a table by which a column of records is sorted."""
    return rank_of(column) if column.is_ranked else column.name


def _has_place(column: Column) -> bool:
    """Whether a table has a place for a column; `status_stale` follows from the day, and `id` is in each key."""
    return column.name not in ("id", "status_stale")


def _with_types(*, dated: bool) -> Iterator[tuple[str, str]]:
    for column in PROJECTS:
        if _has_place(column) and column.dated == dated:
            yield column.name, _TYPES.get(column.kind, _TEXT)
            if column.sort and column.is_ranked:
                yield rank_of(column), "smallint"


@functools.cache
def undated_columns() -> Mapping[str, str]:
    """Return the columns of records that no day changes, with their types."""
    return MappingProxyType(dict(_with_types(dated=False)))


@functools.cache
def dated_columns() -> Mapping[str, str]:
    """Return the columns of steps, with their types."""
    return MappingProxyType(dict(_with_types(dated=True)))


def columns_of(table: str) -> dict[str, str]:
    """Return what a table of records has besides its key, with the types."""
    return {
        "catalog_records": {**undated_columns(), **dated_columns(), **_ASIDE},
        "catalog_features": dict.fromkeys(("head", "today", "tail"), "bytea"),
        "catalog_steps": {
            **dict.fromkeys(("day", "from_day", "until_day", "stale_from"), "integer"),
            **dated_columns(),
        },
        "catalog_events": {"number": "integer", "first_day": "integer", "last_day": "integer", "expected": "boolean"},
        "catalog_links": {"number": "integer", "type": _TEXT, "target": _TEXT},
        "catalog_parties": {"party": _TEXT, "name": "text"},
    }[table]


_MADE = "one boolean PRIMARY KEY CHECK (one), made_by text, sequence bigint, layout text, making text, made_to text"
_LAST_OF_KEY = {
    "catalog_steps": ", day",
    "catalog_events": ", number",
    "catalog_links": ", number",
    "catalog_parties": ", party",
}


def statements() -> Iterator[str]:
    """Yield what makes the tables, functions and indexes that are not there, and adds columns that are missing."""
    yield from layout()
    yield from indexes()


def layout() -> Iterator[str]:
    """Yield what makes the tables and functions."""
    yield "CREATE EXTENSION IF NOT EXISTS postgis"
    yield "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    yield f"CREATE TABLE IF NOT EXISTS catalog_made ({_MADE})"
    yield "INSERT INTO catalog_made (one, sequence) VALUES (true, 0) ON CONFLICT DO NOTHING"
    yield "CREATE TABLE IF NOT EXISTS catalog_makers (made_by text PRIMARY KEY, number smallint NOT NULL)"
    yield f"CREATE TABLE IF NOT EXISTS catalog_words (word {_TEXT} PRIMARY KEY)"
    yield f"CREATE TABLE IF NOT EXISTS catalog_texts (text {_TEXT} PRIMARY KEY, {_typed(FOLDED)})"
    yield "CREATE TABLE IF NOT EXISTS catalog_areas (area bytea PRIMARY KEY, geom geometry(Geometry, 4326) NOT NULL)"
    for table in OF_RECORDS:
        yield from _table(table)
    yield from FUNCTIONS
    yield f"CREATE TABLE IF NOT EXISTS catalog_cells ({_typed_as(OF_CELLS)}, PRIMARY KEY (level, code))"
    key = "PRIMARY KEY (country, status_group)"
    yield f"CREATE TABLE IF NOT EXISTS catalog_countries ({_typed_as(OF_COUNTRIES)}, {key})"


def _typed(names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {_TEXT}" for name in names)


def _typed_as(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind} NOT NULL" for name, kind in columns.items())


def _table(table: str) -> Iterator[str]:
    columns, last = columns_of(table), _LAST_OF_KEY.get(table, "")
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    yield f"CREATE TABLE IF NOT EXISTS {table} ({_KEYS}, {typed}, PRIMARY KEY (shard, id{last}))"
    if table in ("catalog_records", "catalog_steps"):  # those of the table of columns, which may have got others
        added = ", ".join(f"ADD COLUMN IF NOT EXISTS {name} {kind}" for name, kind in columns.items())
        yield f"ALTER TABLE {table} {added}"


def indexes() -> Iterator[str]:
    """Yield what makes the indexes: one or two for each kind of question."""
    for column in PROJECTS:
        if column.name == "id":
            yield _index("catalog_records", "id")
        elif column.kind == "ids":
            yield _index("catalog_records", column.name, using="gin")
        elif _has_place(column) and (column.sort or column.filter or column.kind == "time"):
            yield from _of_column(column)
    yield _index("catalog_words", "word gin_trgm_ops", using="gin")
    for name in ("text", *FOLDED):
        yield _index("catalog_texts", f"{name} gin_trgm_ops", using="gin")
    for name in FOLDED:
        yield _index("catalog_texts", name)
    yield _index("catalog_areas", "geom", using="gist")
    yield _index("catalog_areas", f"({ACROSS})", name="across")
    yield from (_index("catalog_areas", f"({edge})", name=name) for name, edge in EDGES.items())
    yield _index("catalog_records", "place", using="gist")
    yield from (_index("catalog_records", each) for each in ("x", "y"))
    yield _index("catalog_records", "words", using="gin")
    yield _index("catalog_records", "spot")
    yield _index("catalog_records", "country, status_group", name="country_wide", where=COUNTRY_WIDE)
    yield _index("catalog_records", "area", name="outlined", where=OUTLINED)
    yield _index("catalog_records", "area", where="area IS NOT NULL")
    yield _index("catalog_records", "shard, id", name="shapeless", where=SHAPELESS)
    for names in ("stale_from", "begins", "maker", "last_day, first_day", "first_day", "country, kind, id"):
        yield _index("catalog_records", names)
    yield _index("catalog_records", "kind, status, country, segment, status_group", name="tallied")
    yield _index("catalog_steps", "id, day")
    yield _index("catalog_steps", "until_day, from_day")
    yield _index("catalog_events", "expected, last_day DESC, first_day DESC, id, number")
    yield _index("catalog_links", "target")
    yield _index("catalog_parties", "party, id")


def _of_column(column: Column) -> Iterator[str]:
    name = sort_column(column)
    if column.sort:
        yield _index("catalog_records", f"{name}, id")
        yield _index("catalog_records", f"{name} DESC NULLS LAST, id", name=f"{name}_falling")
    if column.name != name or not column.sort:
        yield _index("catalog_records", f"{column.name}, id")
    if column.dated and column.sort and column.is_ranked:
        yield _index("catalog_steps", f"{name}, id")
        yield _index("catalog_steps", f"{name} DESC NULLS LAST, id", name=f"{name}_falling")
    if column.dated and column.filter:
        yield _index("catalog_steps", f"{column.name}, until_day, from_day")


def _index(table: str, columns: str, *, using: str = "btree", name: str = "", where: str = "") -> str:
    called = name or "_".join(part.split()[0] for part in columns.split(", "))
    kind = "" if using == "btree" else f"_{using}"
    condition = f" WHERE {where}" if where else ""
    return f"CREATE INDEX IF NOT EXISTS {table}_{called}{kind} ON {table} USING {using} ({columns}){condition}"
