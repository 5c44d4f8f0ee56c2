"""What the tables of `geo/postgis/tables.py` hold of records: written with them, in one transaction."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from itertools import pairwise
from typing import Any

import shapely
from psycopg import Connection

from geo.columns import PROJECTS
from geo.curated.organisations import Organisations
from geo.indexed import NOTHING, Indexed, Step, index
from geo.made_by import maker
from geo.operands import FOLDINGS, Folding
from geo.postgis import cells
from geo.postgis.tables import FOLDED, OF_RECORDS, columns_of, dated_columns, rank_of, shard_of, undated_columns
from geo.store import Revision
from geo.tiles.features import number_of

Row = tuple[Any, ...]
_FEW = 20  # records that are sent together with all else, and do not wait for answers one by one
_NEVER = 2**31 - 1  # later than the ordinal of any day


def write(connection: Connection, changed: Iterable[Revision], organisations: Callable[[], Organisations]) -> None:
    """Write what the tables hold of changed records, oldest change first, in the transaction of the connection.

    A record that is deleted leaves them. Whoever writes waits here for others who do. Where nobody has asked for
    answers of PostGIS there are no tables, and nothing is written: they are filled when somebody does.
    """
    newest = {revision.project_id: revision for revision in changed}
    if not newest or not are_there(connection):
        return
    sequence = max(revision.sequence for revision in newest.values())
    there = [revision for revision in newest.values() if revision.project is not None]
    put(connection, newest.keys(), there, organisations(), sequence)


def are_there(connection: Connection) -> bool:
    """Return whether there are tables of the catalog."""
    return connection.execute("SELECT to_regclass('catalog_made') IS NOT NULL").fetchall() == [(True,)]


def put(
    connection: Connection,
    ids: Iterable[str],
    there: Sequence[Revision],
    organisations: Organisations,
    sequence: int = 0,
) -> None:
    """Take records of these ids out of the tables, and put those in that are there now.

    They know the changes up to this sequence then.
    """
    number, changed = maker_number(connection, maker(organisations)), list(ids)
    records = [(each.sequence, index(each, organisations)) for each in there]
    with connection.pipeline() if len(records) <= _FEW else nullcontext():
        connection.execute("UPDATE catalog_made SET sequence = greatest(sequence, %s)", [sequence])
        before = cells.shown(connection, changed)
        _take_out(connection, changed)
        if records:
            _put_in(connection, records, number)
        after = cells.shown(connection, [each.project_id for each in there])
    cells.keep(connection, [cells.Shown(*row) for row in (*before, *after)])


def maker_number(connection: Connection, made_by: str) -> int:
    """Return the number of what makes rows ready; those that came later have higher ones."""
    found = connection.execute("SELECT number FROM catalog_makers WHERE made_by = %s", [made_by]).fetchone()
    if found is None:
        found = connection.execute(
            "INSERT INTO catalog_makers SELECT %s, coalesce(max(number), 0) + 1 FROM catalog_makers RETURNING number",
            [made_by],
        ).fetchone()
    assert found is not None
    return int(found[0])


def _take_out(connection: Connection, ids: Sequence[str]) -> None:
    given = [sorted({shard_of(each) for each in ids}), list(ids)]
    connection.execute(_DELETE, given * len(OF_RECORDS))


_FORM = "DELETE FROM {} WHERE shard = ANY(%s) AND id = ANY(%s)"
_DELETE = (
    f"WITH {', '.join(f'gone_{table} AS ({_FORM.format(table)})' for table in OF_RECORDS[1:])} "
    f"{_FORM.format(OF_RECORDS[0])}"
).encode()


def _put_in(connection: Connection, records: Sequence[tuple[int, Indexed]], number: int) -> None:
    _put_shared(connection, [record for _, record in records])
    put_rows = _insert if len(records) <= _FEW else _copy
    spots = cells.spots_of([record for _, record in records])
    rows = (_row(record, sequence, number, spot) for (sequence, record), spot in zip(records, spots, strict=True))
    put_rows(connection, "catalog_records", rows)
    for table, rows_of in _ROWS.items():
        put_rows(connection, table, (row for _, record in records for row in rows_of(record)))


def _insert(connection: Connection, table: str, rows: Iterable[Row]) -> None:
    names = ("shard", "id", *columns_of(table))
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})".encode(), rows)  # noqa: S608


def _copy(connection: Connection, table: str, rows: Iterable[Row]) -> None:
    names = ", ".join(("shard", "id", *columns_of(table)))
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _put_shared(connection: Connection, records: Sequence[Indexed]) -> None:
    """Put words, texts and areas where they are for all records, in one order: or two writers wait for each other."""
    words = sorted({word for record in records for word in _words(record)})
    connection.execute("INSERT INTO catalog_words SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [words])
    texts = sorted({text for record in records for name in FOLDABLE if (text := record.values.get(name)) is not None})
    folded = [[folded_as(name, text) for text in texts] for name in FOLDED]
    connection.execute(_INSERT_TEXTS, [texts, *folded])
    areas = {area: shapely.to_wkb(record.shape) for record in records if (area := area_of(record)) is not None}
    for area in sorted(areas):
        connection.execute(
            "INSERT INTO catalog_areas VALUES (%s, ST_GeomFromWKB(%s, 4326)) ON CONFLICT DO NOTHING",
            [area, areas[area]],
        )


FOLDABLE = tuple(column.name for column in PROJECTS if column.kind == "text" and column.name != "id")
_INSERT_TEXTS = (
    f"INSERT INTO catalog_texts (text, {', '.join(FOLDED)}) "  # noqa: S608
    f"SELECT * FROM unnest({', '.join(['%s::text[]'] * (1 + len(FOLDED)))}) ON CONFLICT DO NOTHING"
).encode()


def folded_as(name: str, text: str) -> str:
    """Return a text by the foldings that a column of `catalog_texts` is called by, of which the last comes first."""
    foldings: list[Folding] = name.split("_")[::-1]  # type: ignore[assignment]
    return functools.reduce(lambda folded, folding: FOLDINGS[folding](folded), foldings, text)


def area_of(record: Indexed) -> bytes | None:
    """Return the checksum of a shape that is no point; None of a point, or where there is none."""
    if record.shape is None or record.at is not None:
        return None
    return hashlib.blake2b(shapely.to_wkb(record.shape), digest_size=16).digest()


def _words(record: Indexed) -> list[str]:
    words: str = record.values["search"]
    return words.split()


def _key(record: Indexed) -> tuple[str, str]:
    return shard_of(record.id), record.id


def _row(record: Indexed, sequence: int, number: int, spot: int | None) -> Row:
    values, (x, y) = record.values, record.at or (None, None)
    lon, lat = values["point"] or (None, None)
    plans = list(zip(*values["plans"], strict=True)) or [(), ()]
    return (
        *_key(record),
        *_values(undated_columns(), values),
        *_values(dated_columns(), record.steps[-1].values),
        sequence,
        number,
        record.stale_from,
        values["begins"],
        record.first_day,
        record.last_day,
        x,
        y,
        None if x is None else f"SRID=4326;POINT({x!r} {y!r})",
        area_of(record),
        lon,
        lat,
        spot,
        number_of(record.id),
        values["footprint"] is not None,
        values["owners"],
        _words(record),
        *map(list, plans),
    )


def _values(columns: Iterable[str], values: dict[str, Any]) -> Iterator[Any]:
    for name in columns:
        if name in PROJECTS:
            value = values[name]
            yield sorted(value) if PROJECTS[name].kind == "ids" else value
        else:
            yield _ranks()[name](values)


@functools.cache
def _ranks() -> dict[str, Callable[[dict[str, Any]], int | None]]:
    ranked = [column for column in PROJECTS if column.sort and column.vocabulary is not None]
    return {rank_of(column): functools.partial(_rank, column.name) for column in ranked}


def _rank(name: str, values: dict[str, Any]) -> int | None:
    vocabulary, value = PROJECTS[name].vocabulary, values[name]
    return None if value is None or vocabulary is None else vocabulary.position(value)


def _features(record: Indexed) -> Iterator[Row]:
    yield (*_key(record), record.head, record.today, record.tail)


def _steps(record: Indexed) -> Iterator[Row]:
    """The steps of a record, each with the days on which `as_of` means it."""
    begins = record.values["begins"]
    steps = record.steps if record.steps[0].day <= 0 else [Step(0, NOTHING), *record.steps]
    for step, following in pairwise([*steps, None]):
        assert step is not None
        until = _NEVER if following is None else following.day
        yield (
            *_key(record),
            step.day,
            max(step.day, begins),
            until,
            step.stale_from,
            *_values(dated_columns(), step.values),
        )


def _events(record: Indexed) -> Iterator[Row]:
    return ((*_key(record), number, *event) for number, event in enumerate(record.events))


def _links(record: Indexed) -> Iterator[Row]:
    return ((*_key(record), number, *link) for number, link in enumerate(record.links))


def _parties(record: Indexed) -> Iterator[Row]:
    return ((*_key(record), party, name) for party, name in record.parties.items())


_ROWS: dict[str, Callable[[Indexed], Iterator[Row]]] = {
    "catalog_features": _features,
    "catalog_steps": _steps,
    "catalog_events": _events,
    "catalog_links": _links,
    "catalog_parties": _parties,
}
