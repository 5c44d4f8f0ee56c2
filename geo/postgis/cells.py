"""The pyramid from which tiles of all records come: the squares of each level that are clusters, kept with the records.

A square in which no more records lie than a map shows one by one is not kept: its records are found by `spot`, the
number of a place, of which those of one square are a run (`geo/tiles/grid.py`). What is kept is what is known of today,
which no day changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson
from psycopg import Connection

from geo.indexed import Indexed
from geo.postgis.tables import COUNTRY_WIDE, OF_CELLS, shard_of
from geo.tiles.cells import BASES, GROUPS, MEASURES, NO_CELLS, SUMS, Cells, Places, Ranks, cells_of, merged
from geo.tiles.content import MOST_SYMBOLS, sum_name
from geo.tiles.grid import BITS, CELLS, MOST_ZOOM, Codes, Floats, codes_of

FARTHEST, NEAREST = CELLS, MOST_ZOOM + CELLS  # the levels of the cells of all tiles
COLUMNS = tuple(name for name in OF_CELLS if name != "level")
_LEVEL = 2 * NEAREST  # bits of the number of a square, above which that of its level stands
_AT_A_TIME = 100_000  # squares that are reckoned together
_KINDS = {sum_name(kind): at for at, kind in enumerate(SUMS)}

Row = tuple[Any, ...]
Square = tuple[int, int]  # a level, and the number of a square of it


class Shown(NamedTuple):
    """Where tiles show a record: at a spot, in a country somewhere, or nowhere."""

    spot: int | None
    country: str | None


def shown(connection: Connection[Any], ids: Collection[str]) -> Iterable[Row]:
    """Ask where tiles show records that are in the tables now: rows of `Shown`, which can be read later."""
    shards = sorted({shard_of(each) for each in ids})
    return connection.execute(_SHOWN, [shards, list(ids)])


def keep(connection: Connection[Any], changed: Collection[Shown]) -> None:
    """Reckon anew what is kept of where records have changed that tiles show there, or did."""
    _keep_cells(connection, sorted({each.spot for each in changed if each.spot is not None}))
    countries = sorted({each.country for each in changed if each.country is not None})
    if countries:
        connection.execute("DELETE FROM catalog_countries WHERE country = ANY(%s)", [countries])
        connection.execute(_COUNTRIES, [countries])


def spots_of(records: Sequence[Indexed]) -> list[int | None]:
    """Return the numbers of the places at which records are drawn; None for one that is at no point."""
    points = [record.values["point"] for record in records]
    there = np.array([point for point in points if point is not None], dtype=np.float64).reshape(-1, 2)
    numbers = iter(codes_of(*there.T).tolist())
    return [None if point is None else next(numbers) for point in points]


def _keep_cells(connection: Connection[Any], spots: Sequence[int]) -> None:
    touched = np.array(spots, dtype=np.int64)
    roots = touched >> _shift(FARTHEST)
    starts = np.flatnonzero(roots[1:] != roots[:-1]) + 1
    for part in np.split(touched, starts) if len(touched) else []:
        _Path(connection, part).keep()


class _Path:
    """The squares of all levels in which places lie, which are in one square of the farthest level."""

    def __init__(self, connection: Connection[Any], touched: Codes) -> None:
        self._connection, self._touched = connection, touched
        kept = {(level, row[0]): tuple(row) for level, *row in connection.execute(_KEPT, [touched.tolist()])}
        self._levels = range(FARTHEST, max((level for level, _ in kept), default=FARTHEST) + 1)
        self._on = {square for level in self._levels for square in self._squares(level)} & kept.keys()
        self._beside = {square: kept[square] for square in kept.keys() - self._on}

    def keep(self) -> None:
        """Write the squares that are clusters now, and remove those that are none any more."""
        now = [row for cells in self._clusters() for row in rows_of(cells)]
        _remove(self._connection, self._on - {(row["level"], row["code"]) for row in now})
        _put(self._connection, now)

    def _squares(self, level: int) -> Iterator[Square]:
        return ((level, code) for code in np.unique(self._touched >> _shift(level)).tolist())

    def _clusters(self) -> Iterator[Cells]:
        """Yield the squares of all levels that are clusters now, several levels at a time, as far as there are any."""
        below = {**{level: self._kept_beside(level) for level in self._levels}, BITS: self._loose()}
        at_a_time = 1 + _AT_A_TIME // (1 + sum(len(cells.codes) for cells in below.values()))
        for first in range(FARTHEST, NEAREST + 1, at_a_time):
            levels = range(first, min(first + at_a_time, NEAREST + 1))
            found = merged([_in(level, cells) for level in levels for of, cells in below.items() if of > level])
            found = found.taken(found.sizes > MOST_SYMBOLS)
            yield found
            if not len(found.codes) or found.codes[-1] >> _LEVEL < levels[-1]:
                return

    def _kept_beside(self, level: int) -> Cells:
        """Return the clusters of a level beside the path, by the first numbers of places in them."""
        cells = cells_from([row for (of, _), row in self._beside.items() if of == level])
        return cells._replace(codes=cells.codes << _shift(level))

    def _loose(self) -> Cells:
        """Return each spot of the path at which records are that no cluster beside it holds."""
        (root,) = self._squares(FARTHEST)
        below = {(level + 1, 4 * code + part) for level, code in self._on for part in range(4)}
        opened = (below if root in self._on else {root}) - self._on - self._beside.keys()
        spans = [(code << _shift(level), (code + 1) << _shift(level)) for level, code in opened]
        return _counted(self._connection.execute(_LOOSE, _turned(spans)).fetchall())


_SHOWN = (
    f"SELECT spot, CASE WHEN {COUNTRY_WIDE} THEN country END FROM catalog_records "  # noqa: S608
    "WHERE shard = ANY(%s) AND id = ANY(%s)"
).encode()
_COUNTRIES = (
    "INSERT INTO catalog_countries SELECT country, status_group, count(*) FROM catalog_records "  # noqa: S608
    f"WHERE {COUNTRY_WIDE} AND country = ANY(%s) GROUP BY country, status_group"
).encode()
# What is kept of the squares in which places lie, and of those beside them in the same one of the level above. OFFSET
# keeps each of these a walk through the index; PostgreSQL would join all of a level with each.
_KEPT = f"""
WITH around AS (SELECT DISTINCT around, spot >> 2 * ({BITS} - around) + 2 << 2 AS first
FROM unnest(%s::bigint[]) AS spot, generate_series({FARTHEST}, (SELECT max(level) FROM catalog_cells)) AS around)
SELECT level, {", ".join(COLUMNS)} FROM around CROSS JOIN LATERAL
(SELECT * FROM catalog_cells WHERE level = around AND code BETWEEN first AND first + 3 OFFSET 0) AS kept
""".encode()  # noqa: S608
_LOOSE = (
    b"SELECT spot, lon, lat, status_group, capacity_measure, capacity_basis, capacity FROM catalog_records "
    b"JOIN unnest(%s::bigint[], %s::bigint[]) AS span (low, high) ON spot >= low AND spot < high ORDER BY spot"
)
_REMOVE = (
    b"DELETE FROM catalog_cells AS there USING unnest(%s::smallint[], %s::bigint[]) AS gone (level, code) "
    b"WHERE there.level = gone.level AND there.code = gone.code"
)
_PUT = (
    f"INSERT INTO catalog_cells (level, {', '.join(COLUMNS)}) SELECT * FROM jsonb_to_recordset(%s::jsonb) "  # noqa: S608
    f"AS now ({', '.join(f'{name} {kind}' for name, kind in OF_CELLS.items())}) "
    f"ON CONFLICT (level, code) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in COLUMNS)}"
).encode()


def _remove(connection: Connection[Any], squares: Collection[Square]) -> None:
    if squares:
        connection.execute(_REMOVE, _turned(squares))


def _put(connection: Connection[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(_PUT, [orjson.dumps(rows).decode()])


def _turned(rows: Iterable[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _shift(level: int) -> int:
    return 2 * (BITS - level)


def _in(level: int, cells: Cells) -> Cells:
    """Return the squares of a level in which others lie, by their numbers below that of the level."""
    return cells._replace(codes=(level << _LEVEL) | (cells.codes >> _shift(level)))


def _counted(rows: Sequence[Row]) -> Cells:
    """Return the spots of records, whose rows rise by them."""
    if not rows:
        return NO_CELLS
    spots, lon, lat, groups, measures, bases, capacity = zip(*rows, strict=True)
    ranks = (_ranks(groups, GROUPS, "unknown"), _ranks(measures, MEASURES), _ranks(bases, BASES))
    amounts = [each or 0.0 for each in capacity]
    return cells_of(Places(_floats(lon), _floats(lat), *ranks, _floats(amounts)), _whole(spots))


def _ranks(values: Iterable[str | None], codes: Sequence[str], otherwise: str | None = None) -> Ranks:
    """Return the ranks of codes; a row that older code of ours made may have one that is none any more."""
    known: dict[str | None, int] = {code: rank for rank, code in enumerate(codes)}
    return _whole([known.get(value, known.get(otherwise, -1)) for value in values])


def _floats(values: Sequence[Any]) -> Floats:
    return np.array(values, dtype=np.float64)


def _whole(values: Sequence[Any]) -> Ranks:
    return np.array(values, dtype=np.int64)


def rows_of(cells: Cells) -> Iterator[dict[str, Any]]:
    """Yield squares of several levels as rows of the table."""
    sums: list[dict[str, float]] = [{} for _ in cells.codes]
    of_sums = zip(cells.sum_cell.tolist(), cells.sum_kind.tolist(), cells.sum_value.tolist(), strict=True)
    for cell, kind, value in of_sums:
        sums[cell][sum_name(SUMS[kind])] = value
    groups = (dict(zip(GROUPS, counts, strict=True)) for counts in cells.groups.tolist())
    levels, codes = cells.codes >> _LEVEL, cells.codes & ((1 << _LEVEL) - 1)
    numbers = (array.tolist() for array in (levels, codes, cells.sizes, cells.lon, cells.lat, *cells.bounds.T))
    return (dict(zip(OF_CELLS, row, strict=True)) for row in zip(*numbers, groups, sums, strict=True))


def cells_from(rows: Sequence[Row]) -> Cells:
    """Return the squares of rows of `COLUMNS`, in their order."""
    if not rows:
        return NO_CELLS
    codes, sizes, lon, lat, *bounds, groups, sums = zip(*rows, strict=True)
    told = [(at, _KINDS[name], value) for at, each in enumerate(sums) for name, value in each.items() if name in _KINDS]
    of_cell, kinds, values = zip(*told, strict=True) if told else ((), (), ())
    counts = [[each.get(group, 0) for group in GROUPS] for each in groups]
    return Cells(
        _whole(codes),
        _whole(sizes),
        _whole(lon),
        _whole(lat),
        _floats(bounds).T,
        _whole(counts),
        _whole(of_cell),
        _whole(kinds),
        _floats(values),
    )
