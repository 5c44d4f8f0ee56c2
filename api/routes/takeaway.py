"""How a record, or a selection of them, is cited."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parameters
from api.asked import FORMS_OF_CITATION, question
from api.forms import NEGOTIATED, form_of
from api.languages import language_of
from api.responses import answer, etag, moved
from api.services import Services, ServicesDep, base_url
from api.tags import state_tag
from api.taking import cited_selection, named_file
from geo import dates
from geo.errors import Gone
from geo.formats.files import file_name
from web.citing import MANNERS, Cited, Manner

router = APIRouter()


@router.get("/projects/{project_id}/cite")
def cite_record(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Answer how a record is cited: as text, BibTeX, RIS or CSL-JSON."""
    parameters.check_known(request.query_params, parameters.FORMED)
    manner, tag = _manner(request), _tag(request, given)
    try:
        record = given.catalog.get(project_id)
    except Gone as gone:
        if gone.successor is None:
            raise
        return moved(f"{base_url(request)}/projects/{gone.successor}/cite{question(request.query_params, 'f')}")
    cited = Cited(
        title=orjson.loads(record.feature)["properties"]["name"],
        work=given.settings.title,
        address=f"{base_url(request)}/projects/{project_id}",
        accessed=dates.today(),
        release=given.release(),
        id=project_id,
        revision=record.revision,
    )
    name = file_name({project_id: []}, dates.today(), manner.suffix)
    return _answer(request, tag, cited, {"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/cite")
def cite_selection(request: Request, given: ServicesDep) -> Response:
    """Answer how the records of a question are cited: as text, BibTeX, RIS or CSL-JSON."""
    known = (*parameters.MATCHING, *parameters.FORMED)
    query = parameters.read_query(request.query_params, known, given.settings.page_size)
    tag = _tag(request, given)
    count, _ = given.catalog.count(query, ())
    cited = cited_selection(request, given, language_of(request), query, count)
    return _answer(request, tag, cited, named_file(request, _manner(request).suffix))


def _manner(request: Request) -> Manner:
    return MANNERS[form_of(request, FORMS_OF_CITATION).name]


def _tag(request: Request, given: Services) -> str:
    return etag(state_tag(request, given), given.release(), language_of(request).code)


def _answer(request: Request, tag: str, cited: Cited, file: dict[str, str]) -> Response:
    """Return a citation; what a program of references reads is a file, the text is shown."""
    manner = _manner(request)
    language = language_of(request)
    headers = {"Content-Language": language.code, **NEGOTIATED, **({} if manner.suffix == "txt" else file)}
    return answer(request, tag, lambda: manner.make(language, cited).encode(), manner.media_type, headers)
