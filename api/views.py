"""Everything that a record's page shows, gathered from the store, the catalog and the organisations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from api.routes.features import item_body
from api.services import Services
from geo.dates import now
from geo.filter import MOST_VALUES, In
from geo.keys import ANONYMOUS
from geo.query import Query
from geo.records.project import Project
from geo.store import Revision

SHOWN_REVISIONS = 50  # the newest ones; the API has them all
NEAR_KM = 200
MOST_BESIDE = 5

Named = dict[str, dict[str, Any]]


def view_of(given: Services, project_id: str, base: str) -> dict[str, Any]:
    """Return the view of a record, as `web.pages.record_page` takes it; raises NotFound or Gone."""
    record = given.catalog.get(project_id)
    feature = orjson.loads(item_body(record, b"[]"))
    incoming = feature.pop("incoming")
    linked = [link["project"] for link in (*incoming, *feature["properties"].get("links", []))]
    near = given.catalog.near(project_id, NEAR_KM, MOST_BESIDE)
    siblings = given.catalog.of_the_same_parties(project_id, MOST_BESIDE)
    previous, following = given.catalog.adjacent(project_id)
    known = named(given, [*linked, *(each for _, each in near), *siblings, *filter(None, (previous, following))])
    return {
        "feature": feature,
        "areas": given.ground.areas(project_id, record.revision, feature),
        "incoming": [link | {"name": known.get(link["project"], {}).get("name")} for link in incoming],
        "names": {each: known[each]["name"] for each in linked if each in known},
        "revisions": _revisions(given, project_id, record.revision),
        "base_url": base,
        "organisations": given.organisations,
        "near": [known[each] | {"km": max(1, round(km))} for km, each in near if each in known],
        "siblings": [known[each] for each in siblings if each in known],
        "previous": known.get(previous or ""),
        "next": known.get(following or ""),
    }


def view_of_draft(given: Services, project: Project, base: str) -> dict[str, Any]:
    """Return the view of a record that is in no store yet."""
    time = now()
    revision = Revision(0, project.id, 1, "create", ANONYMOUS, None, time, time, project)
    feature = orjson.loads(given.catalog.show(revision).feature)
    linked = [link.project for link in project.properties.links]
    known = named(given, linked) if linked else {}
    names = {each: known[each]["name"] for each in linked if each in known}
    return {"feature": feature, "names": names, "base_url": base, "organisations": given.organisations}


def _revisions(given: Services, project_id: str, newest: int) -> list[dict[str, Any]]:
    return [
        {"revision": r.number, "time": r.time, "author": r.author, "comment": r.comment, "action": r.action}
        for r in given.store.revisions(project_id, after=newest - SHOWN_REVISIONS, records=False)
    ]


def named(given: Services, ids: Iterable[str]) -> Named:
    """Return id, name and status of these records, by id; those that are gone are not in it."""
    asked, names = list(dict.fromkeys(ids)), ("id", "name", "status")
    wanted = [frozenset(asked[start : start + MOST_VALUES]) for start in range(0, len(asked), MOST_VALUES)]
    found = [given.catalog.columns(Query(filter=In("id", part)), names) for part in wanted]
    rows = [dict(zip(names, row, strict=True)) for each in found for row in zip(*(each[n] for n in names), strict=True)]
    return {str(row["id"]): row for row in rows}
