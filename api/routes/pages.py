"""The pages that people read: the map, a record, the form; and the files they are made of."""

from __future__ import annotations

import mimetypes
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.problems import title_of
from api.responses import GEOJSON, HTML, answer, etag, moved, pack_once
from api.routes.features import item_body, state_tag, static_tag
from api.services import Services, ServicesDep, base_url, services
from geo import boundaries, dates
from geo.coverage import coverage
from geo.curated.release import read_release
from geo.errors import Gone, NotFound
from geo.filter import MOST_VALUES, In
from geo.messages import sentence
from geo.query import Query
from web import pages, shell
from web.assets import static_folder
from web.site import Site

router = APIRouter()

SHOWN_REVISIONS = 50  # the newest ones; the API has them all

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def _map(site: Site) -> tuple[bytes, str]:
    html = shell.map_page(site)
    return html.encode(), content_security_policy(shell.script_hashes(html))


def content_security_policy(script_hashes: list[str]) -> str:
    """Return the policy of a page: nothing from elsewhere, no script in the page but the ones we put there."""
    scripts = " ".join(["'self'", *script_hashes])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'"
    )


@router.get("/")
def map_page(request: Request, given: ServicesDep) -> Response:
    """Answer the map."""
    html, policy = _map(given.settings.site)
    return _page(request, static_tag(request, given), html, policy)


@router.get("/add")
def add_page(request: Request, given: ServicesDep) -> Response:
    """Answer the form that adds a record."""
    html = pages.add_page(given.settings.site)
    policy = content_security_policy(shell.script_hashes(html))
    return _page(request, static_tag(request, given), html.encode(), policy)


@router.get("/about")
def about_page(request: Request, given: ServicesDep) -> Response:
    """Answer what the ledger is and what its words mean."""
    html = pages.about_page(given.settings.site)
    return _page(request, static_tag(request, given), html.encode(), content_security_policy([]))


@router.get("/about/data")
def data_page(request: Request, given: ServicesDep) -> Response:
    """Answer what the data of this instance are."""
    loaded = given.store.dataset_loaded()
    tag = etag(state_tag(request, given), loaded)

    def make() -> bytes:
        release, counted = read_release(), coverage(given.catalog, dates.today())
        name = (loaded.release or release.former) if loaded else None
        return pages.data_page(given.settings.site, release, name, counted).encode()

    return answer(request, tag, make, HTML, {"Content-Security-Policy": content_security_policy([])})


@router.get("/projects/{project_id}")
def record_page(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Answer a record as a page that needs no script, or with `part=body` only the record, for the map's panel."""
    parts = request.query_params.getlist("part")
    if parts not in ([], ["body"]):
        return _problem_page(given, 400, title_of(400), "part is body; without it the whole page comes.")
    tag = state_tag(request, given)
    make = pages.record_body if parts else pages.record_page
    try:
        html = make(given.settings.site, _view(given, project_id, base_url(request)))
    except (NotFound, Gone) as error:
        if isinstance(error, Gone) and error.successor:
            return moved(f"{base_url(request)}/projects/{error.successor}" + ("?part=body" if parts else ""))
        status, title = (410, "This record was deleted") if isinstance(error, Gone) else (404, "No such record")
        return _problem_page(given, status, title, str(error), is_part=bool(parts))
    return _page(request, tag, html.encode(), content_security_policy([]))


def is_read_by_a_person(request: Request) -> bool:
    """Return whether a browser asks for a page; what is below /api answers programs."""
    is_api = f"{request.scope['path']}/".startswith("/api/")
    return not is_api and request.method == "GET" and "text/html" in request.headers.get("accept", "")


def nothing_here(request: Request) -> Response:
    """Answer a person at an address where there is nothing."""
    return _problem_page(services(request), 404, "Not found", sentence("no-such-address", package="api").detail)


def _problem_page(given: Services, status: int, title: str, detail: str, is_part: bool = False) -> Response:
    whole = pages.problem_page(given.settings.site, status, title, detail)
    html = pages.refusal(title, detail) if is_part else whole
    headers = {"Content-Security-Policy": content_security_policy([]), "Vary": "Accept"}
    return Response(html, status, headers, HTML)


def _page(request: Request, tag: str, html: bytes, policy: str) -> Response:
    return answer(request, tag, lambda: html, HTML, {"Content-Security-Policy": policy})


def _view(given: Services, project_id: str, base: str) -> dict[str, Any]:
    record = given.catalog.get(project_id)
    feature = orjson.loads(item_body(given, record, []))
    incoming = feature.pop("incoming")
    links = [*incoming, *feature["properties"].get("links", [])]
    names = _names(given, [link["project"] for link in links])
    incoming = [link | {"name": names.get(link["project"])} for link in incoming]
    revisions = [
        {"revision": r.number, "time": r.time, "author": r.author, "comment": r.comment, "action": r.action}
        for r in given.store.revisions(project_id, after=record.revision - SHOWN_REVISIONS, records=False)
    ]
    return {"feature": feature, "incoming": incoming, "names": names, "revisions": revisions, "base_url": base}


def _names(given: Services, ids: list[str]) -> dict[str, str]:
    """Return the names of these records, by id; those that are gone are not in it."""
    wanted = [frozenset(ids[start : start + MOST_VALUES]) for start in range(0, len(ids), MOST_VALUES)]
    found = [given.catalog.columns(Query(filter=In("id", part)), ("id", "name")) for part in wanted]
    return {project_id: name for each in found for project_id, name in zip(each["id"], each["name"], strict=True)}


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
