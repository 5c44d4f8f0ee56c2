"""In which coordinate reference system an answer is wanted, and what a body is stated in (OGC 18-058r1, 20-002r1)."""

from __future__ import annotations

from starlette.datastructures import QueryParams
from starlette.requests import Request

from api.filters import once
from geo.crs import CRS84, SYSTEMS, System, system_named

CONTENT_CRS = "Content-Crs"
DEFAULT = SYSTEMS[CRS84]

_TOLD = {system: {CONTENT_CRS: f"<{system.uri}>"} for system in SYSTEMS.values()}


def told(system: System = DEFAULT) -> dict[str, str]:
    """Return the header that says in which system an answer is (/req/crs/ogc-crs-header-value)."""
    return _TOLD[system]


def asked(params: QueryParams, parameter: str = "crs") -> System:
    """Return the system that a parameter names; raises InvalidQuery for one that there is not."""
    uri = once(params, parameter)
    return DEFAULT if uri is None else system_named(uri, parameter)


def stated(request: Request) -> System:
    """Return the system in which a body is (20-002r1, /req/features/content-crs-header); raises InvalidQuery.

    Part 2 has the URI in angle brackets, the examples of Part 4 have none.
    """
    uri = ", ".join(request.headers.getlist(CONTENT_CRS)).strip()
    if uri.startswith("<") and uri.endswith(">"):
        uri = uri[1:-1]
    return system_named(uri, CONTENT_CRS) if CONTENT_CRS in request.headers else DEFAULT
