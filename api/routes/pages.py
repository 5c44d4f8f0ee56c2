"""The pages that people read: the map, a record, the form; and the files they are made of."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import orjson
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import history, mementos, openapi, parameters
from api.documents import trail_of
from api.forms import AS_HTML, form_of
from api.languages import language_of
from api.problems import PROBLEM, detail_of, gone_tag, is_read_by_a_person, title_of
from api.reading import content_security_policy, page_headers
from api.responses import GEOJSON, HTML, Pack, answer, etag, moved, pack_once
from api.services import Services, ServicesDep, base_url, services
from api.settings import EVERYTHING
from api.tags import state_tag, static_tag
from api.views import view_of
from geo import boundaries, dates
from geo.coverage import coverage
from geo.curated.release import read_release
from geo.errors import Gone, NotFound
from web import pages
from web.assets import static_folder
from web.history import revisions_page
from web.inline import script_hashes
from web.language import Language
from web.site import Site

router = APIRouter()

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def _map(site: Site, language: Language, embed: bool = False) -> tuple[bytes, list[str]]:
    from web import shell  # Folium brings pandas, 45 MB and half a second, and nothing else here needs it

    html = shell.map_page(site, language, embed=embed)
    return html.encode(), script_hashes(html)


@router.get("/")
def map_page(request: Request, given: ServicesDep) -> Response:
    """Answer the map."""
    return _map_answer(request, given, embed=False)


@router.get("/embed")
def embed_page(request: Request, given: ServicesDep) -> Response:
    """Answer the map alone; what it shows is in the address behind the `#`.

    Our stories show it in a frame, and so may the sites that the operator names.
    """
    return _map_answer(request, given, embed=True)


def _map_answer(request: Request, given: Services, embed: bool) -> Response:
    html, hashes = _map(given.settings.site, language_of(request), embed)
    policy = content_security_policy(hashes, _framing(given.settings.embed) if embed else "'none'", given.ground.hosts)
    return page(request, etag(static_tag(request, given), given.ground.tag), html, policy, pack_once)


def _framing(sites: Sequence[str]) -> str:
    """Return which pages may show the map in a frame, as a policy has it: our own, and those of these sites."""
    return EVERYTHING if EVERYTHING in sites else " ".join(["'self'", *sites])


@router.get("/add")
def add_page(request: Request, given: ServicesDep) -> Response:
    """Answer the form that proposes a record."""
    is_open = given.settings.proposals == "open"
    html = pages.add_page(given.settings.site, language_of(request), is_open=is_open)
    policy = content_security_policy(script_hashes(html))
    return page(request, etag(static_tag(request, given), is_open), html.encode(), policy)


@router.get("/projects/{project_id}/correct")
def correct_page(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Answer the form that proposes a correction of a record."""
    language, is_open = language_of(request), given.settings.proposals == "open"
    tag = etag(state_tag(request, given), is_open)
    try:
        view, head = view_of(given, project_id, base_url(request)), given.store.head(project_id)
    except (NotFound, Gone) as error:
        return _no_record(request, error, "/correct")
    assert head.project is not None
    record = {"feature": head.project.to_feature(), "revision": head.number}
    html = pages.correct_page(given.settings.site, view, record, language, is_open=is_open)
    policy = content_security_policy(script_hashes(html))
    return page(request, tag, html.encode(), policy)


def _no_record(request: Request, error: NotFound | Gone, further: str = "", *, is_part: bool = False) -> Response:
    """Answer that a record is not there, or lead on to the one that stands for it."""
    language = language_of(request)
    if isinstance(error, Gone) and error.successor:
        asked = f"?{request.url.query}" if request.url.query else ""
        return moved(f"{base_url(request)}/projects/{error.successor}{further}{asked}")
    status, title = (410, "problem.deleted") if isinstance(error, Gone) else (404, "problem.no_such_record")
    return _problem_page(request, status, language.say(title), detail_of(error, language), is_part=is_part)


@router.get("/about")
def about_page(request: Request, given: ServicesDep) -> Response:
    """Answer what the ledger is and what its words mean."""
    html = pages.about_page(given.settings.site, language_of(request))
    return page(request, static_tag(request, given), html.encode())


@router.get("/about/data")
def data_page(request: Request, given: ServicesDep) -> Response:
    """Answer what the data of this instance are."""
    loaded, language = given.release(), language_of(request)
    tag = etag(state_tag(request, given), loaded, language.code)

    def make() -> bytes:
        counted = coverage(given.catalog, dates.today())
        return pages.data_page(given.settings.site, read_release(), loaded, counted, language).encode()

    return answer(request, tag, make, HTML, page_headers(request, language))


