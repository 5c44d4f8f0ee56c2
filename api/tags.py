"""What an answer depends on, as a tag: what no record changes, or the records of this moment as well."""

from __future__ import annotations

from starlette.requests import Request

from api.responses import code_tag, etag
from api.services import Services, base_url
from geo import dates


def static_tag(request: Request, given: Services) -> str:
    """Return a tag of all that an answer without records depends on: code, settings, address."""
    return etag(*_static_parts(request, given))


def state_tag(request: Request, given: Services) -> str:
    """Return a tag of all that an answer to this address depends on.

    These are the records, the authors who were taken from view, the day, and what `static_tag` says.
    """
    version = given.catalog.version()  # which asks how new the store is, and so whose names it tells
    state = (version, given.store.history, given.store.authors.moves)
    return etag(given.store.identity, *state, dates.today(), *_static_parts(request, given))


def _static_parts(request: Request, given: Services) -> tuple[object, ...]:
    address = f"{base_url(request)}{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"
    return code_tag(), given.settings.site, given.settings.page_size, address
