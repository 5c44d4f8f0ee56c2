"""What an operator lays under and over the map, read once when a server starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.responses import etag
from geo.areas import Area, AreaLayer, areas_of
from geo.ground.overlays import Overlay, read_overlays
from geo.ground.pmtiles import VectorTiles, read_vector_tiles
from web.online import OPERATOR, online_bases, online_hosts, plain_credit

MOST_KEPT = 10_000


class Ground:
    """The operator's base and overlays: for the map's page, for its policy, and as areas that records lie in."""

    def __init__(self, basemap: VectorTiles | None = None, overlays: tuple[Overlay, ...] = ()) -> None:
        self.basemap, self.overlays = basemap, {each.id: each for each in overlays}
        self._layers = [
            AreaLayer(each.title, each.credit, each.shapes.names, each.shapes.tree) for each in overlays if each.shapes
        ]
        self._areas: dict[tuple[str, int], list[Area]] = {}
        self.tag = etag(basemap, *(_stated(each) for each in overlays))

    @classmethod
    def read(cls, basemap: str | None, overlays: str | None) -> Ground:
        """Return what two settings name; raises OverlayRefused."""
        return cls(
            read_vector_tiles(Path(basemap)) if basemap else None, read_overlays(Path(overlays)) if overlays else ()
        )

    @property
    def hosts(self) -> list[str]:
        """The other hosts that the map may ask, as sources of its policy."""
        return online_hosts(each.host for each in self.overlays.values())

    def offer(self, root: str) -> dict[str, Any]:
        """Return what a reader may choose, as the map's page takes it; `root` is where our addresses begin."""
        own = [_told_basemap(self.basemap, root)] if self.basemap else []
        overlays = [_told(each, root) for each in self.overlays.values()]
        return {"base": OPERATOR if own else None, "bases": [*own, *online_bases()], "overlays": overlays}

    def areas(self, project_id: str, revision: int, feature: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the areas in or near which a record lies, kept until the record changes."""
        if not self._layers:
            return []
        key = (project_id, revision)
        if key not in self._areas:
            if len(self._areas) >= MOST_KEPT:
                self._areas.clear()
            p = feature["properties"]
            self._areas[key] = areas_of(
                feature["geometry"], p["location_accuracy"], p.get("location_radius_km"), self._layers
            )
        return [area._asdict() for area in self._areas[key]]


def _stated(overlay: Overlay) -> tuple[object, ...]:
    """Return what an overlay is made of; shapes count by how many and where they are."""
    shapes = overlay.shapes
    extent = (len(shapes.names), *shapes.names, shapes.tree.geometries.tobytes()) if shapes else ()
    return (overlay.id, overlay.title, overlay.credit, overlay.licence, overlay.kind, overlay.colour, extent)


def _told_basemap(basemap: VectorTiles, root: str) -> dict[str, Any]:
    source = {"type": "pmtiles", "url": f"{root}/basemap.pmtiles", "zoom": basemap.most_zoom}
    return {
        "id": OPERATOR,
        "title": None,
        "credit": plain_credit(basemap.credit),
        "link": None,
        "host": None,
        "source": source,
    }


def _told(overlay: Overlay, root: str) -> dict[str, Any]:
    common = {"id": overlay.id, "title": overlay.title, "kind": overlay.kind, "licence": overlay.licence}
    return {
        **common,
        "credit": overlay.credit,
        "link": None,
        "host": overlay.host,
        "colour": overlay.colour,
        "source": _source(overlay, root),
    }


def _source(overlay: Overlay, root: str) -> dict[str, Any]:
    if overlay.tiles:
        return {"type": "image", "url": overlay.tiles}
    if overlay.vector_tiles:
        url, layers = f"{root}/overlays/{overlay.id}.pmtiles", list(overlay.vector_tiles.layers)
        return {"type": "pmtiles", "url": url, "layers": layers}
    return {"type": "shapes", "url": f"{root}/overlays/{overlay.id}"}
