"""All matching records as compact columns: what a map needs to draw, count and search them."""

from __future__ import annotations

from typing import Any

import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from geo import vocabulary
from geo.catalog import Catalog, Match
from geo.countries import country_names
from geo.memory.entry import Entry
from geo.query import Query

_VOCABULARIES = ("kind", "status", "status_group", "status_date_basis", "location_accuracy", "segment")


def snapshot(catalog: Catalog, query: Query) -> dict[str, Any]:
    """Return the columns of every record that the query means, in the order of ids.

    Codes are positions in the vocabularies that come along. `lon` and `lat` are WGS 84 degrees, null where only the
    country or nothing is known of the place. `events` holds the status changes that have happened, as [date, status].
    """
    version = catalog.version()
    matches = list(catalog.matches(query))
    countries = sorted({m.entry.values["country"] for m in matches})
    return {
        "version": version,
        "numberMatched": len(matches),
        "vocabularies": {name: [_term(t) for t in vocabulary.ALL[name]] for name in _VOCABULARIES},
        "countries": {code: country_names()[code] for code in countries},
        "columns": _columns(matches),
        "areas": {str(row): shapely.geometry.mapping(area) for row, m in enumerate(matches) if (area := _footprint(m))},
    }


def _term(term: vocabulary.Term) -> dict[str, str]:
    return {"code": term.code, "label": term.label, "definition": term.definition, "group": term.group}


def _columns(matches: list[Match]) -> dict[str, list[Any]]:
    kinds, statuses, accuracies = vocabulary.KINDS, vocabulary.STATUSES, vocabulary.LOCATION_ACCURACIES
    values = [m.entry.values for m in matches]
    points = [_point(m) for m in matches]
    return {
        "id": [m.entry.id for m in matches],
        "name": [v["name"] for v in values],
        "kind": [kinds.position(v["kind"]) for v in values],
        "status": [statuses.position(m.dated["status"]) for m in matches],
        "status_date": [m.dated["status_date"] for m in matches],
        "status_date_basis": [_position(vocabulary.STATUS_DATE_BASES, m.dated["status_date_basis"]) for m in matches],
        "country": [v["country"] for v in values],
        "accuracy": [accuracies.position(v["location_accuracy"]) for v in values],
        "radius_km": [v["location_radius_km"] for v in values],
        "lon": [point[0] if point else None for point in points],
        "lat": [point[1] if point else None for point in points],
        "owners": [v["owners"] for v in values],
        "search": [v["search"] for v in values],
        "lce": [m.dated["capacity_lce_t_per_year"] for m in matches],
        "gwh": [m.dated["capacity_gwh_per_year"] for m in matches],
        "events": [_events(m.entry) for m in matches],
    }


def _position(terms: vocabulary.Vocabulary[vocabulary.Term], code: str | None) -> int | None:
    return None if code is None else terms.position(code)


def _events(entry: Entry) -> list[list[Any]]:
    reached = [(step.values["status_date"], step.values["status"]) for step in entry.steps]
    return [[date, vocabulary.STATUSES.position(status)] for date, status in dict.fromkeys(reached) if date]


def _point(match: Match) -> tuple[float, float] | None:
    shape = match.entry.shape
    if shape is None or match.entry.values["location_accuracy"] == "country":
        return None
    point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    return (round(float(shapely.get_x(point)), 5), round(float(shapely.get_y(point)), 5))


def _footprint(match: Match) -> BaseGeometry | None:
    shape = match.entry.shape
    if shape is None or shape.geom_type == "Point" or match.entry.values["location_accuracy"] == "country":
        return None
    return shape
