"""What happened to the projects, and what is expected of them, in a period and under the filters of records."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parameters
from api.asked import asked
from api.documents import form_links, shown
from api.documents import page as page_answer
from api.forms import AS_CSV, AS_HTML, DOCUMENT, NEGOTIATED, form_of
from api.links import EVENTS, Link, events_links, link_header
from api.responses import JSON, answer, etag, streamed
from api.services import Services, ServicesDep, base_url
from api.tags import state_tag
from api.taking import count_file
from geo import dates
from geo.catalog import Catalog, EventPage
from geo.formats import events_csv
from geo.formats.files import file_name
from geo.formats.registry import FORMATS
from geo.query import EventQuery

router = APIRouter()

CSV = FORMATS["csv"].media_type
FORMS = (*DOCUMENT, AS_CSV)
_TOGETHER = 1_000


@router.get(EVENTS)
def events(request: Request, given: ServicesDep) -> Response:
    """Answer a page of events, the newest first; `f=csv` answers all of them as one file."""
    query = parameters.read_events_query(request.query_params, given.settings.page_size)
    form = form_of(request, FORMS)
    tag = etag(state_tag(request, given), form.name)
    if form is AS_CSV:
        return _file(request, given, query, tag)
    page = given.catalog.events(query)
    after = parameters.format_after(page.after) if page.after else None
    links = [*form_links(request, form, FORMS), *events_links(base_url(request), request.query_params, after)]
    if form is AS_HTML:
        told = orjson.loads(_document(page, links))
        return page_answer(request, given, tag, lambda language: shown("api.events")(language, told))
    return answer(request, tag, lambda: _document(page, links), JSON, {"Link": link_header(links), **NEGOTIATED})


def _file(request: Request, given: Services, query: EventQuery, tag: str) -> Response:
    params = request.query_params
    told = {name: params.getlist(name) for name in ("from", "to", "expected") if name in params}
    name = file_name({"events": [], **asked(params), **told}, dates.today(), "csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **NEGOTIATED}

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
