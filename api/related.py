"""Which features of other collections a feature leads to: who is behind a project, where it is, and what is theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus

import orjson

from api.collections import OF_COUNTRIES, OF_ORGANISATIONS, OF_PROJECTS, Collection
from api.links import CHANGES, Link, item_path, link
from api.responses import ATOM, GEOJSON, JSON
from api.services import Services
from geo.catalog import Record
from geo.countries import country_names

Properties = Mapping[str, Any]


def related_links(base: str, given: Services, collection: Collection, record: Record) -> list[Link]:
    """Return the links from a feature to others, and to those of which it is made (RFC 8288, `related`)."""
    properties = orjson.loads(record.feature)["properties"]
    return _BY_COLLECTION[collection.id](base, given, record.id, properties)


def _of_project(base: str, given: Services, _: str, properties: Properties) -> list[Link]:
    country, known = properties["country"], given.organisations
    parties = {
        owner.get("organisation") or known.id_of(owner["name"]): owner["name"] for owner in properties.get("owners", ())
    }
    return [
        _to_feature(base, OF_COUNTRIES, country, country_names()[country]),
        *(_to_feature(base, OF_ORGANISATIONS, each, name) for each, name in parties.items() if each),
    ]


def _of_organisation(base: str, _: Services, organisation_id: str, properties: Properties) -> list[Link]:
    held = [*properties["held_by"], *properties["holdings"]]
    others = {each["organisation"]: each["name"] for each in held}
    return [
        _to_features(base, OF_PROJECTS, "owner", organisation_id, "Its projects, and those of what it holds"),
        *_changes(base, "owner", organisation_id),
        *(_to_feature(base, OF_ORGANISATIONS, each, name) for each, name in others.items()),
    ]


def _of_country(base: str, _: Services, country: str, properties: Properties) -> list[Link]:
    return [
        _to_features(base, OF_PROJECTS, "country", country, "The projects in it"),
        _to_features(base, OF_ORGANISATIONS, "countries", country, "The organisations behind them"),
        *_changes(base, "country", country),
    ]


_BY_COLLECTION: dict[str, Callable[[str, Services, str, Properties], list[Link]]] = {
    OF_PROJECTS.id: _of_project,
    OF_ORGANISATIONS.id: _of_organisation,
    OF_COUNTRIES.id: _of_country,
}


def _to_feature(base: str, collection: Collection, feature_id: str, title: str) -> Link:
    return link(f"{base}{item_path(collection, feature_id)}", "related", GEOJSON, title)


def _to_features(base: str, collection: Collection, parameter: str, value: str, title: str) -> Link:
    return link(f"{base}{collection.items}?{parameter}={quote_plus(value)}", "related", GEOJSON, title)


def _changes(base: str, parameter: str, value: str) -> list[Link]:
    """Return where one is told of every change of the projects of a feature, also by a feed (RFC 5989, `monitor`)."""
    address = f"{base}{CHANGES}?{parameter}={quote_plus(value)}"
    return [
        link(address, "monitor", JSON, "What changed in its projects"),
        link(f"{address}&f=atom", "monitor", ATOM, "What changed in its projects, as Atom"),
    ]
