"""Where records lie: points in a grid of cells and areas in an R-tree, so that a box looks only at what is near it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.filter import Box, SpatialComparison
from geo.memory.block import Block
from geo.memory.coded import MISSING, Ranks
from geo.memory.rows import NO_ROWS, Mask, Rows, united
from geo.memory.texts import Array, Texts
from geo.rowwise import area

_FEW = 4_096  # shapes that are all looked at sooner than cells are made
_ACROSS, _UP = 1024, 512  # cells of 0.35 degrees


class Places:
    """The shapes of a block's records."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self.x, self.y = block.plain("x"), block.plain("y")
        self._of_area = block.coded("area")

    def prepare(self) -> None:
        """Make all arrays."""
        self.without, self._points, self._rows_of_areas  # noqa: B018

    @cached_property
    def _areas(self) -> npt.NDArray[np.object_]:
        """The distinct areas: many records have the outline of one country."""
        texts: Texts = self._of_area.distinct  # type: ignore[assignment]
        areas = np.empty(len(texts), dtype=object)
        areas[:] = shapely.from_wkb([texts.raw(at) for at in range(len(texts))])
        return areas

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._areas)

    @cached_property
    def _parts(self) -> tuple[Array, Array]:
        """For every part of every area, which area it is of and its bounds (west, south, east, north)."""
        found, areas = shapely.get_parts(self._areas, return_index=True)
        return areas, shapely.bounds(found).reshape(-1, 4)

    @property
    def of_area(self) -> Ranks:
        return self._of_area.ranks

    def shapeless(self, rows: Rows | slice) -> Mask:
        return np.asarray(np.isnan(self.x[rows]) & (self._of_area.ranks[rows] < 0))

    @cached_property
    def without(self) -> Rows:
        """The rows of records that have no shape."""
        return self._block.kept("places.without", lambda: np.flatnonzero(self.shapeless(slice(None))).astype(np.int32))

    def meets(self, box: Box, rows: Rows | slice) -> Mask:
        """Return which of these rows have a shape that shares a point with the box."""
        return np.asarray(self._in_box(box, rows) | self._has_area(self._areas_that_meet(box), rows))

    def lies_in(self, box: Box, rows: Rows | slice) -> Mask:
        """Return which lie in it: an area does when the bounds of each of its parts do; none crosses 180 degrees."""
        return np.asarray(self._in_box(box, rows) | self._has_area(self._areas_that_lie_in(box), rows))

    def rows_that_meet(self, box: Box) -> Rows:
        """Return the rows whose shape shares a point with the box, rising."""
        size = len(self.x)
        if size <= _FEW:
            return np.flatnonzero(self.meets(box, slice(None))).astype(np.int32)
        parts = [self._near(*part) for part in box.parts()]
        near = parts[0] if len(parts) == 1 else united(parts, size)
        points = near[self._in_box(box, near)]
        return self._with_areas(points, self._areas_that_meet(box))

    def relates(self, comparison: SpatialComparison, rows: Rows | slice) -> Mask:
        """Return which of these rows have a shape that lies so to another."""
        x, y = self.x[rows], self.y[rows]
        west, south, east, north = shapely.bounds(comparison.shape)
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        mask = self._has_area(self._areas_that_relate(comparison), rows)
        mask[near] |= _related_points(comparison, x[near], y[near])
        return mask

    def rows_that_relate(self, comparison: SpatialComparison) -> Rows:
        """Return the rows whose shape lies so to another, rising."""
        size = len(self.x)
        if size <= _FEW:
            return np.flatnonzero(self.relates(comparison, slice(None))).astype(np.int32)
        near = self._near(*shapely.bounds(comparison.shape).tolist())
        points = near[_related_points(comparison, self.x[near], self.y[near])]
        return self._with_areas(points, self._areas_that_relate(comparison))

    def _areas_that_relate(self, comparison: SpatialComparison) -> Mask:
        """Each relation wants a point in common, so that only those are looked at whose bounds meet the shape's."""
        mask = np.zeros(len(self._areas), dtype=bool)
        near = self._tree.query(comparison.shape) if len(mask) else NO_ROWS
        mask[near] = _related(comparison, self._areas[near])
        return mask

    def _with_areas(self, points: Rows, areas: Mask) -> Rows:
        """Return these rows and those of the areas, rising."""
        rows, starts = self._rows_of_areas
        pieces = (rows[starts[area] : starts[area + 1]] for area in np.flatnonzero(areas).tolist())
        return np.sort(np.concatenate([points, *pieces]))

    @cached_property
    def _rows_of_areas(self) -> list[Array]:
        areas = self._of_area
        return self._block.kept_order("area", lambda: areas.ranks, len(areas.distinct))

    def _in_box(self, box: Box, rows: Rows | slice) -> Mask:
        x, y = self.x[rows], self.y[rows]
        mask = np.zeros(len(x), dtype=bool)
        for west, south, east, north in box.parts():
            mask |= (x >= west) & (x <= east) & (y >= south) & (y <= north)
        return mask

    def _areas_that_meet(self, box: Box) -> Mask:
        mask = np.zeros(len(self._areas), dtype=bool)
        for part in box.parts() if len(mask) else []:
            mask[self._tree.query(area(*part), predicate="intersects")] = True
        return mask

    def _areas_that_lie_in(self, box: Box) -> Mask:
        areas, bounds = self._parts
        lies = np.zeros(len(areas), dtype=bool)
        for west, south, east, north in box.parts():
            lies |= (bounds[:, :2] >= (west, south)).all(axis=1) & (bounds[:, 2:] <= (east, north)).all(axis=1)
        mask = np.ones(len(self._areas), dtype=bool)
        mask[areas[~lies]] = False
        return mask

    def _has_area(self, areas: Mask, rows: Rows | slice) -> Mask:
        return np.asarray(np.append(areas, False)[self._of_area.ranks[rows]])  # the last is for those without area

    def _near(self, west: float, south: float, east: float, north: float) -> Rows:
        """Return the rows of the points in the cells that a box touches, in no order."""
        rows, starts = self._points
        left, right = _column(west), _column(east)
        lines = [line * _ACROSS for line in range(_line(south), _line(north) + 1)]
        spans = [(starts[line + left], starts[line + right + 1]) for line in lines]
        pieces = [rows[start:end] for start, end in spans if start < end]
        return np.concatenate(pieces) if pieces else NO_ROWS

    @cached_property
    def _points(self) -> list[Array]:
        """The rows of points, cell by cell from the south-west on, rising within one, and where each cell's begin."""
        return self._block.kept_order("places", self._cells, _ACROSS * _UP)

    def _cells(self) -> Ranks:
        there = ~np.isnan(self.x)
        x, y = np.where(there, self.x, 0), np.where(there, self.y, 0)
        return np.where(there, _line_of(y) * _ACROSS + _column_of(x), MISSING).astype(np.int32)

    def across(self, rows: Rows) -> Array:
        """Return how many degrees across the areas of rows are that have one."""
        west, south, east, north = shapely.bounds(self._areas[self._of_area.ranks[rows]]).reshape(-1, 4).T
        return np.maximum(east - west, north - south)

    def outline(self, row: int) -> bytes:
        """Return the area of a row that has one, as WKB."""
        texts: Texts = self._of_area.distinct  # type: ignore[assignment]
        return texts.raw(self._of_area.ranks[row])

    def extent(self, rows: Rows) -> list[float] | None:
        """Return [west, south, east, north] of the shapes of these rows; None where they have none."""
        x, y = self.x[rows], self.y[rows]
        points = ~np.isnan(x)
        areas = np.unique(self._of_area.ranks[rows])
        bounds = shapely.bounds(self._areas[areas[areas >= 0]]).reshape(-1, 4)
        if points.any():
            x, y = x[points], y[points]
            bounds = np.vstack([bounds, [[x.min(), y.min(), x.max(), y.max()]]])
        if not len(bounds):
            return None
        return [*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist()]


