"""Documents of the API: each as JSON, and as a page that says the same to people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.forms import AS_HTML, DOCUMENT, NEGOTIATED, Form, form_of
from api.languages import PARAMETER, language_of
from api.links import API, Link, link, link_header
from api.reading import page_headers
from api.responses import HTML, answer, etag
from api.services import Services, base_url
from web import documents
from web.language import Language

Document = dict[str, Any]
Show = Callable[[Language, Document], documents.Shown]


def document(
    request: Request,
    given: Services,
    tag: str,
    make: Callable[[], Document],
    show: Show,
    forms: tuple[Form, ...] = DOCUMENT,
) -> Response:
    """Answer a document in the form that is asked for; `show` says how a page shows it.

    What `make` returns gets the links to itself and to its other forms in front of its own.
    """
    form = form_of(request, forms)
    own = form_links(request, form, forms)

    def whole() -> Document:
        made = make()
        return {**made, "links": [*own, *made.get("links", [])]}

    if form is AS_HTML:
        return page(request, given, tag, lambda language: show(language, whole()))
    headers = {"Link": link_header(own), **NEGOTIATED}
    return answer(request, etag(tag, form.name), lambda: orjson.dumps(whole()), form.media_type, headers)


def page(request: Request, given: Services, tag: str, make: Callable[[Language], documents.Shown]) -> Response:
    """Answer a document as a page in the reader's language."""
    language = language_of(request)
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != PARAMETER]

    def html() -> bytes:
        shown, trail = make(language), trail_of(request)
        return documents.document_page(given.settings.site, shown, trail, asked, language).encode()

    headers = {**page_headers(request, language), **NEGOTIATED}
    return answer(request, etag(tag, AS_HTML.name, language.code), html, HTML, headers)


def form_links(
    request: Request, form: Form, forms: tuple[Form, ...], more: Sequence[tuple[str, str]] = ()
) -> list[Link]:
    """Return the links of a document to itself and to its other forms (/req/core/fc-links and its like).

    Those of a page name every form: a browser that follows one without would be answered with the page again. The
    other forms are asked for with `more` parameters, without which they would not hold the same.
    """
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name not in ("f", PARAMETER)]
    address = f"{base_url(request)}{request.scope['path']}"

    def to(each: Form) -> Link:
        same = pairs if each is form else [*pairs, *more]
        asked = same if each is forms[0] and form is not AS_HTML else [*same, ("f", each.name)]
        href = f"{address}?{urlencode(asked, safe=',/:')}" if asked else address
        rel = "self" if each is form else "alternate"
        return link(href, rel, each.media_type, f"This document as {each.title}")

    return [to(form), *(to(each) for each in forms if each is not form)]


def trail_of(request: Request) -> list[tuple[str, str]]:
    """Return the way from the API's landing page to an address: the name and the path of each step."""
    steps = [step for step in request.scope["path"].removeprefix(API).split("/") if step]
    paths = ["/".join([API, *steps[: at + 1]]) for at in range(len(steps))]
    return [("API", API), *zip(steps, paths, strict=True)]


def shown(key: str, about: str = "", **values: object) -> Show:
    """Return a way to show a document member by member; the title and what is said below are keys of the texts."""

    def show(language: Language, made: Document) -> documents.Shown:
        return documents.plain(language.say(key, **values), made, language.say(about) if about else "")

    return show
