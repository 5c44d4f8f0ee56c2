"""What the form asks while it is filled in: the parameters, and one small reader for each question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from starlette.datastructures import QueryParams

from api.filters import NUMBER, Parameter, WrongParameter, once
from api.languages import PARAMETER as LANGUAGE
from api.links import API, COLLECTION
from api.parameters import PARAMETERS, check_known
from api.responses import JSON
from geo.countries import country_names
from geo.gazetteer import MOST_NAME
from geo.records.fields import ID_PATTERN
from geo.vocabulary import KINDS

MOST_ADDRESS = 2_000  # characters

_NAME = {"type": "string", "maxLength": MOST_NAME}
_COUNTRY = {"type": "string", "enum": sorted(country_names())}
_DEGREES = {"type": "string", "pattern": f"^{NUMBER}$"}

ABOUT = (
    Parameter("url", "The address of a text, as it was pasted.", {"type": "string", "maxLength": MOST_ADDRESS}),
    PARAMETERS[LANGUAGE],
)
PLACES = (
    Parameter("q", "How the name of a town, region or country begins; behind a comma the country may stand.", _NAME),
    Parameter("country", "Only places in this country (ISO 3166-1 alpha-2).", _COUNTRY),
    PARAMETERS[LANGUAGE],
)
ALIKE = (
    Parameter("name", "The name of a project, or what has been typed of it.", _NAME),
    Parameter("other_name", "Another name of it.", _NAME),
    Parameter("country", "The country in which it is (ISO 3166-1 alpha-2).", _COUNTRY),
    Parameter(
        "kind",
        "What it is, which decides between records that are as much alike.",
        {"type": "string", "enum": KINDS.codes},
    ),
    Parameter("lat", "Its latitude in degrees (WGS 84).", _DEGREES),
    Parameter("lon", "Its longitude in degrees (WGS 84).", _DEGREES),
    Parameter("owner", "The name of a party to it.", _NAME),
    Parameter(
        "id", "The record that it is, which is not among the answers.", {"type": "string", "pattern": ID_PATTERN}
    ),
    PARAMETERS[LANGUAGE],
)


def read_address(params: QueryParams) -> str:
    """Return the address that is asked about; raises InvalidQuery."""
    check_known(params, _names(ABOUT))
    return _text(params, "url", MOST_ADDRESS)


def read_place(params: QueryParams) -> tuple[str, str | None]:
    """Return how a place's name begins, and the country in which it is; raises InvalidQuery."""
    check_known(params, _names(PLACES))
    return _text(params, "q"), _code(params, "country", country_names())


def read_described(params: QueryParams) -> Mapping[str, Any]:
    """Return as much of a record as has been said, as a GeoJSON feature; raises InvalidQuery."""
    check_known(params, _names(ALIKE))
    lat, lon = (_degrees(params, name, most) for name, most in (("lat", 90), ("lon", 180)))
    placed = lat is not None and lon is not None
    others, owner = _text(params, "other_name"), _text(params, "owner")
    return {
        "id": _text(params, "id"),
        "geometry": {"type": "Point", "coordinates": [lon, lat]} if placed else None,
        "properties": {
            "name": _text(params, "name"),
            "other_names": [others] if others else [],
            "country": _code(params, "country", country_names()),
            "kind": _code(params, "kind", KINDS.codes),
            "owners": [{"name": owner}] if owner else [],
        },
    }


def _names(asked: Iterable[Parameter]) -> list[str]:
    return [each.name for each in asked]


def _text(params: QueryParams, name: str, most: int = MOST_NAME) -> str:
    text = once(params, name) or ""
    if len(text) > most:
        raise WrongParameter(name, "value-too-long", name=name, most=most)
    return text.strip()


def _code(params: QueryParams, name: str, known: Iterable[str]) -> str | None:
    code = once(params, name)
    if code is not None and code not in known:
        raise WrongParameter(name, "not-one-of", name=name, value=code[:40], known=tuple(known))
    return code


def _degrees(params: QueryParams, name: str, most: int) -> float | None:
    text = once(params, name)
    if text is None:
        return None
    if not re.fullmatch(NUMBER, text, re.ASCII) or not abs(float(text)) <= most:
        raise WrongParameter(name, "degrees-form", name=name, text=text[:40], most=most)
    return float(text)


def paths(read: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the operations that the form asks while it is filled in, by their paths."""
    asked = {
        "/addresses": ("address", "What follows from the address of a source", ABOUT),
        "/places": ("places", "Towns, regions and countries by name", PLACES),
        f"{COLLECTION.removeprefix(API)}/alike": ("alike", "Records that resemble a described one", ALIKE),
    }
    found: dict[str, dict[str, Any]] = {}
    for path, (name, summary, told) in asked.items():
        operation = read(name, summary, JSON)
        operation["parameters"] += [each.openapi() for each in told]
        found[path] = {"get": operation}
    return found
