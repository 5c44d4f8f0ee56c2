"""What lies round a place: distances on a sphere, and boxes that hold all within one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from geo.filter import Box

EARTH_KM = 6371.0088
_KM_PER_DEGREE = EARTH_KM * np.pi / 180
# The place of others is a salt flat's or a whole country's, from which nothing is a distance.
PLACED = ("site", "locality")
MOST_OF_A_PARTY = 2_000  # records of one party that are looked at: a state has tens of thousands

Degrees = npt.NDArray[np.float64]


def distance_km(point: Sequence[float], others: Degrees) -> Degrees:
    """Return the distances from a point to others ([longitude, latitude], WGS 84 degrees) on a sphere, in km."""
    (lon, lat), (lons, lats) = np.radians(point), np.radians(others).T
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1))), dtype=float)


def boxes_around(point: Sequence[float], km: float) -> list[Box]:
    """Return boxes that hold all within a distance, on both sides of the antimeridian and round a pole."""
    lon, lat = point
    high = (km + 0.01) / _KM_PER_DEGREE  # points are drawn a metre or so from where they are
    south, north = max(lat - high, -90.0), min(lat + high, 90.0)
    wide = high / max(np.cos(np.radians(min(abs(lat) + high, 90))), 1e-6)
    if wide >= 180:
        return [Box(-180.0, south, 180.0, north)]
    west, east = ((edge + 180) % 360 - 180 for edge in (lon - wide, lon + wide))
    return [Box(float(west), south, float(east), north)]
