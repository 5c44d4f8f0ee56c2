"""In which form an answer is wanted: `f` says it by name, and where it is not there, Accept by media type."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request

from api.filters import WrongParameter, once
from api.languages import BY_LANGUAGE
from api.problems import RequestError
from api.responses import GEOJSON, JSON, OPENAPI, SCHEMA, weight_of, weights

_MOST_ACCEPT = 1000  # bytes of Accept that are read
NEGOTIATED = {"Vary": f"Accept, {BY_LANGUAGE}"}  # what an answer hangs on that comes in several forms


@dataclass(frozen=True)
class Form:
    """A form of an answer: the names by which `f` asks for it, and the media types by which Accept does.

    The first name and the first media type are its own, by which links call it; `title` is what people call it.
    """

    names: tuple[str, ...]
    media_types: tuple[str, ...]
    title: str = ""

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def media_type(self) -> str:
        return self.media_types[0]


AS_JSON = Form(("json",), (JSON,), "JSON")
AS_HTML = Form(("html",), ("text/html",), "HTML")
AS_GEOJSON = Form(("geojson",), (GEOJSON,), "GeoJSON")
AS_CSV = Form(("csv",), ("text/csv",), "CSV")
DOCUMENT = (AS_JSON, AS_HTML)
AS_OPENAPI = (Form(("json",), (OPENAPI, JSON), "OpenAPI"),)
AS_SCHEMA = (Form(("json",), (SCHEMA, JSON), "JSON Schema"), AS_HTML)


class NotAcceptable(RequestError):
    """None of the forms in which there is an answer is one that the client takes."""

    status = HTTPStatus.NOT_ACCEPTABLE


def form_of(request: Request, forms: tuple[Form, ...] = DOCUMENT) -> Form:
    """Return the form that a request asks for; raises InvalidQuery for a name that there is not, and NotAcceptable.

    Whoever asks for none, or for any, gets the first.
    """
    name = once(request.query_params, "f")
    if name is None:
        return _liked(",".join(request.headers.getlist("accept"))[:_MOST_ACCEPT], forms)
    found = next((form for form in forms if name in form.names), None)
    if found is None:
        raise WrongParameter("f", "format-unknown", name=name[:40], known=tuple(form.name for form in forms))
    return found


@functools.lru_cache(maxsize=1024)
def _liked(accept: str, forms: tuple[Form, ...]) -> Form:
    """Return the form that a client likes most (RFC 9110 section 12.5.1), the first of those that it likes alike."""
    asked = weights(accept if accept.strip() else "*/*")
    liked = [max(weight_of(asked, media_type) for media_type in form.media_types) for form in forms]
    best = max(liked)
    if best <= 0:
        known = tuple(form.media_type for form in forms)
        raise NotAcceptable("not-acceptable", known=known, names=tuple(form.name for form in forms))
    return forms[liked.index(best)]
