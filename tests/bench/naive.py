"""The server that people write first: all features in a dictionary, each question a loop, each answer `json.dumps`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Feature = dict[str, Any]


def application() -> Starlette:
    """Return the application over the file, one feature a line, that NAIVE_FEATURES names."""
    with open(os.environ["NAIVE_FEATURES"], encoding="utf-8") as lines:
        features = {feature["id"]: feature for feature in map(json.loads, lines)}

    async def items(request: Request) -> Response:
        asked = request.query_params
        found = list(filter(_matches(asked), features.values()))
        start, limit = int(asked.get("offset", 0)), int(asked.get("limit", 10))
        collection = {"type": "FeatureCollection", "numberMatched": len(found), "features": found[start:][:limit]}
        return JSONResponse(collection, media_type="application/geo+json")

    async def item(request: Request) -> Response:
        return JSONResponse(features[request.path_params["id"]], media_type="application/geo+json")

    return Starlette(routes=[Route("/items", items), Route("/items/{id}", item)])


def _matches(asked: Any) -> Callable[[Feature], bool]:
    west, south, east, north = map(float, asked.get("bbox", "-180,-90,180,90").split(","))
    status = asked.get("status")

    def matches(feature: Feature) -> bool:
        longitude, latitude = feature["geometry"]["coordinates"]
        return (
            west <= longitude <= east
            and south <= latitude <= north
            and (status is None or feature["properties"]["status"] == status)
        )

    return matches
