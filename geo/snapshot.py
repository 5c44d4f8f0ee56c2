"""All matching records as compact columns: what a map needs to draw, count and search them."""

from __future__ import annotations

from typing import Any

from geo import folding, vocabulary
from geo.catalog import Catalog
from geo.columns import PROJECTS
from geo.countries import country_names
from geo.query import Query

# Columns that are sent under their own names, and those that are shorter here.
_SENT = ("id", "name", "kind", "status", "status_date", "status_date_basis", "country")
_SHORT = {
    "accuracy": "location_accuracy",
    "radius_km": "location_radius_km",
    "owners": "owners",
    "search": "search",
    "lce": "capacity_lce_t_per_year",
    "lce_basis": "capacity_lce_t_per_year_basis",
    "gwh": "capacity_gwh_per_year",
    "gwh_basis": "capacity_gwh_per_year_basis",
}
_VOCABULARIES = (
    "kind",
    "status",
    "status_group",
    "status_date_basis",
    "location_accuracy",
    "segment",
    "capacity_basis",
)


def snapshot(catalog: Catalog, query: Query) -> dict[str, Any]:
    """Return the columns of every record that the query means, in the order of ids.

    Codes are positions in the vocabularies that come along. `lon` and `lat` are WGS 84 degrees, null where only the
    country or nothing is known of the place. `events` holds the stages that were reached, as [date, status].
    `folding` is the rule by which words are searched.
    """
    version = catalog.version()
    names = {name: name for name in _SENT} | _SHORT
    found = catalog.columns(query, [*names.values(), "point", "footprint", "stages"])
    points = [point or (None, None) for point in found["point"]]
    return {
        "version": version,
        "numberMatched": len(found["id"]),
        "vocabularies": {name: [_term(term) for term in vocabulary.ALL[name]] for name in _VOCABULARIES},
        "countries": {code: country_names()[code] for code in sorted(set(found["country"]))},
        "folding": folding.table(),
        "columns": {
            **{short: _coded(name, found[name]) for short, name in names.items()},
            "lon": [longitude for longitude, _ in points],
            "lat": [latitude for _, latitude in points],
            "events": [[[date, vocabulary.STATUSES.position(s)] for date, s in stages] for stages in found["stages"]],
        },
        "areas": {str(row): area for row, area in enumerate(found["footprint"]) if area is not None},
    }


def _coded(name: str, values: list[Any]) -> list[Any]:
    terms = PROJECTS[name].vocabulary if name in PROJECTS else None
    return values if terms is None else [None if value is None else terms.position(value) for value in values]


def _term(term: vocabulary.Term) -> dict[str, str]:
    shown = {"code": term.code, "label": term.label, "definition": term.definition, "group": term.group}
    return {**shown, "search": term.search}
