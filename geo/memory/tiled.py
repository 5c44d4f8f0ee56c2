"""What lies on a tile of the map: records in the order of their places, of which a tile, or a cell of it, is a run.

Far out, where a tile holds most of all records, it is put together of cells that are reckoned once for a question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from geo import dates
from geo.filter import EVERYTHING, Box, Expression
from geo.ground.tiles import EXTENT, Tile
from geo.memory.changes import Matches
from geo.memory.rows import Rows
from geo.memory.selection import Selection
from geo.memory.table import Table
from geo.memory.texts import Array
from geo.tiles.cells import GROUPS, Cells, Places, Ranks, cells_of, laid_flat, of_flat, together
from geo.tiles.content import (
    COUNTRIES_ZOOM,
    FOOTPRINTS_ZOOM,
    LEAST_FOOTPRINT,
    MOST_FOOTPRINTS,
    NOTHING,
    PROPERTIES,
    Content,
    Shown,
    most_apart,
)
from geo.tiles.grid import BITS, Codes, at_level, box_of, codes_of, level_of, span_of

_FAR = 8  # the level of the cells that are kept: 1.4 degrees
_WORLD = span_of(Tile(0, 0, 0))


class Question(NamedTuple):
    """Which records, and as of which day."""

    filter: Expression
    on: dt.date | None


class Ordered(NamedTuple):
    """Rows that have a point, in the order of the numbers of their places, and these numbers."""

    rows: Rows
    codes: Codes

    def between(self, low: int, high: int) -> slice:
        """Return where the places stand whose numbers lie from one to before another."""
        start, end = np.searchsorted(self.codes, [low, high]).tolist()
        return slice(start, end)


class Found:
    """The rows of a table that a question means, whether gone or not, in the order of their places."""

    def __init__(self, table: Table, question: Question) -> None:
        self.table, self.question = table, question
        self._all = ordered(table)
        self._selection = Selection(table, *question)

    @cached_property
    def _is_meant(self) -> Array:
        mask = np.zeros(len(self.table), dtype=bool)
        mask[self._selection.rows] = True
        return mask

    @cached_property
    def _at(self) -> Rows:
        """Where the rows stand among all that have a point."""
        return np.flatnonzero(self._is_meant[self._all.rows]).astype(np.int32)

    def meant(self, rows: Rows) -> Rows:
        """Return those of some rows that the question means."""
        found: Rows = rows if self._selection.is_everything else rows[self._is_meant[rows]]
        return found

    def between(self, low: int, high: int) -> Ordered:
        """Return the rows whose places have a number from one to before another."""
        span = self._all.between(low, high)
        if self._selection.is_everything:
            return Ordered(self._all.rows[span], self._all.codes[span])
        first, last = np.searchsorted(self._at, [span.start, span.stop]).tolist()
        at = self._at[first:last]
        return Ordered(self._all.rows[at], self._all.codes[at])

    @cached_property
    def far(self) -> Cells:
        """The cells of the level that is kept, of all rows."""

        def made() -> Sequence[Array]:
            return laid_flat(cells_at(self.table, self.between(*_WORLD), self.question.on, _FAR))

        if self._selection.is_everything:
            return of_flat(self.table.block.kept_parts("tiles.far", Cells._fields, made))
        return of_flat(made())


def ordered(table: Table) -> Ordered:
    """Return a table's rows in the order of their places, made where it is not there."""

    def made() -> Sequence[Array]:
        rows = np.flatnonzero(~np.isnan(table.lon)).astype(np.int32)
        codes = codes_of(table.lon[rows], table.lat[rows])
        order = np.argsort(codes, kind="stable")
        return [rows[order], codes[order]]

    return Ordered(*table.block.kept_parts("tiles", Ordered._fields, made))


def country_wide(table: Table) -> Rows:
    """Return the rows of a table of which only the country is known, made where it is not there."""

    def made() -> Array:
        accuracy = table.column("location_accuracy")
        return np.flatnonzero(accuracy.ranks == list(accuracy.distinct).index("country")).astype(np.int32)

    return table.block.kept("tiles.country_wide", made)


def outlined(table: Table) -> Rows:
    """Return the rows of a table that have a footprint, made where it is not there."""
    return table.block.kept(
        "tiles.outlined", lambda: np.flatnonzero(table.block.plain("has_footprint")).astype(np.int32)
    )


def prepare(table: Table) -> None:
    """Make what tiles need, so that it can be kept in a file."""
    country_wide(table), outlined(table)
    Found(table, Question(EVERYTHING, None)).far  # noqa: B018


def cells_at(table: Table, found: Ordered, on: dt.date | None, level: int) -> Cells:
    """Return the cells of a level in which records lie, as they were on a day."""
    rows, codes = found
    amounts = table.column("capacity", on)
    known = np.append(np.asarray(amounts.distinct, dtype=np.float64), 0.0)  # the last is for the rank -1
    group, measure, basis = (
        table.column(name, on).ranks[rows].astype(np.int64)
        for name in ("status_group", "capacity_measure", "capacity_basis")
    )
    places = Places(table.lon[rows], table.lat[rows], group, measure, basis, known[amounts.ranks[rows]])
    return cells_of(places, at_level(codes, level))


