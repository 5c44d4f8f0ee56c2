"""Make countries.geojson from the npm package world-atlas (Natural Earth 1:50m, public domain): `make boundaries`.

The package's rings run across the antimeridian; they are cut there (RFC 7946 section 3.1.9), then simplified with their
shared borders kept, and given ISO 3166-1 alpha-2 codes. Areas without a code of their own keep `iso` null.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import antimeridian
import geopandas
import pycountry
import shapely
from shapely.geometry.base import BaseGeometry

TOLERANCE_DEGREES = 0.1
DECIMALS = 2
CODES_WITHOUT_NUMBER = {"Kosovo": "XK"}
# Parts that have an ISO code of their own but no area of their own in the source: code, name, whole, a box around it.
PARTS = [
    ("GF", "French Guiana", "France", (-55, 2, -51, 6)),
    ("GP", "Guadeloupe", "France", (-62, 15.8, -60.9, 16.6)),
    ("MQ", "Martinique", "France", (-61.4, 14.3, -60.7, 15)),
    ("RE", "Réunion", "France", (55, -21.6, 56, -20.7)),
    ("YT", "Mayotte", "France", (44.9, -13.2, 45.4, -12.5)),
    ("SJ", "Svalbard and Jan Mayen", "Norway", (-10, 70.7, 36, 81)),
    ("BQ", "Bonaire", "Netherlands", (-68.6, 11.9, -68.1, 12.4)),
]


Feature = dict[str, Any]


def main(source: str, target: str) -> None:
    countries = geopandas.read_file(source, layer="countries")
    shapes = [cut(shape) for shape in countries.geometry]
    simple = shapely.set_precision(shapely.coverage_simplify(shapes, TOLERANCE_DEGREES), 10**-DECIMALS)
    features = [
        feature(alpha_2(number, name), name, shapely.orient_polygons(shape))
        for number, name, shape in zip(countries["id"], countries["name"], simple, strict=True)
        if not shape.is_empty
    ]
    features = [part for whole in features for part in with_parts(whole)]
    features.sort(key=lambda f: (f["properties"]["iso"] or "~", f["properties"]["name"]))
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    Path(target).write_text('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n", encoding="utf-8")


def cut(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape cut at the antimeridian and valid, with areas only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", antimeridian.FixWindingWarning)
        parts = list(getattr(shape, "geoms", [shape]))
        fixed = [antimeridian.fix_shape(p) for p in parts]
    shapes = [shapely.make_valid(shapely.geometry.shape(f)) for f in fixed]
    areas = [g for s in shapes for g in shapely.get_parts(s) if g.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(areas)


def with_parts(whole: Feature) -> list[Feature]:
    """Return a country's feature and those of its parts that have a code of their own, which leave it."""
    name = whole["properties"]["name"]
    polygons = list(shapely.get_parts(shapely.geometry.shape(whole["geometry"])))
    found = []
    for iso, part_name, of, box in PARTS:
        inside = [p for p in polygons if of == name and shapely.box(*box).covers(p)]
        if inside:
            found.append(feature(iso, part_name, shapely.MultiPolygon(inside)))
            polygons = [p for p in polygons if p not in inside]
    return [feature(whole["properties"]["iso"], name, shapely.MultiPolygon(polygons)), *found] if found else [whole]


def alpha_2(number: str | None, name: str) -> str | None:
    country = pycountry.countries.get(numeric=number) if isinstance(number, str) else None
    return country.alpha_2 if country else CODES_WITHOUT_NUMBER.get(name)


def feature(iso: str | None, name: str, shape: BaseGeometry) -> Feature:
    geometry = shapely.geometry.mapping(shape)
    coordinates = rounded(geometry["coordinates"])
    return {
        "type": "Feature",
        "properties": {"iso": iso, "name": name},
        "geometry": {"type": geometry["type"], "coordinates": coordinates},
    }


def rounded(part: object) -> object:
    return [rounded(p) for p in part] if isinstance(part, tuple | list) else round(part, DECIMALS)  # type: ignore[call-overload]


if __name__ == "__main__":
    main(*sys.argv[1:])
