"""The application: routes, errors and what holds for every answer, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from api.middleware import CarefulHeaders, HeadAsGet, SlashAtTheEnd
from api.problems import http_problem, ledger_problem, problem, unexpected_problem
from api.quick import QuickAnswers
from api.routes import columns, editing, events, features, ground, landing, pages, stories, takeaway
from api.services import Services, ServicesDep
from geo.errors import LedgerError

router = APIRouter()


def create_app(services: Services) -> FastAPI:
    """Return the application that serves the records of these services; it closes the store when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {"header_seconds": services.settings.header_seconds, "quick": QuickAnswers(app, services)}
        services.store.close()

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    app.state.services = services
    modules = (landing, features, columns, events, editing, takeaway, ground, pages, stories)
    routers = [router, *(module.router for module in modules)]
    app.state.routes = [route for each in routers for route in each.routes]
    for each in routers:
        app.include_router(each)
    app.add_exception_handler(LedgerError, ledger_problem)
    app.add_exception_handler(HTTPException, _refused_by_the_router)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(Exception, unexpected_problem)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SlashAtTheEnd)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "X-API-Key", "Content-Type", "If-Match", "If-None-Match"],
        expose_headers=["ETag", "Link", "Location", "Allow"],
        max_age=3600,
    )
    app.add_middleware(CarefulHeaders)
    return app


@router.get("/healthz")
async def healthz(given: ServicesDep) -> Response:
    """Answer whether the store can be read, and how new the answers are; raises StoreError where it cannot."""
    body = {"status": "ok", "version": given.catalog.version()}
    return Response(orjson.dumps(body), headers={"Cache-Control": "no-store"}, media_type="application/json")


async def _refused_by_the_router(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 404 and pages.is_read_by_a_person(request):
        return pages.nothing_here(request)
    answer = await http_problem(request, error)
    answer.headers.add_vary_header("Accept")
    return answer


async def _bad_request(request: Request, error: Exception) -> Response:
    return problem(request, 400, "address-unreadable")
