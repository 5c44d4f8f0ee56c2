"""What was asked for and in which form: values by parameter, the format of the answer, and all of it in words."""

from __future__ import annotations

import functools
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api.forms import AS_HTML, Form
from api.parameters import MATCHING
from api.responses import GEOJSON, JSON
from api.services import Services
from geo.columns import PROJECTS
from geo.formats.registry import FORMATS
from geo.query import Query
from web.asking import ORDER, in_words
from web.citing import MANNERS
from web.language import Language

_IN_PARTS = ("code", "country", "ids", "integer", "number")  # kinds of columns whose values commas part


def asked(params: QueryParams) -> dict[str, list[str]]:
    """Return the values of each parameter that chooses records, in the order in which they are told."""
    given = {name: params.getlist(name) for name in dict.fromkeys((*ORDER, *MATCHING)) if name in params}
    return {name: _parts(name, texts) for name, texts in given.items()}


def _parts(name: str, texts: list[str]) -> list[str]:
    is_list = name in PROJECTS and PROJECTS[name].kind in _IN_PARTS
    return list(dict.fromkeys(part for text in texts for part in (text.split(",") if is_list else [text])))


def question(params: QueryParams, *more: str) -> str:
    """Return the part of an address that asks for the same records: what chooses them, and the parameters `more`."""
    kept = [(name, value) for name, value in params.multi_items() if name in (*MATCHING, *more)]
    return f"?{urlencode(kept, safe=',/:')}" if kept else ""


def words(given: Services, language: Language, params: QueryParams, query: Query) -> str:
    """Return in words which records were asked for."""
    values = asked(params)
    return in_words(language, values, query.as_of, given.catalog.party_names(values.get("owner", ())))


PAGES = Form(("geojson", "json"), (GEOJSON, JSON), "GeoJSON")  # comes in pages, as what is read does; a file has all
FORMS_OF_ITEM = (PAGES, AS_HTML)
FORMS_OF_CITATION = tuple(Form((name,), (each.plain_type,), name) for name, each in MANNERS.items())


@functools.cache
def forms_of_items() -> tuple[Form, ...]:
    """Return every form in which records are answered."""
    return (PAGES, AS_HTML, *(Form((each.name,), (each.plain_type,), each.title) for each in FORMATS.values()))