def _column(longitude: float) -> int:
    return min(int((longitude + 180) / 360 * _ACROSS), _ACROSS - 1)


def _line(latitude: float) -> int:
    return min(int((latitude + 90) / 180 * _UP), _UP - 1)


def _column_of(longitudes: Array) -> Array:
    return np.minimum(((longitudes + 180) / 360 * _ACROSS).astype(np.int32), _ACROSS - 1)


def _line_of(latitudes: Array) -> Array:
    return np.minimum(((latitudes + 90) / 180 * _UP).astype(np.int32), _UP - 1)


_TURNED = {"within": "contains", "contains": "within"}  # of the others it is the same which shape comes first


def _related(comparison: SpatialComparison, shapes: Any) -> Mask:
    """Return which shapes lie so to the other one."""
    turned = _TURNED.get(comparison.relation, comparison.relation)
    return np.asarray(getattr(shapely, turned)(_made_ready(comparison.shape), shapes), dtype=bool)


def _related_points(comparison: SpatialComparison, x: Array, y: Array) -> Mask:
    """Return the same of points, which need not be made into shapes for what is asked most."""
    match comparison.relation:
        case "intersects":
            return np.asarray(shapely.intersects_xy(_made_ready(comparison.shape), x, y), dtype=bool)
        case "within":
            return np.asarray(shapely.contains_xy(_made_ready(comparison.shape), x, y), dtype=bool)
        case _:
            return _related(comparison, shapely.points(x, y))


def _made_ready(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape's double that is made ready for many others; a shape may be asked of by several threads."""
    double = shapely.from_wkb(shapely.to_wkb(shape))
    shapely.prepare(double)
    return double
