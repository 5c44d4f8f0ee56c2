"""What a tile shows, before it is written in any form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from geo import vocabulary
from geo.columns import PROJECTS
from geo.ground.tiles import EXTENT
from geo.tiles.cells import GROUPS, NO_CELLS, SUMS, Cells, Ranks

# What a map needs of a record: of the columns, in their order.
PROPERTIES = (
    "id",
    "name",
    "kind",
    "segment",
    "status",
    "status_date",
    "status_group",
    "country",
    "location_accuracy",
    "location_radius_km",
    "operator",
    "capacity",
    "capacity_measure",
    "capacity_basis",
)
MOST_SYMBOLS = 3  # records of a cell that are shown one by one, as on our own map
NEAR_ZOOM = 14  # from which on a tile shows its records, and nothing is seen better from nearer
MOST_NEAR = 64  # records of a cell that it does so with: more stand at one spot
COUNTRIES_ZOOM = 5  # up to which a tile shows in which countries somewhere records are
FOOTPRINTS_ZOOM = 4  # from which on it shows footprints
LEAST_FOOTPRINT = EXTENT // 64  # units across from which on one is seen
MOST_FOOTPRINTS = 256
EDGES = ("west", "south", "east", "north")

CLUSTERS, RECORDS, FOOTPRINTS, COUNTRIES = "clusters", "projects", "footprints", "countries"
LAYERS: Mapping[str, str] = {
    RECORDS: "Records at their places, or at the points that stand for these",
    CLUSTERS: "Records that are too close together to be told apart, counted",
    FOOTPRINTS: "Records whose outlines are known",
    COUNTRIES: "Records of which only the country is known, counted; they are at no point",
}
LAYER_ZOOMS: Mapping[str, tuple[int, int]] = {
    RECORDS: (0, NEAR_ZOOM),
    CLUSTERS: (0, NEAR_ZOOM),
    FOOTPRINTS: (FOOTPRINTS_ZOOM, NEAR_ZOOM),
    COUNTRIES: (0, COUNTRIES_ZOOM),
}


class Shown(NamedTuple):
    """Records by their columns, each with its point, or its outline as WKB, in WGS 84 degrees."""

    columns: Mapping[str, Sequence[Any]]
    shapes: Sequence[tuple[float, float]] | Sequence[bytes]


NOTHING = Shown(dict.fromkeys(PROPERTIES, ()), ())


class Content(NamedTuple):
    """What a tile shows: clusters, records, outlines, and how many records of each group are in a country somewhere."""

    clusters: Cells = NO_CELLS
    records: Shown = NOTHING
    footprints: Shown = NOTHING
    countries: Mapping[str, Ranks] = {}


def most_apart(zoom: int) -> int:
    """Return how many records of one cell are shown one by one at a zoom."""
    return MOST_NEAR if zoom >= NEAR_ZOOM else MOST_SYMBOLS


def fields() -> dict[str, dict[str, str]]:
    """Return what the properties of each layer are, by its name (TileJSON 3.0.0, section 3.3.2)."""
    of_records = {name: PROJECTS[name].title for name in PROPERTIES} | {
        "address": "Where people read the record",
        "radius_at_zoom_0": "How far off the place may be, in pixels of a world that is 512 of them wide",
    }
    of_groups = {"point_count": "How many records", **{group: f"How many of them are {group}" for group in GROUPS}}
    of_clusters = {
        **of_groups,
        **dict.fromkeys(EDGES, "Edge of where they are, in degrees"),
        **{sum_name(kind): _about_sum(*kind) for kind in SUMS},
    }
    return {
        RECORDS: of_records,
        CLUSTERS: of_clusters,
        FOOTPRINTS: of_records,
        COUNTRIES: {name: PROJECTS[name].title for name in ("country", "location_accuracy")} | of_groups,
    }


def sum_name(kind: tuple[str, str, str]) -> str:
    """Return the property that holds a sum of capacities."""
    measure, group, basis = kind
    return f"{measure}_{group}_{basis}"


def _about_sum(measure: str, group: str, basis: str) -> str:
    term = vocabulary.MEASURES[measure]
    return f"{term.label}, {term.unit}: what is {basis}, of those that are {group}"
