"""The coordinate reference systems in which a question may state geometries (OGC 18-058r1), and the way to WGS 84."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidQuery

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
# By their addresses, as pyproj knows them; the axes are those that the authority defines: of EPSG:4326 latitude first.
KNOWN = {
    CRS84: "OGC:CRS84",
    "http://www.opengis.net/def/crs/EPSG/0/4326": "EPSG:4326",
    "http://www.opengis.net/def/crs/EPSG/0/3857": "EPSG:3857",
}
Positions = npt.NDArray[np.float64]


def to_crs84(uri: str, parameter: str) -> Callable[[Positions], Positions]:
    """Return what turns positions (n, 2) into longitude and latitude; raises InvalidQuery for another system."""
    if uri not in KNOWN:
        raise InvalidQuery(parameter, "crs-unknown", value=uri[:100], known=tuple(KNOWN))
    return (lambda positions: positions) if uri == CRS84 else functools.partial(_transformed, KNOWN[uri])


def _transformed(name: str, positions: Positions) -> Positions:
    return np.column_stack(_transformer(name).transform(positions[:, 0], positions[:, 1]))


@functools.cache
def _transformer(name: str) -> Any:
    import pyproj  # takes long to import, and few ask for it

    return pyproj.Transformer.from_crs(name, KNOWN[CRS84])
