"""Stories: the guided pages of the data folder."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.languages import language_of
from api.reading import content_security_policy
from api.responses import etag
from api.routes.pages import page
from api.services import Services, ServicesDep
from api.tags import static_tag
from geo.paths import data_folder
from web import pages
from web.stories import read_stories

router = APIRouter()


@router.get("/stories")
def stories_page(request: Request, given: ServicesDep) -> Response:
    """Answer the list of stories."""
    stories = list(read_stories(data_folder()).values())
    return _page(request, given, pages.stories_page(given.settings.site, stories, language_of(request)))


@router.get("/stories/{name}")
def story_page(name: str, request: Request, given: ServicesDep) -> Response:
    """Answer a story; beside it stands the map, a page of ours in a frame."""
    story = read_stories(data_folder()).get(name)
    if story is None:
        raise HTTPException(404)
    html = pages.story_page(given.settings.site, story, language_of(request))
    return _page(request, given, html, f"{content_security_policy()}; frame-src 'self'")


def _page(request: Request, given: Services, html: str, policy: str = "") -> Response:
    tag = etag(static_tag(request, given), html)  # a story is a file of data, which code and settings do not tell of
    return page(request, tag, html.encode(), policy)
