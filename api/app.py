"""The application: routes, errors and what holds for every answer, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from api import telemetry
from api.bounded import Bounded
from api.empty import WithoutEmpty
from api.hooks.delivering import Deliverer
from api.hosts import KnownHosts
from api.middleware import BelowAPath, CarefulHeaders, HeadAsGet, LineAtTheEnd, ReadableQuery, SlashAtTheEnd
from api.noted import Noted, RouteNoted
from api.personal import WithWhoIsSignedIn
from api.problems import KeyMissing, http_problem, is_read_by_a_person, ledger_problem, problem
from api.protocol import Wire
from api.routes import (
    admin,
    assistants,
    changes,
    columns,
    editing,
    events,
    features,
    ground,
    health,
    hints,
    hooks,
    importing,
    landing,
    pages,
    proposals,
    queryables,
    releases,
    reviewing,
    revisions,
    schemas,
    signing,
    statistics,
    stories,
    takeaway,
    tiles,
)
from api.seen import SEQUENCE, WithWhatWasSeen
from api.services import Services
from api.shortcut import Shortcut
from geo.errors import LedgerError

_MODULES = (
    health,
    hooks,
    landing,
    features,
    revisions,
    releases,
    schemas,
    queryables,
    columns,
    statistics,
    tiles,
    events,
    editing,
    proposals,
    reviewing,
    takeaway,
    ground,
    pages,
    stories,
    assistants,
    signing,
    admin,
    changes,
    hints,
    importing,
)
_EXPOSED = (
    *("ETag", "Link", "Location", "Content-Crs", "Allow", "Retry-After", "X-Request-ID", "Memento-Datetime"),
    SEQUENCE,
)
# More would only take turns from each other: of 200 clients those who write wait half as long as with anyio's 40.
_THREADS = 12


def create_app(services: Services) -> FastAPI:
    """Return the application that serves the records of these services; it closes the store when it ends."""
    own: dict[str, Any] = {"openapi_url": None, "docs_url": None, "redoc_url": None, "redirect_slashes": False}
    # As they are: `include_router` would make each of them again, when the first request of an application comes.
    routes = [route for module in _MODULES for route in module.router.routes]
    app = FastAPI(routes=routes, telemetry=telemetry.options(), lifespan=_lifespan(services), **own)
    app.state.services = services
    app.add_exception_handler(LedgerError, _refused)
    app.add_exception_handler(HTTPException, _refused_by_the_router)
    app.add_exception_handler(RequestValidationError, _bad_request)
    _wrap(app, services)
    return app


def _lifespan(services: Services) -> Callable[[FastAPI], AbstractAsyncContextManager[dict[str, Any]]]:
    """Return what begins with an application, and ends with it."""
    deliverer = Deliverer(services)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        services.health.begin()
        deliverer.begin()
        yield {"wire": Wire(app, services)}
        deliverer.end()
        services.health.end()
        services.store.close()

    return lifespan


def _wrap(app: FastAPI, services: Services) -> None:
    """Put around the routes what every request goes through, the innermost first."""
    app.add_middleware(WithWhatWasSeen, root=services.settings.root)
    app.add_middleware(RouteNoted)
    app.add_middleware(WithWhoIsSignedIn)
    app.add_middleware(HeadAsGet)
    app.add_middleware(LineAtTheEnd, nothing_here=_refused_by_the_router)
    app.add_middleware(SlashAtTheEnd)
    if not (services.store.is_at_hand or telemetry.is_wanted()):
        app.add_middleware(Shortcut, given=services, refused=_refused)
    app.add_middleware(Bounded, given=services)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["*"],  # who may write is said by a key, which no page has unless it was given it
        expose_headers=_EXPOSED,
        max_age=3600,
    )
    app.add_middleware(WithoutEmpty)
    app.add_middleware(ReadableQuery)
    app.add_middleware(KnownHosts, services.hosts)
    if services.settings.root and not _is_taken(services.settings.root, app.routes):
        app.add_middleware(BelowAPath, services.settings.root)
    app.add_middleware(CarefulHeaders)
    app.add_middleware(
        Noted,
        requests=services.requests,
        log=services.log,
        unread_bytes=max(services.settings.body_bytes, importing.MOST_FORM),
        unread_seconds=services.settings.body_seconds,
    )


def _is_taken(root: str, routes: list[Any]) -> bool:
    """Return whether addresses below a path are of this server already: only a proxy can take such a path off."""
    return root.split("/")[1] in {route.path.split("/")[1] for route in routes}


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, KeyMissing) and request.method == "GET" and is_read_by_a_person(request):
        return signing.to_sign_in(request)
    answer = pages.for_a_person(request, await ledger_problem(request, error))
    answer.headers.add_vary_header("Accept")
    return answer


async def _refused_by_the_router(request: Request, error: Exception) -> Response:
    answer = pages.for_a_person(request, await http_problem(request, error))
    answer.headers.add_vary_header("Accept")
    return answer


async def _bad_request(request: Request, error: Exception) -> Response:
    return problem(request, 400, "address-unreadable")
