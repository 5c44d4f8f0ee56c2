"""How many records there are of what, and how fresh they are: what an instance can say of its own data."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from geo.catalog import Catalog
from geo.columns import PROJECTS
from geo.filter import Compare, In
from geo.query import Query
from geo.vocabulary import STATUS_GROUPS

_CROSSED = ("kind", "country")


@dataclass(frozen=True)
class Coverage:
    """Counts of records: `kind` and `country` by code and group of stages, the others by code."""

    total: int
    sources: int
    stale: int
    looked_for: int  # since a year ago
    groups: dict[str, int]
    kinds: dict[str, Counter[str]]
    countries: dict[str, Counter[str]]
    accuracies: dict[str, int]
    date_bases: dict[str, int]


def coverage(catalog: Catalog, today: dt.date) -> Coverage:
    """Return how many records of what the catalog has today."""
    counted = ("status_group", "location_accuracy", "status_date_basis", "sources_count")
    total, counts = catalog.count(Query(), counted)
    crossed = {group.code: _of_group(catalog, group.code) for group in STATUS_GROUPS}
    a_year_ago = (today - relativedelta(years=1)).isoformat()
    return Coverage(
        total=total,
        sources=sum(int(number) * records for number, records in counts["sources_count"].items()),
        stale=_number(catalog, Query(filter=Compare("status_stale", "=", True))),
        looked_for=_number(catalog, Query(filter=Compare("checked", ">=", a_year_ago))),
        groups=counts["status_group"],
        kinds=_by_code(crossed, "kind"),
        countries=_by_code(crossed, "country"),
        accuracies=counts["location_accuracy"],
        date_bases=counts["status_date_basis"],
    )


def _number(catalog: Catalog, query: Query) -> int:
    return catalog.count(query, ())[0]


def _of_group(catalog: Catalog, group: str) -> dict[str, dict[str, int]]:
    return catalog.count(Query(filter=In("status_group", frozenset({group}))), _CROSSED)[1]


def _by_code(crossed: dict[str, dict[str, dict[str, int]]], column: str) -> dict[str, Counter[str]]:
    """Return for each code of a column the counts by group; codes in their order, countries by their numbers."""
    found: dict[str, Counter[str]] = {}
    for group, counts in crossed.items():
        for code, number in counts[column].items():
            found.setdefault(code, Counter())[group] = number
    known = PROJECTS[column].vocabulary
    order = known.position if known else lambda code: -found[code].total()
    return {code: found[code] for code in sorted(found, key=lambda code: (order(code), code))}