@router.get("/projects/{project_id}")
def record_page(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Answer a record as a page that needs no script, or with `part=body` only the record, for the map's panel."""
    language, parts = language_of(request), request.query_params.getlist("part")
    if parts not in ([], ["body"]):
        return _problem_page(request, 400, title_of(400, language), language.say("problem.part_unknown"))
    if mementos.is_asked(request):
        return mementos.led_to_revision(request, given, project_id, page=True)
    tag = etag(state_tag(request, given), given.ground.tag)
    make = pages.record_body if parts else pages.record_page
    try:
        html = make(given.settings.site, view_of(given, project_id, base_url(request)), language)
    except (NotFound, Gone) as error:
        if isinstance(error, Gone) and not error.successor and error.revision is not None and not parts:
            return _history_of_what_is_gone(request, given, error, error.revision)
        return _no_record(request, error, is_part=bool(parts))
    return page(request, tag, html.encode())


def _history_of_what_is_gone(request: Request, given: Services, gone: Gone, revision: int) -> Response:
    """Answer who deleted a record, when and why, and its revisions, all of which can be read."""
    language = language_of(request)
    view = history.page_of_revisions(given, gone.project_id, None, None, language)
    view["detail"] = detail_of(gone, language)
    tag = {"ETag": f'"{gone_tag(revision)}"'}
    html = revisions_page(given.settings.site, view, language)
    return Response(html, 410, page_headers(request, language) | tag, HTML)


@router.get("/api/docs")
def reference_page(request: Request, given: ServicesDep) -> Response:
    """Answer the API definition as a page."""
    parameters.check_known(request.query_params, parameters.FORMED)
    form_of(request, (AS_HTML,))
    language, settings = language_of(request), given.settings

    def make() -> bytes:
        definition = openapi.document(base_url(request), settings.title, settings.page_size)
        return pages.reference_page(settings.site, definition, trail_of(request), language).encode()

    tag = etag(static_tag(request, given), language.code)
    return answer(request, tag, make, HTML, page_headers(request, language))


@router.get("/api/clients")
def clients_page(request: Request, given: ServicesDep) -> Response:
    """Answer what to type in programs that read this server."""
    parameters.check_known(request.query_params, parameters.FORMED)
    form_of(request, (AS_HTML,))
    html = pages.clients_page(given.settings.site, base_url(request), trail_of(request), language_of(request))
    return page(request, static_tag(request, given), html.encode())


def for_a_person(request: Request, refusal: Response) -> Response:
    """Return a refusal as a page where a browser asks for one, else as it is."""
    if not is_read_by_a_person(request) or refusal.media_type != PROBLEM:
        return refusal
    told = orjson.loads(refusal.body)
    shown = _problem_page(request, told["status"], told["title"], told["detail"])
    shown.headers.update({name: refusal.headers[name] for name in ("Allow", "Retry-After") if name in refusal.headers})
    return shown


def _problem_page(request: Request, status: int, title: str, detail: str, is_part: bool = False) -> Response:
    site, language = services(request).settings.site, language_of(request)
    whole = pages.problem_page(site, status, title, detail, language)
    html = pages.refusal(title, detail, language) if is_part else whole
    headers = page_headers(request, language)
    return Response(html, status, headers | {"Vary": f"Accept, {headers['Vary']}"}, HTML)


def page(request: Request, tag: str, html: bytes, policy: str = "", pack: Pack | None = None) -> Response:
    """Return a page in the language that the request asks for, with its policy."""
    language = language_of(request)
    return answer(
        request, etag(tag, language.code), lambda: html, HTML, page_headers(request, language, policy), pack=pack
    )


@router.get("/boundaries/countries.geojson")
def countries(request: Request) -> Response:
    """Answer the outlines of countries, the map's ground."""
    return file_answer(request, boundaries.countries_file(), GEOJSON)


@router.get("/static/{path:path}")
def static(path: str, request: Request) -> Response:
    """Answer a file of the pages; only files that were there when the server started."""
    file = _static_files().get(path)
    if file is None:
        raise HTTPException(404)
    media_type = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return file_answer(request, file, media_type)


@cache
def _static_files() -> dict[str, Path]:
    root = static_folder()
    return {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()}


def file_answer(request: Request, file: Path, media_type: str) -> Response:
    """Return a file of ours with its tag."""
    stamp = file.stat()
    tag = etag(file, stamp.st_mtime_ns, stamp.st_size)
    return answer(request, tag, file.read_bytes, media_type, pack=pack_once)
