"""What a program reads before it asks: `/llms.txt`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parameters
from api.assistants.llms import COUNTED, Told, llms_text
from api.responses import answer, etag
from api.services import ServicesDep, base_url
from api.tags import state_tag
from geo.query import Query

router = APIRouter()

TEXT = "text/plain; charset=utf-8"


@router.get("/llms.txt")
def llms(request: Request, given: ServicesDep) -> Response:
    """Answer what is where on this server, and what to mind, as Markdown (llmstxt.org)."""
    parameters.check_known(request.query_params, [])
    release = given.release()

    def make() -> bytes:
        total, counts = given.catalog.count(Query(), COUNTED)
        site = given.settings.site
        return llms_text(Told(site.title, base_url(request), total, counts, release, site.is_published)).encode()

    return answer(request, etag(state_tag(request, given), release), make, TEXT)
