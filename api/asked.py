"""What was asked for and in which form: values by parameter, the format of the answer, and all of it in words."""

from __future__ import annotations

import dataclasses
import functools
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from api import crs
from api.collections import OF_PROJECTS, Collection
from api.filters import asked_texts
from api.forms import AS_HTML, Form
from api.parameters import filter_language, matching, parse_bbox
from api.responses import GEOJSON, JSON
from api.services import Services
from geo.columns import PROJECTS, Columns
from geo.cql2.reading import read_node
from geo.cql2.written import text_of
from geo.filter import Box
from geo.formats.registry import formats_of
from geo.query import Query
from web.asking import ORDER, PARTIES, in_words
from web.citing import MANNERS
from web.language import Language


def asked(params: QueryParams, columns: Columns = PROJECTS) -> dict[str, list[str]]:
    """Return the values of each parameter that chooses records, in the order in which they are told."""
    known = [name for name in matching(columns) if name != "bbox-crs"]
    names = [name for name in dict.fromkeys((*ORDER, *known)) if name in known and name in params]
    given = {name: params.getlist(name) for name in names}
    if "bbox-crs" in params and "bbox" in params:
        given["bbox"] = [_in_degrees(parse_bbox(params["bbox"], crs.asked(params, "bbox-crs")))]
    return {name: _parts(columns, name, texts) for name, texts in given.items()}


def _in_degrees(box: Box) -> str:
    return ",".join(f"{number:.7f}".rstrip("0").rstrip(".") for number in dataclasses.astuple(box))


def _parts(columns: Columns, name: str, texts: list[str]) -> list[str]:
    return list(dict.fromkeys(asked_texts(columns[name], texts) if name in columns else texts))


def question(params: QueryParams, *more: str, columns: Columns = PROJECTS) -> str:
    """Return the part of an address that asks for the same records: what chooses them, and the parameters `more`."""
    kept = [(name, value) for name, value in params.multi_items() if name in (*matching(columns), *more)]
    return f"?{urlencode(kept, safe=',/:')}" if kept else ""


def words(
    given: Services, language: Language, params: QueryParams, query: Query, collection: Collection = OF_PROJECTS
) -> str:
    """Return in words which records of a collection were asked for."""
    values = asked(params, collection.columns)
    if "filter" in values:  # as it is written shortest; one that cannot be read was refused before
        filters = read_node(values["filter"][0], filter_language(params.get("filter-lang")))
        values["filter"] = [text_of(filters)]
    ids = [each for name in PARTIES for each in values.get(name, ())]
    parties = given.catalog.party_names(ids)
    return in_words(language, values, query.as_of, parties, collection.contents)


PAGES = Form(("geojson", "json"), (GEOJSON, JSON), "GeoJSON")  # comes in pages, as what is read does; a file has all
FORMS_OF_ITEM = (PAGES, AS_HTML)
FORMS_OF_CITATION = tuple(Form((name,), (each.plain_type,), name) for name, each in MANNERS.items())


@functools.cache
def forms_of_items(collection: Collection = OF_PROJECTS) -> tuple[Form, ...]:
    """Return every form in which the features of a collection are answered."""
    files = formats_of(collection.columns)
    return (PAGES, AS_HTML, *(Form((each.name,), (each.plain_type,), each.title) for each in files))
