"""What changed, under the filters of records: as a document, a page and feeds."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from api.asked import question, words
from api.changed import AS_ATOM, AS_JSON_FEED, FORMS, page_of_revision, read_changes_query, told
from api.documents import form_links, trail_of
from api.forms import AS_HTML, AS_JSON, NEGOTIATED, form_of
from api.languages import PARAMETER, language_of
from api.links import CHANGES, Link, link, link_header
from api.reading import page_headers
from api.responses import HTML, JSON, answer, etag
from api.services import Services, ServicesDep, base_url
from api.tags import state_tag
from api.turns import Turn
from geo.changes import MOST_SECONDS, ChangePage, ChangeQuery, changes
from geo.query import Query
from web import pages
from web.feeds import atom, json_feed
from web.feeds.feed import Entry, Feed
from web.language import Language
from web.words import Words

router = APIRouter()

_WRITTEN: dict[str, Callable[[Feed], bytes]] = {"atom": atom.atom, "jsonfeed": json_feed.json_feed}


@router.get(CHANGES, dependencies=[Turn])
def changed(request: Request, given: ServicesDep) -> Response:
    """Answer a page of changes: the newest first, or after a cursor the oldest first."""
    query = read_changes_query(request.query_params, given.settings.page_size)
    form, language = form_of(request, FORMS), language_of(request)
    tag = etag(state_tag(request, given), form.name, language.code)
    own = form_links(request, form, FORMS)

    def make() -> bytes:
        page = changes(given.store, given.organisations, query)
        document = _document(request, language, query, page, own)
        if form is AS_JSON:
            return orjson.dumps(document)
        title = _title(request, given, language, query)
        if form is AS_HTML:
            params = [(name, value) for name, value in request.query_params.multi_items() if name != PARAMETER]
            site, feeds = given.settings.site, feed_addresses(base_url(request), request.query_params, language)
            return pages.changes_page(site, title, document, trail_of(request), params, feeds, language).encode()
        return _WRITTEN[form.name](_feed(request, given, language, title, document))

    headers = {"Link": link_header(own), "Content-Language": language.code, **NEGOTIATED}
    if form is AS_HTML:
        headers = {**page_headers(request, language), **NEGOTIATED}
    media_type = HTML if form is AS_HTML else form.media_type
    return answer(request, tag, lambda: given.kept.body(tag, make), media_type, headers)


def _document(
    request: Request, language: Language, query: ChangeQuery, page: ChangePage, own: list[Link]
) -> dict[str, Any]:
    base = base_url(request)
    page, changes_told = _told_in_time(base, language, page)
    forward = query.after is not None
    following = [] if page.is_last else [_next(request, "after" if forward else "before", page.cursor)]
    cursor = page.cursor if forward else page.newest
    monitor = link(_address(request, "after", cursor), "monitor", JSON, "What will have changed since: ask this again")
    return {
        "changes": changes_told,
        "numberReturned": len(page.changes),
        "after": cursor,
        "links": [*own, *following, monitor],
    }


def _told_in_time(base: str, language: Language, page: ChangePage) -> tuple[ChangePage, list[dict[str, Any]]]:
    """Return what is told of a page's changes; it ends before what would take too long, of which the next one tells."""
    ends = time.thread_time() + MOST_SECONDS
    every: list[dict[str, Any]] = []
    for each in page.changes:
        if every and time.thread_time() > ends:
            return page.first(len(every)), every
        every.append(told(base, language, each))
    return page, every


def _next(request: Request, name: str, cursor: int) -> Link:
    return link(_address(request, name, cursor), "next", JSON, "The next page")


def _address(request: Request, name: str, cursor: int) -> str:
    """Return the address that asks the same from another cursor on."""
    params = request.query_params.multi_items()
    others = [(each, value) for each, value in params if each not in ("after", "before", "f")]
    return f"{base_url(request)}{CHANGES}?{urlencode([*others, (name, cursor)], safe=',/:')}"


def _title(request: Request, given: Services, language: Language, query: ChangeQuery) -> str:
    asked = words(given, language, request.query_params, Query(query.filter, query.as_of))
    return language.say("feeds.of", site=given.settings.title, records=asked)


def feed_addresses(base: str, params: QueryParams, language: Language) -> dict[str, str]:
    """Return the addresses of the feeds of a question by their media types; each says its language."""
    asked = [(name, value) for name, value in params.multi_items() if name not in ("after", "before", "f", PARAMETER)]
    addresses = functools.partial(urlencode, safe=",/:")
    return {
        form.media_type: f"{base}{CHANGES}?{addresses([*asked, ('f', form.name), (PARAMETER, language.code)])}"
        for form in (AS_ATOM, AS_JSON_FEED)
    }


def _feed(request: Request, given: Services, language: Language, title: str, document: dict[str, Any]) -> Feed:
    base, form = base_url(request), request.query_params.get("f")
    following = next((each["href"] for each in document["links"] if each["rel"] == "next"), None)
    return Feed(
        id=f"{base}{CHANGES}{question(request.query_params)}",
        title=title,
        address=_in_form(request, form),
        page=_in_form(request, AS_HTML.name),
        author=given.settings.title,
        language=language.code,
        entries=[_entry(base, language, each) for each in document["changes"]],
        following=f"{following}&f={form}" if following and form else following,
    )


def _in_form(request: Request, form: str | None) -> str:
    """Return the address of what is asked for, in a form."""
    params = [(name, value) for name, value in request.query_params.multi_items() if name != "f"]
    asked = urlencode([*params, *([("f", form)] if form else [])], safe=",/:")
    return f"{base_url(request)}{CHANGES}{'?' if asked else ''}{asked}"


def _entry(base: str, language: Language, change: dict[str, Any]) -> Entry:
    said, address = change["said"], page_of_revision(base, change["id"], change["revision"])
    author = Words(language).author(change["author"])
    by = {"author": author, "comment": change["comment"]}
    text = "\n".join([language.say("feeds.by", said=said, **by) if change["comment"] else said, *change["differences"]])
    title = language.say("feeds.entry", name=change["name"], said=said)
    tags = (change["action"], change["country"], change["kind"])
    return Entry(address, title, address, change["time"], text, author, [tag for tag in tags if tag])