class OfLayer:
    """The records of a layer that a question means, in the order of their places."""

    def __init__(self, matches: Matches, question: Question) -> None:
        self.table, self._on = matches.table, question.on
        self._gone, self._sequence = matches.layer.gone, matches.sequence
        key = (*question, dates.today())  # on which it depends what is stale
        self.found: Found = self.table.lately_placed.of(key, lambda: Found(self.table, question))

    def there(self, rows: Rows) -> Rows:
        """Return those of some rows that are meant, and not gone."""
        return self._gone.left(self.found.meant(rows), self._sequence)

    def between(self, low: int, high: int) -> Ordered:
        """Return the records whose places have a number from one to before another."""
        rows, codes = self.found.between(low, high)
        mask = self._gone.are_left(rows, self._sequence)
        return Ordered(rows, codes) if mask is None else Ordered(rows[mask], codes[mask])

    def cells(self, tile: Tile, level: int) -> Cells:
        """Return the cells of a tile in which records are."""
        if level > _FAR:
            return cells_at(self.table, self.between(*span_of(tile)), self._on, level)
        return together([self.far.between(*span_of(tile, _FAR))], _FAR - level)

    @cached_property
    def far(self) -> Cells:
        """The cells of the level that is kept, those anew from which a record is gone."""
        gone = self.found.meant(self._gone.rows(self._sequence))
        gone = gone[~np.isnan(self.table.lon[gone])]
        if not len(gone):
            return self.found.far
        key = (*self.found.question, dates.today(), self._sequence)
        return self.table.lately_far.of(key, lambda: self._without(gone))

    def _without(self, gone: Rows) -> Cells:
        far, shift = self.found.far, 2 * (BITS - _FAR)
        left = np.unique(codes_of(self.table.lon[gone], self.table.lat[gone]) >> shift)
        found = [self.between(code << shift, (code + 1) << shift) for code in left.tolist()]
        rows, codes = (np.concatenate(parts) for parts in zip(*found, strict=True))
        anew = cells_at(self.table, Ordered(rows, codes), self._on, _FAR)
        return together([far.taken(~np.isin(far.codes, left)), anew])


def content(matches: Sequence[Matches], question: Question, tile: Tile) -> Content:
    """Return what a tile shows of the records that a question means."""
    layers, level = [OfLayer(each, question) for each in matches], level_of(tile)
    cells = together([layer.cells(tile, level) for layer in layers])
    are_apart = cells.sizes <= most_apart(tile.zoom)
    return Content(
        cells.taken(~are_apart),
        _records(layers, question.on, cells.codes[are_apart], level),
        _footprints(layers, question.on, tile) if tile.zoom >= FOOTPRINTS_ZOOM else NOTHING,
        _countries(layers, question.on) if tile.zoom <= COUNTRIES_ZOOM else {},
    )


def _records(layers: Sequence[OfLayer], on: dt.date | None, cells: Codes, level: int) -> Shown:
    """Return the records of some cells one by one."""
    shift = 2 * (BITS - level)
    found: list[tuple[Table, Rows]] = []
    for layer in layers:
        runs = [layer.between(code << shift, (code + 1) << shift).rows for code in cells.tolist()]
        found.append((layer.table, np.concatenate([*runs, np.zeros(0, np.int32)]).astype(np.int32)))
    points = [(table.lon[rows].tolist(), table.lat[rows].tolist()) for table, rows in found]
    return Shown(_columns(found, on), [point for lon, lat in points for point in zip(lon, lat, strict=True)])


def _footprints(layers: Sequence[OfLayer], on: dt.date | None, tile: Tile) -> Shown:
    """Return the records whose footprints can be seen on a tile, at most so many."""
    box, least = Box(*box_of(tile)), 360 / 2**tile.zoom * LEAST_FOOTPRINT / EXTENT
    found, room = [], MOST_FOOTPRINTS
    for layer in layers:
        rows = layer.there(outlined(layer.table))
        places = layer.table.places
        rows = rows[places.meets(box, rows)] if len(rows) else rows
        rows = rows[places.across(rows) >= least][:room]
        found.append((layer.table, rows))
        room -= len(rows)
    shapes = [table.places.outline(row) for table, rows in found for row in rows.tolist()]
    return Shown(_columns(found, on), shapes)


def _columns(found: Sequence[tuple[Table, Rows]], on: dt.date | None) -> dict[str, list[Any]]:
    """Return what a map needs to know of some rows of tables."""
    columns: dict[str, list[Any]] = {name: [] for name in PROPERTIES}
    for table, rows in found:
        for name in PROPERTIES:
            columns[name] += [*map(table.id_of, rows.tolist())] if name == "id" else table.values(name, rows, on)
    return columns


def _countries(layers: Sequence[OfLayer], on: dt.date | None) -> dict[str, Ranks]:
    """Return how many records of each group there are of which only the country is known."""
    found: dict[str, Ranks] = {}
    for layer in layers:
        rows = layer.there(country_wide(layer.table))
        groups = layer.table.ranks("status_group", rows, on)
        countries = layer.table.values("country", rows, on)
        for country in sorted(set(countries)):
            is_it = np.array([each == country for each in countries])
            counts = np.bincount(groups[is_it], minlength=len(GROUPS))
            found[country] = found.get(country, 0) + counts
    return found
