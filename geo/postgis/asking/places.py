"""Which rows lie where: points by their coordinates, areas by Shapely, so that no index's rounding counts.

Two libraries, or two releases of one, need not agree about what lies on an edge. Shapely decides for every catalog: of
each area once, since an area never changes, and of those points that lie next to an edge. Of all others it is plain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from psycopg import Connection
from shapely.geometry.base import BaseGeometry

from geo.filter import Box, SpatialComparison
from geo.postgis.asking.sql import FALSE, Sql, all_of, any_of, sql
from geo.rowwise import area

_NEAR = 1e-9  # degrees: far more than what sums of coordinates are off by
_KEPT = 4_096
_ENVELOPE = "ST_MakeEnvelope({}::float8, {}::float8, {}::float8, {}::float8, 4326)"


class Places:
    """The places of all records, as they are at one moment; `known` keeps areas, which do not change."""

    def __init__(self, connection: Connection, known: dict[bytes, BaseGeometry]) -> None:
        self._connection, self._known = connection, known

    def meets(self, box: Box) -> Sql:
        """Return which rows have a shape that shares a point with a box."""
        parts = [area(*part) for part in box.parts()]
        found = self._areas(box, lambda shapes: np.any([shapely.intersects(shapes, part) for part in parts], axis=0))
        return any_of([*map(_in_part, box.parts()), *found])

    def lies_in(self, box: Box) -> Sql:
        """Return which rows have a shape that lies in a box: an area does when the bounds of each of its parts do."""
        return any_of([*map(_in_part, box.parts()), *self._areas(box, lambda shapes: _lying_in(shapes, box))])

    def relates(self, comparison: SpatialComparison) -> Sql:
        """Return which rows have a shape that lies so to another."""
        shape = comparison.shape
        if shapely.is_empty(shape):
            return FALSE
        west, south, east, north = shapely.bounds(shape).tolist()
        envelope = sql(_ENVELOPE, west, south, east, north)
        areas = self._areas_in(envelope, lambda shapes: _related(comparison, shapes))
        near, meant = self._points_at_edges(comparison)
        return any_of([*_inside(comparison, near), sql("r.id = ANY({}::text[])", meant), *areas])

    def _areas(self, box: Box, decide: Callable[[Any], Any]) -> list[Sql]:
        parts = (sql(f"geom && {_ENVELOPE}", *part) for part in box.parts())
        return self._decided(sql("SELECT area FROM catalog_areas WHERE {}", any_of(parts)), decide)

    def _areas_in(self, envelope: Sql, decide: Callable[[Any], Any]) -> list[Sql]:
        return self._decided(sql("SELECT area FROM catalog_areas WHERE geom && {}", envelope), decide)

    def _decided(self, candidates: Sql, decide: Callable[[Any], Any]) -> list[Sql]:
        """Return which rows have one of the areas that are meant; nothing where none is."""
        names = [bytes(name) for (name,) in candidates.run(self._connection)]
        if not names:
            return []
        shapes = self._shapes(names)
        meant = [name for name, is_meant in zip(names, np.asarray(decide(shapes)).tolist(), strict=True) if is_meant]
        return [sql("r.area = ANY({}::bytea[])", meant)] if meant else []

    def _shapes(self, names: Sequence[bytes]) -> Any:
        unknown = [name for name in names if name not in self._known]
        if unknown:
            asked = sql("SELECT area, ST_AsBinary(geom) FROM catalog_areas WHERE area = ANY({}::bytea[])", unknown)
            found = {bytes(name): shapely.from_wkb(bytes(wkb)) for name, wkb in asked.run(self._connection)}
            if len(self._known) + len(found) > _KEPT:
                self._known.clear()
            shapes = {**{name: self._known[name] for name in names if name in self._known}, **found}
            self._known.update(found)
        else:
            shapes = {name: self._known[name] for name in names}
        made = np.empty(len(names), dtype=object)
        made[:] = [shapes[name] for name in names]
        return made

    def _points_at_edges(self, comparison: SpatialComparison) -> tuple[list[str], list[str]]:
        """Return the ids of all records whose points lie next to an edge of a shape, and of those that are meant."""
        starts, ends = _edges(comparison.shape)
        asked = sql(_AT_EDGES, *(part.tolist() for part in (*starts.T, *ends.T)), _NEAR)
        rows = asked.run(self._connection).fetchall()
        if not rows:
            return [], []
        ids, x, y = zip(*rows, strict=True)
        is_meant = _related(comparison, shapely.points(x, y)).tolist()
        return list(ids), [each for each, meant in zip(ids, is_meant, strict=True) if meant]


_AT_EDGES = """
SELECT DISTINCT r.id, r.x, r.y FROM unnest({}::float8[], {}::float8[], {}::float8[], {}::float8[])
AS edge (x1, y1, x2, y2) JOIN catalog_records r ON ST_DWithin(r.place, ST_SetSRID(
ST_MakeLine(ST_MakePoint(edge.x1, edge.y1), ST_MakePoint(edge.x2, edge.y2)), 4326), {}::float8)
"""


def _in_part(part: tuple[float, float, float, float]) -> Sql:
    """Whether a point lies in a plain box: by the index, which rounds, and by its coordinates."""
    west, south, east, north = part
    exact = [sql("r.x BETWEEN {} AND {}", west, east), sql("r.y BETWEEN {} AND {}", south, north)]
    return all_of([sql(f"r.place && {_ENVELOPE}", *part), *exact])


def _lying_in(shapes: Any, box: Box) -> Any:
    parts, whose = shapely.get_parts(shapes, return_index=True)
    bounds = shapely.bounds(parts).reshape(-1, 4)
    lies = np.zeros(len(parts), dtype=bool)
    for west, south, east, north in box.parts():
        lies |= (bounds[:, :2] >= (west, south)).all(axis=1) & (bounds[:, 2:] <= (east, north)).all(axis=1)
    found = np.ones(len(shapes), dtype=bool)
    found[whose[~lies]] = False
    return found


def _related(comparison: SpatialComparison, shapes: Any) -> Any:
    return np.asarray(getattr(shapely, comparison.relation)(shapes, comparison.shape))


def _inside(comparison: SpatialComparison, at_edges: list[str]) -> list[Sql]:
    """Return which points lie in a shape and next to no edge of it, where that is what a relation asks for."""
    polygons = [part for part in _plain_parts(comparison.shape) if part.geom_type == "Polygon"]
    if comparison.relation not in ("intersects", "within") or not polygons:
        return []
    inside = any_of(sql("ST_Intersects(r.place, ST_GeomFromWKB({}, 4326))", shapely.to_wkb(each)) for each in polygons)
    return [all_of([inside, sql("r.id <> ALL({}::text[])", at_edges)] if at_edges else [inside])]


def _plain_parts(shape: BaseGeometry) -> list[BaseGeometry]:
    """Return the points, lines and polygons that a shape is made of."""
    if not hasattr(shape, "geoms"):
        return [shape]
    return [part for each in shape.geoms for part in _plain_parts(each)]


def _edges(shape: BaseGeometry) -> tuple[Any, Any]:
    """Return where the edges of a shape start and end; a point is one that ends where it starts."""
    pieces = [_line(part) for part in _lines(_plain_parts(shape))]
    return tuple(np.concatenate(each) for each in zip(*pieces, strict=True))  # type: ignore[return-value]


def _lines(parts: Iterable[BaseGeometry]) -> Iterable[Any]:
    for part in parts:
        pieces = shapely.get_rings(part) if part.geom_type == "Polygon" else [part]
        yield from (shapely.get_coordinates(each) for each in pieces)


def _line(coordinates: Any) -> tuple[Any, Any]:
    return (coordinates[:-1], coordinates[1:]) if len(coordinates) > 1 else (coordinates, coordinates)
