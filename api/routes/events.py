"""What happened to the projects, and what is expected of them, in a period and under the filters of records."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parameters
from api.asked import asked, named
from api.links import EVENTS, Link, events_links, link_header
from api.responses import JSON, answer, streamed
from api.routes.features import state_tag
from api.services import Services, ServicesDep, base_url
from api.taking import count_file
from geo import dates
from geo.catalog import Catalog, EventPage
from geo.formats import events_csv
from geo.formats.files import file_name
from geo.formats.registry import FORMATS
from geo.query import EventQuery

router = APIRouter()

FORMS = ("json", "csv")
CSV = FORMATS["csv"].media_type
_TOGETHER = 1_000


@router.get(EVENTS)
def events(request: Request, given: ServicesDep) -> Response:
    """Answer a page of events, the newest first; `f=csv` answers all of them as one file."""
    query = parameters.read_events_query(request.query_params, given.settings.page_size)
    tag = state_tag(request, given)
    if named(request.query_params, FORMS, FORMS[0]) == "csv":
        return _file(request, given, query, tag)
    page = given.catalog.events(query)
    after = parameters.format_after(page.after) if page.after else None
    links = events_links(base_url(request), request.query_params, after)
    return answer(request, tag, lambda: _document(page, links), JSON, {"Link": link_header(links)})


def _file(request: Request, given: Services, query: EventQuery, tag: str) -> Response:
    params = request.query_params
    told = {name: params.getlist(name) for name in ("from", "to", "expected") if name in params}
    name = file_name({"events": [], **asked(params), **told}, dates.today(), "csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}

    def chunks() -> Iterator[bytes]:
        count_file(request, given)
        return events_csv.write(_pages(given.catalog, query))

    return streamed(request, tag, chunks, CSV, headers)


def _pages(catalog: Catalog, query: EventQuery) -> Iterator[list[bytes]]:
    """Yield all events that follow, some at a time."""
    query = dataclasses.replace(query, limit=_TOGETHER)
    while True:
        page = catalog.events(query)
        yield page.events
        if page.after is None:
            return
        query = dataclasses.replace(query, after=page.after)


def _document(page: EventPage, links: list[Link]) -> bytes:
    end = {"numberMatched": page.number_matched, "numberReturned": len(page.events), "links": links}
    return b"".join([b'{"events":[', b",\n".join(page.events), b"],", orjson.dumps(end)[1:]])
