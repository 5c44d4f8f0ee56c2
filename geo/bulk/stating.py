"""What a row states: as a new record, or as claims that a record gains."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from geo.bulk.placing import geometry_of
from geo.bulk.profile import Profile
from geo.bulk.row import Row
from geo.bulk.targets import product_of, summaries
from geo.records.ids import free_source_id
from geo.vocabulary import STATUSES

Stated = dict[str, Any]

_MOST_TITLE = 200  # characters of a source's title in a sentence


def sources_of(row: Row, profile: Profile, taken: set[str] | None = None) -> list[Stated]:
    """Return the sources that a row names, and that of the whole file, under ids that are not taken."""
    ids = set(taken or ())
    told = {
        "publisher": row.text("source_publisher") or None,
        "published": row.date("source_published"),
        "type": row.code("source_type"),
    }
    addresses, title = row.addresses(), row.text("source_title")
    named: list[Stated] = [{"url": each, "title": title or each[:500], **told} for each in addresses]
    whole = profile.source
    if whole and whole.get("url") not in addresses:
        named.append({"title": whole["url"][:500], **whole})
    found = []
    for each in named:
        source_id = free_source_id(ids)
        ids.add(source_id)
        found.append({"id": source_id, **{name: value for name, value in each.items() if value}})
    return found


def feature_of(row: Row, profile: Profile) -> Stated:
    """Return the record that a row states, as a GeoJSON feature without an id."""
    sources = sources_of(row, profile)
    if not sources:
        row.refuse("row-without-source")
    cited = [each["id"] for each in sources]
    country = row.country()
    geometry = geometry_of(row, profile, country)
    kind = row.code("kind")
    stated: Stated = {
        "name": row.text("name"),
        "other_names": row.texts("other_names"),
        "kind": kind,
        "country": country,
        "region": row.text("region"),
        "locality": row.text("locality"),
        "location_accuracy": row.code("location_accuracy"),
        "location_radius_km": row.figure("location_radius_km"),
        "location_note": row.text("location_note"),
        "summary": row.text("summary"),
        **claims_of(row, sources, kind),
        "sources": sources,
    }
    if stated["location_accuracy"] not in (None, "undisclosed"):
        stated["location_sources"] = cited
    given = {name: value for name, value in stated.items() if value not in (None, "", [])}
    return {"type": "Feature", "geometry": geometry, "properties": given}


LISTS = ("events", "owners", "capacities")


def claims_of(row: Row, sources: list[Stated], kind: str | None, lists: Collection[str] = LISTS) -> Stated:
    """Return the claims of a row, by the name of their list."""
    made: dict[str, Callable[[], list[Stated]]] = {
        "events": lambda: _events(row, sources),
        "owners": lambda: _owners(row, sources),
        "capacities": lambda: _capacities(row, sources, kind),
    }
    return {name: make() for name, make in made.items() if name in lists}


def _events(row: Row, sources: list[Stated]) -> list[Stated]:
    cited, title = [each["id"] for each in sources], sources[0]["title"][:_MOST_TITLE] if sources else ""
    status, since = row.code("status"), row.date("status_date")
    started, planned = row.date("start_actual"), row.date("start_planned")
    events = []
    if status is not None and status != "unknown" and not (status == "operating" and started and not since):
        events.append(_stage(row, sources, status, since, title))
    if started:
        said = summaries()["start_actual"].format(said=row.text("start_actual"), title=title)
        events.append({"date": started, "type": "status", "status": "operating", "summary": said})
    if planned and not started:
        said = summaries()["start_planned"].format(said=row.text("start_planned"), title=title)
        event = {"date": planned, "type": "status", "status": "operating", "expected": True, "summary": said}
        events.append(event)
    return [{**each, "sources": cited} for each in events if each]


def _stage(row: Row, sources: list[Stated], status: str, since: str | None, title: str) -> Stated:
    """Return the event that says a stage: since a day, or by the day of the source at the latest."""
    label = STATUSES[status].label.lower()
    said = row.text("status_note") or summaries()["status"].format(title=title, label=label)
    if since:
        return {"date": since, "type": "status", "status": status, "summary": said}
    told = max((each["published"] for each in sources if each.get("published")), default=None)
    if told is None:
        if not row.text("status_date"):  # of which it was said that nobody can read it
            row.refuse("status-without-date", "status")
        return {}
    return {"date": told, "date_basis": "reported", "type": "snapshot", "status": status, "summary": said}


def _owners(row: Row, sources: list[Stated]) -> list[Stated]:
    cited = [each["id"] for each in sources]
    found: dict[tuple[str, str], Stated] = {}
    for target in ("owners", "operator"):
        for party in row.parties(target):
            told: Stated = {"name": party.name, "role": party.role, "sources": cited}
            told |= {"share_pct": party.share} if party.share else {}
            told |= {"pending": True} if party.pending else {}
            found.setdefault((party.name, party.role), told)
    return list(found.values())


# Columns whose name says the unit and, of lithium, the product.
_FIGURES = {"capacity_gwh_per_year": ("GWh/y", None), "capacity_lce_t_per_year": ("t/y", "lce")}


def _capacities(row: Row, sources: list[Stated], kind: str | None) -> list[Stated]:
    found = [_capacity(row, target, kind, *stated) for target, stated in _FIGURES.items()]
    if not any(found) or row.text("capacity_unit"):  # our own tables say the same figure in two columns
        found.append(_capacity(row, "capacity", kind, None, None))
    cited = [each["id"] for each in sources]
    return [{**each, "sources": cited} for each in found if each]


def _capacity(row: Row, target: str, kind: str | None, unit: str | None, product: str | None) -> Stated | None:
    """Return a capacity; what it lacks is told: neither its unit nor its product nor whether it is built is guessed."""
    amount = row.amount(target)
    if amount is None:
        return None
    if unit is None:
        unit = row.code("capacity_unit", amount.unit) if amount.unit else row.code("capacity_unit")
    product = product or row.code("capacity_product") or product_of(kind or "")
    basis = row.code("capacity_basis") or _basis(row)
    stated = {"capacity_unit": unit, "capacity_product": product, "capacity_basis": basis}
    missing = [name for name, value in stated.items() if value is None]
    if missing:
        row.remark("capacity-not-taken", target, missing=tuple(missing))
        return None
    told: Stated = {"product": product, "value": amount.value, "unit": unit, "basis": basis}
    told |= {"qualifier": amount.qualifier} if amount.qualifier != "unknown" else {}
    return {**told, **({"note": row.text(target)[:300]} if amount.repair == "ranges" else {})}


def _basis(row: Row) -> str | None:
    """Return that a figure is planned where nothing is built yet; of what operates nobody but the table can say."""
    status = row.code("status")
    return "planned" if status and STATUSES[status].group in ("planned", "building") else None
