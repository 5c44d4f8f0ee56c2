"""All tiles of some records, from the whole world down to a zoom: for files that hold them, made without a catalog."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import shapely

from geo.boundaries import country_shapes
from geo.ground.tiles import EXTENT, Tile, in_world_units, to_world
from geo.tiles.cells import BASES, GROUPS, MEASURES, NO_CELLS, Cells, Places, Ranks, cells_of
from geo.tiles.content import (
    COUNTRIES_ZOOM,
    FOOTPRINTS_ZOOM,
    LEAST_FOOTPRINT,
    MOST_FOOTPRINTS,
    MOST_NEAR,
    MOST_SYMBOLS,
    NOTHING,
    PROPERTIES,
    Content,
    Shown,
)
from geo.tiles.grid import CELLS, at_level, code_of, codes_of, tile_of

Record = Mapping[str, Any]
Box = tuple[float, float, float, float]


class Placed(NamedTuple):
    """Records by their properties, each with its point in WGS 84 degrees and its outline as WKB; None for none."""

    records: Sequence[Record]
    points: Sequence[Sequence[float] | None]
    outlines: Sequence[bytes | None]


class Pyramid:
    """The tiles of records down to the nearest zoom, at which no cluster is left but of what is at one spot."""

    def __init__(self, placed: Placed, most_zoom: int, most_tiles: int) -> None:
        """The nearest zoom is `most_zoom`, or the last one down to which there are no more tiles than `most_tiles`."""
        self._records = placed.records
        rows = [row for row, point in enumerate(placed.points) if point is not None]
        lon, lat = np.array([placed.points[row] for row in rows], dtype=np.float64).reshape(-1, 2).T
        codes = codes_of(lon, lat)
        order = np.argsort(codes, kind="stable")
        self._codes, self._rows = codes[order], np.array(rows, dtype=np.int64)[order]
        self._places = self._reckoned(lon[order], lat[order])
        self._outlines = [(row, wkb) for row, wkb in enumerate(placed.outlines) if wkb is not None]
        self.most_zoom = self._nearest(most_zoom, most_tiles)

    def _reckoned(self, lon: Any, lat: Any) -> Places:
        records = [self._records[row] for row in self._rows.tolist()]

        def ranks(name: str, codes: Sequence[str]) -> Ranks:
            known = {code: at for at, code in enumerate(codes)}
            return np.array([known.get(record[name], -1) for record in records], dtype=np.int64)

        group = ranks("status_group", GROUPS)
        measure, basis = ranks("capacity_measure", MEASURES), ranks("capacity_basis", BASES)
        capacity = np.array([record["capacity"] or 0.0 for record in records], dtype=np.float64)
        return Places(lon, lat, group, measure, basis, capacity)

    def _nearest(self, most_zoom: int, most_tiles: int) -> int:
        number = 0
        for zoom in range(most_zoom + 1):
            number += len(np.unique(at_level(self._codes, zoom))) + self._number_of_outlined(zoom)
            if number > most_tiles:
                return max(0, zoom - 1)
        return most_zoom

    def tiles(self, order: Callable[[Tile], int]) -> Iterator[tuple[Tile, Content]]:
        """Yield every tile on which something may lie, zoom by zoom, in an order."""
        for zoom in range(self.most_zoom + 1):
            level = zoom + CELLS
            cells = cells_of(self._places, at_level(self._codes, level))
            outlined = self._outlined(zoom)
            points = np.unique(cells.codes >> (2 * CELLS)).tolist()
            beside = self._of_countries if zoom <= COUNTRIES_ZOOM else []
            codes = {*points, *outlined, *(code for box in beside for code in _tiles_in(box, zoom))}
            starts = np.append(0, np.cumsum(cells.sizes))
            for code, tile in sorted(((code, tile_of(zoom, code)) for code in codes), key=lambda each: order(each[1])):
                low, high = code << (2 * CELLS), (code + 1) << (2 * CELLS)
                first = int(starts[np.searchsorted(cells.codes, low)])
                yield tile, self._content(tile, cells.between(low, high), first, outlined.get(code, []))

    def _content(self, tile: Tile, cells: Cells, first: int, outlined: Sequence[int]) -> Content:
        """Return what a tile shows; `first` is where its records stand among all in the order of their places."""
        are_apart = cells.sizes <= (MOST_NEAR if tile.zoom == self.most_zoom else MOST_SYMBOLS)
        return Content(
            NO_CELLS if are_apart.all() else cells.taken(~are_apart),
            self._shown(first + np.flatnonzero(np.repeat(are_apart, cells.sizes))),
            self._footprints(outlined),
            self._countries if tile.zoom <= COUNTRIES_ZOOM else {},
        )

    def _shown(self, at: Ranks) -> Shown:
        if not len(at):
            return NOTHING
        points = list(zip(self._places.lon[at].tolist(), self._places.lat[at].tolist(), strict=True))
        return Shown(self._columns(self._rows[at].tolist()), points)

    def _columns(self, rows: Sequence[int]) -> dict[str, list[Any]]:
        return {name: [self._records[row].get(name) for row in rows] for name in PROPERTIES}

    def _footprints(self, outlined: Sequence[int]) -> Shown:
        taken = [self._outlines[at] for at in outlined[:MOST_FOOTPRINTS]]
        return Shown(self._columns([row for row, _ in taken]), [wkb for _, wkb in taken]) if taken else NOTHING

    @cached_property
    def _boxes(self) -> list[Box]:
        """The bounds of outlines, in world units."""
        shapes = in_world_units(map(shapely.from_wkb, (wkb for _, wkb in self._outlines)))
        found: list[Box] = [tuple(shapely.bounds(shape).tolist()) for shape in shapes]
        return found

    def _seen(self, zoom: int) -> list[tuple[int, Box]]:
        """Return the outlines that are large enough to be seen at a zoom."""
        if zoom < FOOTPRINTS_ZOOM:
            return []
        least = LEAST_FOOTPRINT / EXTENT / 2**zoom
        return [(at, box) for at, box in enumerate(self._boxes) if max(box[2] - box[0], box[3] - box[1]) >= least]

    def _outlined(self, zoom: int) -> dict[int, list[int]]:
        """Return for the tiles of a zoom which outlines may lie on each."""
        found: dict[int, list[int]] = {}
        for at, box in self._seen(zoom):
            for code in _tiles_in(box, zoom):
                found.setdefault(code, []).append(at)
        return found

    def _number_of_outlined(self, zoom: int) -> int:
        spans = [_span(box, zoom) for _, box in self._seen(zoom)]
        return sum((right - left + 1) * (bottom - top + 1) for left, top, right, bottom in spans)

    @cached_property
    def _countries(self) -> dict[str, Ranks]:
        """How many records of each group are in a country somewhere."""
        counted = collections.Counter(
            (record["country"], record["status_group"])
            for record in self._records
            if record["location_accuracy"] == "country"
        )
        countries = sorted({country for country, _ in counted})
        return {each: np.array([counted[each, group] for group in GROUPS]) for each in countries}

    @cached_property
    def _of_countries(self) -> list[Box]:
        """The bounds of the parts of these countries, in world units."""
        known = [country_shapes()[each] for each in self._countries if each in country_shapes()]
        edges = to_world(shapely.bounds(shapely.get_parts(known)).reshape(-1, 2)).reshape(-1, 4)
        return [(west, north, east, south) for west, south, east, north in edges.tolist()]


def _span(box: Box, zoom: int) -> tuple[int, int, int, int]:
    """Return the first and the last column and row of the tiles of a zoom that a box in world units touches."""
    side = 2**zoom
    left, top, right, bottom = (min(side - 1, max(0, int(edge * side))) for edge in box)
    return left, top, right, bottom


def _tiles_in(box: Box, zoom: int) -> Iterator[int]:
    left, top, right, bottom = _span(box, zoom)
    for x in range(left, right + 1):
        for y in range(top, bottom + 1):
            yield code_of(Tile(zoom, x, y))
