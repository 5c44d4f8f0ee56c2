"""What those ask who look after a server: whether it lives, whether it is ready, and its figures."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.clients import Networks
from api.metrics import CONTENT_TYPE
from api.problems import MetricsRefused
from api.services import ServicesDep
from geo import product

router = APIRouter()
_NOT_KEPT = {"Cache-Control": "no-store"}


@router.get("/healthz")
async def healthz(given: ServicesDep) -> Response:
    """Answer whether the store can be read, and how new the answers are; raises StoreError where it cannot.

    The version is null while many changes are being read: nobody waits for that here. Of a database that answers itself
    nothing is asked: one that is away is none the better for a new start of this process; see /readyz.
    """
    standing = given.catalog.standing()
    body = {"status": "ok", "version": standing.version() if standing else None}
    return Response(orjson.dumps(body), headers=_NOT_KEPT, media_type="application/json")


@router.get("/readyz")
def readyz(given: ServicesDep) -> Response:
    """Answer whether all that is asked of the server can be done now: 200, or 503 with what is wrong.

    What is wrong is said by name alone: its words, which name files, are for the log.
    """
    findings = given.health.findings()
    is_ready = not any(each.wrong for each in findings)
    body = {
        "status": "ready" if is_ready else "not ready",
        "checks": {each.name: "failed" if each.wrong else "ok" for each in findings},
    }
    return Response(orjson.dumps(body), 200 if is_ready else 503, _NOT_KEPT, media_type="application/json")


@router.get("/metrics")
def metrics(request: Request, given: ServicesDep) -> Response:
    """Answer figures of the server as Prometheus reads them; raises MetricsRefused for whom they are not.

    A page of a stranger's that is open on this machine is none of those: it has an origin.
    """
    is_of_a_page = "origin" in request.headers
    if is_of_a_page or request.client is None or not Networks(given.settings.metrics).has(request.client.host):
        raise MetricsRefused("metrics-refused", variable=f"{product.VARIABLES}METRICS")
    return Response(given.metrics.text(given.health.gauges), headers=_NOT_KEPT, media_type=CONTENT_TYPE)
