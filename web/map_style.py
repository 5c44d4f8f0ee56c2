"""How MapLibre draws our tiles: a style (version 8 of its specification) in the colours of our own map.

As there, the stage is the colour, and never colour alone: what operates is a full disc, what is being built one with a
wide edge, a plan is hollow, what has ended small and hollow. A place that is rough is soft, with a ring where its
radius is known; a country somewhere in which records are is an area with a dashed edge, never a point.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from web.assets import static_folder
from web.glyphs import STACK

GROUPS = ("operating", "building", "planned", "paused", "ended", "unknown")
_RINGS_ZOOM = 6  # from which on rough places show how rough they are
_NEAREST = 22
_PAPER, _WATER, _LAND, _EDGE, _INK = "#ffffff", "#dde6ea", "#f4f2ec", "#c9c5ba", "#2b2a28"
_HOLLOW = ("planned", "ended")

Layer = dict[str, Any]
Expression = list[Any]


def style(title: str, tilejson: str, base: str) -> dict[str, Any]:
    """Return the style of a map of the tiles that a TileJSON document tells of, on the countries of this server."""
    countries = f"{base}/boundaries/countries.geojson"
    return {
        "version": 8,
        "name": title,
        "center": [10, 25],
        "zoom": 1.2,
        "sources": {
            "land": {"type": "geojson", "data": countries, "attribution": "Natural Earth"},
            "projects": {"type": "vector", "url": tilejson},
        },
        "glyphs": f"{base}/static/glyphs/{{fontstack}}/{{range}}.pbf",
        "layers": [*_ground(), *_areas(), _rings(), _records(), *_clusters()],
    }


def _ground() -> list[Layer]:
    return [
        {"id": "water", "type": "background", "paint": {"background-color": _WATER}},
        {"id": "land", "type": "fill", "source": "land", "paint": {"fill-color": _LAND, "fill-outline-color": _EDGE}},
    ]


def _layer(name: str, kind: str, of: str, paint: dict[str, Any], **more: Any) -> Layer:
    return {"id": name, "type": kind, "source": "projects", "source-layer": of, **more, "paint": paint}


def _areas() -> list[Layer]:
    dashed = {"line-width": 1.4, "line-dasharray": [4, 3]}
    is_site: Expression = ["==", ["get", "location_accuracy"], "site"]
    line = _by_group("line")
    return [
        _layer("countries", "fill", "countries", {"fill-color": _INK, "fill-opacity": 0.06}),
        _layer("countries-edge", "line", "countries", {"line-color": _INK, "line-opacity": 0.6, **dashed}),
        _layer("footprints", "fill", "footprints", {"fill-color": line, "fill-opacity": 0.12}),
        _layer("footprints-edge", "line", "footprints", {"line-color": line, "line-width": 1.2}, filter=is_site),
        _layer("footprints-rough", "line", "footprints", {"line-color": line, **dashed}, filter=["!", is_site]),
    ]


def _rings() -> Layer:
    """Return the rings within which rough places lie: as large as their radius is on the ground."""
    radius: Expression = ["get", "radius_at_zoom_0"]
    paint = {
        "circle-radius": ["interpolate", ["exponential", 2], ["zoom"], 0, radius, _NEAREST, ["*", radius, 2**_NEAREST]],
        "circle-color": _by_group("fill"),
        "circle-opacity": 0.09,
        "circle-stroke-color": _by_group("line"),
        "circle-stroke-opacity": 0.5,
        "circle-stroke-width": 1.2,
    }
    is_rough = ["all", ["!=", ["get", "location_accuracy"], "site"], ["has", "radius_at_zoom_0"]]
    return _layer("rough-places", "circle", "projects", paint, minzoom=_RINGS_ZOOM, filter=is_rough)


def _clusters() -> list[Layer]:
    """Return discs as large as on our own map, their edge in the colour of a group where all members are of that."""
    count: Expression = ["get", "point_count"]
    of_one = [part for group in GROUPS for part in (["==", ["get", group], count], _colours()[group, "line"])]
    paint = {
        "circle-radius": ["/", ["max", 22, ["min", 46, ["+", 18, ["*", 9.5, ["log10", count]]]]], 2],
        "circle-color": _PAPER,
        "circle-opacity": 0.92,
        "circle-stroke-width": 4,
        "circle-stroke-color": ["case", *of_one, _INK],
    }
    shown: Expression = ["case", ["<", count, 1000], ["to-string", count], ["concat", _thousands(count), "k"]]
    words = {"text-field": shown, "text-font": [STACK], "text-size": 12, "text-allow-overlap": True}
    counts = _layer("cluster-counts", "symbol", "clusters", {"text-color": _INK}, layout=words)
    return [_layer("clusters", "circle", "clusters", paint), counts]


def _thousands(count: Expression) -> Expression:
    return ["to-string", ["/", ["round", ["/", count, 100]], 10]]


def _records() -> Layer:
    group: Expression = ["get", "status_group"]
    paint = {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 3, ["match", group, "ended", 3.5, 5], 9, 7],
        "circle-color": _match(group, {g: _PAPER if g in _HOLLOW else _colours()[g, "fill"] for g in GROUPS}),
        "circle-opacity": ["match", group, list(_HOLLOW), 0.35, 1],
        "circle-stroke-color": _by_group("line"),
        "circle-stroke-width": ["match", group, "building", 3, "planned", 2, 1.2],
        "circle-blur": ["match", ["get", "location_accuracy"], "site", 0, 0.45],
    }
    return _layer("projects", "circle", "projects", paint)


def _by_group(part: str) -> Expression:
    return _match(["get", "status_group"], {group: _colours()[group, part] for group in GROUPS})


def _match(of: Expression, values: dict[str, str]) -> Expression:
    return ["match", of, *(part for pair in values.items() for part in pair), values["unknown"]]


@functools.cache
def _colours() -> dict[tuple[str, str], str]:
    """Return the colours of groups by day, from the one table that canvas and pages have."""
    sheet = (static_folder() / "styles" / "symbols.css").read_text(encoding="utf-8").partition("}")[0]
    return {(group, part): colour for group, part, colour in re.findall(r"--(\w+)-(\w+): (#[0-9a-f]{6});", sheet)}
