"""How many records there are of what, and what their capacities come to: as JSON, as a table, and as charts."""

from __future__ import annotations

import dataclasses

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.asked import asked as asked_of
from api.asked import words
from api.counted import FORMS, STATISTICS, Answer, Document, further_links, owners_of, table
from api.counting import COUNTING, read_statistics
from api.documents import form_links, trail_of
from api.forms import AS_CSV, AS_HTML, AS_JSON, NEGOTIATED, Form, form_of
from api.languages import language_of
from api.links import Link, link_header
from api.reading import content_security_policy
from api.responses import HTML, JSON, answer, etag
from api.services import Services, ServicesDep, base_url
from api.tags import state_tag
from api.turns import Turn
from geo import dates
from geo.formats.csv_table import rows_as_csv
from geo.formats.files import file_name
from geo.formats.registry import FORMATS
from geo.statistics import Interval, Statistics, statistics
from web import pages
from web.statistics.labels import Labels
from web.statistics.page import MOST_OF_OVERVIEW, OVERVIEW

router = APIRouter()


@router.get(STATISTICS, dependencies=[Turn])
def counted(request: Request, given: ServicesDep) -> Response:
    """Answer groups of the matching records: how many there are, and what their capacities come to."""
    asked, interval = read_statistics(request.query_params)
    form, language = form_of(request, FORMS), language_of(request)
    tag = etag(state_tag(request, given), form.name, language.code)
    shown = [*form_links(request, form, FORMS), *further_links(base_url(request), request.query_params)]

    def make() -> bytes:
        return _written(form, request, given, asked, _document(request, given, asked, interval, shown))

    headers = {"Link": link_header(shown), "Content-Language": language.code, **NEGOTIATED}
    headers |= _of_form(request, form)
    # What was made is kept with the time of its making; made again it differs by that alone, so the tag is weak.
    return answer(request, tag, lambda: given.kept.body(tag, make), _TYPES[form.name], headers, weak=True)


def _of_form(request: Request, form: Form) -> dict[str, str]:
    if form is AS_HTML:
        return {"Content-Security-Policy": content_security_policy()}
    if form is AS_JSON:
        return {}
    params = request.query_params
    own = {each.name: params.getlist(each.name) for each in COUNTING if each.name in params}
    name = file_name({"statistics": [], **asked_of(params), **own}, dates.today(), "csv")
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _document(
    request: Request, given: Services, asked: Statistics, interval: Interval | None, shown: list[Link]
) -> Document:
    found, language = statistics(given.catalog, asked), language_of(request)
    labels = Labels(language, given.catalog.party_names(owners_of(asked, found)))
    title = words(given, language, request.query_params, asked.query)
    answered = Answer(base_url(request), request.query_params, labels, asked, interval, found)
    return answered.document(title, shown)


def _written(form: Form, request: Request, given: Services, asked: Statistics, document: Document) -> bytes:
    if form is AS_CSV:
        names, rows = table(asked, document)
        return b"".join(rows_as_csv(names, [rows]))
    if form is AS_HTML:
        params = request.query_params.multi_items()
        site, trail, language = given.settings.site, trail_of(request), language_of(request)
        overview = _overview(request, given, asked) if asked == Statistics(asked.query, limit=asked.limit) else None
        return pages.statistics_page(site, document, params, trail, language, overview).encode()
    return orjson.dumps(document)


def _overview(request: Request, given: Services, asked: Statistics) -> dict[str, Document]:
    """Return what is shown of the matching records where nothing is asked to be counted."""
    counts = (dataclasses.replace(asked, by=by, limit=MOST_OF_OVERVIEW) for by in OVERVIEW)
    return {",".join(each.by): _document(request, given, each, None, []) for each in counts}


_TYPES = {"json": JSON, "csv": FORMATS["csv"].media_type, "html": HTML}
