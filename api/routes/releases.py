"""Releases of the ledger, and what changed from one to another: as documents, pages, a table and a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import mementos, parameters
from api.documents import document, form_links, shown
from api.filters import WrongParameter, once
from api.forms import AS_CSV, AS_HTML, AS_JSON, NEGOTIATED, form_of
from api.history import feature_of, names_linked
from api.languages import language_of
from api.links import ITEMS, Link, link, link_header
from api.reading import page_headers
from api.releases import FORMS_OF_REPORT, NOW, two_releases
from api.responses import GEOJSON, HTML, JSON, answer, etag
from api.routes.pages import page
from api.services import Services, ServicesDep, base_url
from api.tags import state_tag
from api.taking import count_file
from api.turns import Turn
from geo.curated.reports import FACETS, KINDS, Entry, counts
from geo.formats.csv_table import rows_as_csv
from geo.store import Release, Revision
from web import releases as pages
from web.changed.said import in_a_line
from web.feeds import atom, feed
from web.history import Names
from web.language import Language

router = APIRouter()

RELEASES = "/api/releases"
REPORT = f"{RELEASES}/changes"
PAGED = ("from", "to", "limit", "after")
MOST_PAGE = 200
_PART = 100


@router.get(RELEASES)
def releases(request: Request, given: ServicesDep) -> Response:
    """Answer the releases, newest first."""
    parameters.check_known(request.query_params, parameters.FORMED)
    tag = etag(state_tag(request, given), *given.store.releases())
    return document(request, given, tag, lambda: _document(base_url(request), given), shown("releases.title"))


def _document(base: str, given: Services) -> dict[str, Any]:
    found = given.store.releases()
    return {"releases": [_told(base, each, found[at - 1] if at else None) for at, each in enumerate(found)][::-1]}


def _told(base: str, release: Release, former: Release | None) -> dict[str, Any]:
    since = f"{base}{REPORT}?{urlencode({'from': release.name, 'to': NOW})}"
    links = [
        link(f"{base}{ITEMS}?at={quote(release.name)}", "memento", GEOJSON, "The records as they stood"),
        link(since, "related", JSON, "What changed since"),
    ]
    if former:
        asked = urlencode({"from": former.name, "to": release.name})
        links.append(link(f"{base}{REPORT}?{asked}", "related", JSON, "What changed from the release before"))
    return {"name": release.name, "sequence": release.sequence, "time": release.time, "links": links}


@router.get(mementos.TIMEMAP)
def timemap(request: Request, given: ServicesDep) -> Response:
    """Answer where all records are as they stood at each release, and when that was (RFC 7089 section 5)."""
    parameters.check_known(request.query_params, ())
    base, found = base_url(request), given.store.releases()
    states = [(f"{base}{ITEMS}?at={quote(each.name)}", mementos.time_of(given, each.sequence)) for each in found]
    body = mementos.timemap(f"{base}{ITEMS}", f"{base}{mementos.TIMEMAP}", states)
    return answer(request, etag(state_tag(request, given), *found), lambda: body, mementos.LINK_FORMAT)


@router.get("/releases")
def releases_page(request: Request, given: ServicesDep) -> Response:
    """Answer the releases as a page."""
    parameters.check_known(request.query_params, parameters.FORMED)
    language, found = language_of(request), given.store.releases()
    html = pages.releases_page(given.settings.site, found[::-1], language)
    return page(request, etag(state_tag(request, given), *found), html.encode())


@router.get(REPORT, dependencies=[Turn])
def changes(request: Request, given: ServicesDep) -> Response:
    """Answer what changed from one release to another, or to now: how much of what, and each record in words."""
    parameters.check_known(request.query_params, (*PAGED, *parameters.FORMED))
    form, language = form_of(request, FORMS_OF_REPORT), language_of(request)
    one, other = two_releases(given.store, request.query_params)
    after, limit = _page(request)
    entries = given.reports.between(one, other)
    tag = etag(state_tag(request, given), one, other.name, other.sequence, form.name, language.code)
    if form is AS_CSV:
        name = f"changes-{one.name}-{other.name}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', **NEGOTIATED}
        return answer(request, tag, lambda: _table(request, given, tag, entries), AS_CSV.media_type, headers)
    own = form_links(request, form, FORMS_OF_REPORT)
    part = entries[after : after + limit]
    following = _next(request, after + limit) if after + limit < len(entries) else None

    def make() -> bytes:
        told = [*_records(given, language, base_url(request), part)]
        made = _report(one, other, entries, told, [*own, *([following] if following else [])])
        if form is AS_JSON:
            return orjson.dumps(made)
        if form is AS_HTML:
            return pages.report_page(
                given.settings.site, made, [each.name for each in given.store.releases()], language
            ).encode()
        return atom.atom(_feed(request, given, language, made))

    headers = {"Link": link_header([*own, *([following] if following else [])]), **NEGOTIATED}
    if form is AS_HTML:
        headers = {**page_headers(request, language), **NEGOTIATED}
    return answer(request, tag, make, HTML if form is AS_HTML else form.media_type, headers)


def _page(request: Request) -> tuple[int, int]:
    limit = parameters.read_limit(once(request.query_params, "limit"), 50)
    after = once(request.query_params, "after") or "0"
    if not re.fullmatch(r"\d{1,6}", after, re.ASCII):
        raise WrongParameter("after", "cursor-form", name="after")
    return int(after), min(limit, MOST_PAGE)


def _next(request: Request, after: int) -> Link:
    asked = [(name, value) for name, value in request.query_params.multi_items() if name not in ("after", "f", "lang")]
    form = [("f", f)] if (f := request.query_params.get("f")) else []
    query = urlencode([*asked, ("after", after), *form])
    return link(f"{base_url(request)}{REPORT}?{query}", "next", JSON, "The next page")


def _report(
    one: Release, other: Release, entries: Sequence[Entry], told: list[dict[str, Any]], links: list[Link]
) -> dict[str, Any]:
    counted = counts(entries)
    total = {kind: sum(kind in entry.changed for entry in entries) for kind in KINDS}
    return {
        "from": {"name": one.name, "sequence": one.sequence, "time": one.time},
        "to": {"name": other.name, "sequence": other.sequence, "time": other.time},
        "total": total,
        "counts": {facet: {value: dict(kinds) for value, kinds in sorted(counted[facet].items())} for facet in FACETS},
        "numberMatched": len(entries),
        "numberReturned": len(told),
        "records": told,
        "links": links,
    }


def _records(given: Services, language: Language, base: str, entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    pairs = [(each, given.store.change(each.sequences[0]), given.store.change(each.sequences[1])) for each in entries]
    names = names_linked(given, [each for _, *two in pairs for each in two if isinstance(each, Revision)])
    for entry, before, after in pairs:
        yield _told_record(language, base, entry, (before, after), names)


def _told_record(
    language: Language, base: str, entry: Entry, sides: tuple[Revision | None, Revision | None], names: Names
) -> dict[str, Any]:
    before, after = sides
    page = f"{base}/projects/{quote(entry.id, safe='')}"
    there = before and before.project and after and after.project
    found = pages.changes(feature_of(before), feature_of(after), language, names) if there else []
    asked = f"?from={before.number}&to={entry.revision}" if before else ""
    return {
        "id": entry.id,
        "name": entry.name,
        "country": entry.country,
        "kind": entry.kind,
        "status": entry.status,
        "changed": list(entry.changed),
        "stages": list(entry.stages) if entry.stages else None,
        "revision": entry.revision,
        "time": entry.time,
        "said": [in_a_line(each, language) for each in found],
        "links": [link(f"{page}/revisions{asked}", "related", "text/html", "What changed")],
    }


def _table(request: Request, given: Services, tag: str, entries: Sequence[Entry]) -> bytes:
    """Return the whole report as a table, which counts as a file where it has to be made; raises TooMany."""

    def make() -> bytes:
        count_file(request, given)
        return b"".join(_csv(given, language_of(request), entries))

    return given.kept.body(tag, make)


def _csv(given: Services, language: Language, entries: Sequence[Entry]) -> Iterator[bytes]:
    names = ["id", "name", "country", "kind", "status", "changed", "stage_before", "revision", "time", "said"]

    def rows(part: Sequence[Entry]) -> Iterator[list[Any]]:
        for told in _records(given, language, "", part):
            before = told["stages"][0] if told["stages"] else None
            yield [*(told[name] for name in names[:6]), before, told["revision"], told["time"], "\n".join(told["said"])]

    return rows_as_csv(names, (list(rows(entries[at : at + _PART])) for at in range(0, len(entries), _PART)))


def _feed(request: Request, given: Services, language: Language, made: dict[str, Any]) -> feed.Feed:
    address = f"{base_url(request)}{REPORT}?{urlencode({'from': made['from']['name'], 'to': made['to']['name']})}"
    following = next((each["href"] for each in made["links"] if each["rel"] == "next"), None)
    return feed.Feed(
        id=address,
        title=pages.title_of(made, language),
        address=f"{address}&f=atom",
        page=f"{address}&f=html",
        author=given.settings.title,
        language=language.code,
        entries=[_entry(language, each) for each in made["records"]],
        following=following,
    )


def _entry(language: Language, told: dict[str, Any]) -> feed.Entry:
    kinds = language.listed(language.say(f"releases.{each}") for each in told["changed"])
    text = "\n".join([kinds, *told["said"]])
    address = told["links"][0]["href"]
    title = language.say("diff.field", name=told["name"], value=kinds)
    return feed.Entry(f"{address}#{told['revision']}", title, address, told["time"], text, None, told["changed"])
