"""What was asked for and in which form: values by parameter, the format of the answer, and all of it in words."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from api.filters import WrongParameter, once
from api.parameters import MATCHING
from api.responses import GEOJSON, JSON
from api.services import Services
from geo.columns import PROJECTS
from geo.formats.registry import FORMATS, Format
from geo.query import Query
from web.asking import ORDER, in_words
from web.language import Language

_MOST_ACCEPT = 1000  # bytes of Accept that are read
PAGES = "geojson"  # the name of the form that comes in pages; each other one is a file
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


def named(params: QueryParams, known: Iterable[str], default: str) -> str:
    """Return the name of a form that `f` asks for; raises InvalidQuery for one that there is not."""
    name, names = once(params, "f"), tuple(known)
    if name is not None and name not in names:
        raise WrongParameter("f", "format-unknown", name=name[:40], known=names)
    return name or default


def file_format(request: Request) -> Format | None:
    """Return the format of a file that `f` asks for or, where it is not there, Accept; None for pages of GeoJSON."""
    offers = _offers()
    liked = offers[_liked(",".join(request.headers.getlist("accept"))[:_MOST_ACCEPT], tuple(offers))]
    return FORMATS.get(named(request.query_params, (PAGES, *FORMATS), liked))


@functools.cache
def _offers() -> dict[str, str]:
    """Return the name of each form by its media type."""
    return {GEOJSON: PAGES, JSON: PAGES, **{each.plain_type: each.name for each in FORMATS.values()}}


@functools.lru_cache(maxsize=1024)
def _liked(accept: str, offers: tuple[str, ...]) -> str:
    """Return the offer that a client likes most (RFC 9110 section 12.5.1); the first where it likes none or all."""
    weights = dict(map(_weighted, accept.lower().split(",")))

    def weight(offer: str) -> float:
        wider = (offer, f"{offer.partition('/')[0]}/*", "*/*")
        return next((weights[each] for each in wider if each in weights), 0.0)

    return max(offers, key=weight)


def _weighted(item: str) -> tuple[str, float]:
    media, *options = (part.strip() for part in item.split(";"))
    stated = (re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", option) for option in options)
    return media, next((float(match.group(1)) for match in stated if match), 1.0)
