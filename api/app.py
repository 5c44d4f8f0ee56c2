"""The application: routes, errors and what holds for every answer, put together."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from api import editing, features, landing, pages
from api.middleware import CarefulHeaders, HeadAsGet
from api.problems import atlas_problem, http_problem, problem, unexpected_problem
from api.services import Services, ServicesDep
from api.settings import Settings
from geo.catalog import MemoryCatalog
from geo.errors import AtlasError
from geo.store import open_store

router = APIRouter()


def create_app(services: Services) -> FastAPI:
    """Return the application that serves the records of these services."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.services = services
    routers = [router, *(module.router for module in (landing, features, editing, pages))]
    app.state.routes = [route for each in routers for route in each.routes]
    for each in routers:
        app.include_router(each)
    app.add_exception_handler(AtlasError, atlas_problem)
    app.add_exception_handler(HTTPException, http_problem)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(Exception, unexpected_problem)
    app.add_middleware(HeadAsGet)
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


def app_from_environment() -> FastAPI:
    """Return the application as ATLAS_… variables set it; worker processes start with this."""
    settings = Settings.from_environment()
    store = open_store(settings.store)
    return create_app(Services(store, MemoryCatalog(store), settings))


@router.get("/healthz")
async def healthz(given: ServicesDep) -> Response:
    """Answer whether the store can be read, and how new the answers are; raises StoreError where it cannot."""
    body = {"status": "ok", "version": given.catalog.version()}
    return Response(orjson.dumps(body), headers={"Cache-Control": "no-store"}, media_type="application/json")


async def _bad_request(_: Request, error: Exception) -> Response:
    return problem(400, "A part of the request's address cannot be read.")
