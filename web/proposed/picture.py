"""Where a proposed record would lie, beside where it lies now: a small map without script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from web.drawn import Drawing, drawing

Feature = Mapping[str, Any]
NOW, PROPOSED = "now", "proposed"


def picture(now: Feature | None, proposed: Feature | None) -> Drawing | None:
    """Return a map of a record as it is and as it would be, each mark called `now` or `proposed`; None without a place.

    Features are without derived properties. Where both lie in one place there is the mark of now alone.
    """
    same = now is not None and proposed is not None and _place(now) == _place(proposed)
    sides = {NOW: now, PROPOSED: None if same else proposed}
    features = [{**feature, "id": name} for name, feature in sides.items() if feature is not None]
    drawn = drawing(features, lambda name: name, lambda feature: str(feature["id"]))
    return replace(drawn, radius=drawn.radius * 1.6) if drawn else None


def _place(feature: Feature) -> tuple[Any, Any]:
    return feature.get("geometry"), feature["properties"].get("location_accuracy")
