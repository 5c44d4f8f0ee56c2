"""What helps while a record is described: what an address tells, places by name, and records that resemble it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.hints import read_address, read_described, read_place
from api.languages import BY_LANGUAGE, language_of
from api.links import API, COLLECTION
from api.problems import shown
from api.responses import JSON, answer
from api.services import ServicesDep
from api.tags import state_tag, static_tag
from geo.addresses.following import About, about
from geo.checks.alike.resembling import resembling
from geo.gazetteer import Place, places_called
from web.language import Language

router = APIRouter()

ADDRESSES = f"{API}/addresses"
PLACES = f"{API}/places"
ALIKE = f"{COLLECTION}/alike"


@router.get(ADDRESSES)
def address(request: Request, given: ServicesDep) -> Response:
    """Answer what follows from a source's address: nobody is asked for it, neither its host nor anyone else."""
    asked = read_address(request.query_params)
    return _answer(request, static_tag(request, given), lambda language: _told(about(asked), language))


@router.get(PLACES)
def places(request: Request, given: ServicesDep) -> Response:
    """Answer the places of the gazetteer whose name begins so."""
    name, country = read_place(request.query_params)
    tag = static_tag(request, given)
    return _answer(request, tag, lambda language: [_place(each, language) for each in places_called(name, country)])


@router.get(ALIKE)
def alike(request: Request, given: ServicesDep) -> Response:
    """Answer the records that resemble one, of which only a part may be known yet."""
    described = read_described(request.query_params)
    tag = state_tag(request, given)
    return _answer(request, tag, lambda _: [each.document() for each in resembling(given.catalog, described)])


def _answer(request: Request, tag: str, make: Callable[[Language], Any]) -> Response:
    language = language_of(request)
    headers = {"Content-Language": language.code, "Vary": BY_LANGUAGE}
    return answer(request, f"{tag}-{language.code}", lambda: orjson.dumps(make(language)), JSON, headers)


def _told(found: About, language: Language) -> Mapping[str, Any]:
    faults = [{**shown(each, language), "severity": each.severity} for each in found.faults]
    return {**{field.name: getattr(found, field.name) for field in dataclasses.fields(found)}, "faults": faults}


def _place(place: Place, language: Language) -> Mapping[str, Any]:
    name = language.country(place.country) if place.kind == "country" else place.name
    return {**dataclasses.asdict(place), "name": name, "country_name": language.country(place.country)}
