"""A row of a record that is there: which of its cells say something else, and the record as it would be then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.bulk.answers import TARGET
from geo.bulk.placing import geometry_of, is_same_place
from geo.bulk.profile import Profile
from geo.bulk.row import Row
from geo.bulk.said import UNCOMPARED, cells_of, is_said
from geo.bulk.stating import Stated, claims_of, sources_of
from geo.bulk.targets import targets
from geo.formats.cells import Cell
from geo.store import Revision

# Cells that are a field of the record each.
_FIELDS = ("name", "region", "locality", "location_note", "summary")
_CODES = ("kind", "location_accuracy")
_CLAIMS = {
    "status": "events",
    "status_date": "events",
    "start_planned": "events",
    "start_actual": "events",
    "owners": "owners",
    "operator": "owners",
    "capacity": "capacities",
    "capacity_gwh_per_year": "capacities",
    "capacity_lce_t_per_year": "capacities",
}
_PLACE = frozenset({"lon", "lat", "coordinates"})
_SOURCE = frozenset({"source_addresses", "source_title", "source_publisher", "source_published", "source_type"})
_ADDRESSES = "source_addresses"
_BESIDE = frozenset({"capacity_unit", "capacity_product", "capacity_basis", "status_note", "id", TARGET})
# Columns without which an empty cell says nothing of a record, since our tables have none of this name.
_OTHER_NAMES = "other_names"


def changed_feature(row: Row, profile: Profile, base: Revision, now: Revision) -> Stated | None:
    """Return the record as it would be with what a row says otherwise than revision `base` did; None for nothing.

    What was changed since by others stays, and is refused where the row says something else there.
    """
    assert now.project is not None
    before, current = cells_of(base), cells_of(now)
    edited = [target for target in row.said if _is_edited(row, profile, target, before)]
    moved = row.raw.geometry is not None and base.project is not None and _is_moved(row, profile, base.project.geometry)
    for target in edited:
        _refuse_changed_since(row, target, before, current)
    if not (edited or moved) or row.is_refused:
        return None
    feature = now.project.to_feature()
    feature = {**feature, "properties": {**feature["properties"]}}
    _set_fields(row, edited, feature["properties"])
    if moved or _PLACE & set(edited):
        _set_place(row, profile, feature, moved=moved)
    if "status" in edited and "status_date" not in edited:
        row.said["status_date"] = ""  # since when the former stage holds
    _add_claims(row, profile, edited, feature["properties"])
    return None if row.is_refused else feature


def _is_moved(row: Row, profile: Profile, before: Any) -> bool:
    """Return whether the geometry of a row is another one than that of the record."""
    given = geometry_of(row, profile, None)
    return given is not None and not is_same_place(given, before)


def _refuse_changed_since(row: Row, target: str, before: Mapping[str, Cell], current: Mapping[str, Cell]) -> None:
    is_known = target in current and not is_said(row.text(target), current[target])
    if is_known and current[target] != before.get(target):
        row.refuse("cell-changed-since", target, now=str(current[target])[:100])


def _is_edited(row: Row, profile: Profile, target: str, before: Mapping[str, Cell]) -> bool:
    """Return whether a cell says something else than the record; one that follows from others is only told."""
    text = row.text(target)
    if target in UNCOMPARED | _BESIDE | (_SOURCE - {_ADDRESSES}):
        return False
    if target == _OTHER_NAMES or target not in before:
        return bool(text)
    if is_said(text, before[target]):
        return False
    if targets()[target].kind == "kept":
        row.remark("cell-derived", target, now=str(before[target])[:100])
        return False
    if text:
        return True
    return _clears(row, profile, target, before[target])


def _clears(row: Row, profile: Profile, target: str, value: Cell) -> bool:
    """Return whether an empty cell takes out what the record says, which its author decides."""
    if target in _CLAIMS or target in _PLACE or target == _ADDRESSES:
        row.remark("cell-emptied", target, now=str(value)[:100])
        return False
    if "empty-keeps" in profile.repairs:
        row.consents("empty-keeps", target, str(value)[:100])
        return False
    return row.consents("empty-clears", target, str(value)[:100])


def _set_fields(row: Row, edited: list[str], stated: Stated) -> None:
    for target in edited:
        if target in _FIELDS:
            stated[target] = row.text(target)
        elif target in _CODES:
            stated[target] = row.code(target)
        elif target == "country":
            stated[target] = row.country()
        elif target == "location_radius_km":
            stated[target] = row.figure(target)
        elif target == _OTHER_NAMES:
            known = stated.get(_OTHER_NAMES, [])
            stated[_OTHER_NAMES] = [*known, *(each for each in row.texts(_OTHER_NAMES) if each not in known)]
        if stated.get(target, 0) in (None, "", []):
            del stated[target]


def _set_place(row: Row, profile: Profile, feature: Stated, *, moved: bool) -> None:
    """Put the place of a row into a record: its geometry where that is another one, or else its coordinates."""
    if not moved and feature["geometry"] is not None and feature["geometry"]["type"] != "Point":
        row.refuse("place-is-area", column=row.column(next(iter(_PLACE & set(row.said)), "lon")))
        return
    feature["geometry"] = geometry_of(row, profile, feature["properties"].get("country"), of_cells=not moved)


def _add_claims(row: Row, profile: Profile, edited: list[str], stated: Stated) -> None:
    """Add the claims of which cells say something new; they stand beside those that are there, with their source."""
    lists = {_CLAIMS[target] for target in edited if target in _CLAIMS}
    if not lists and _ADDRESSES not in edited:
        return
    taken = {source["id"] for source in stated["sources"]}
    sources = [each for each in sources_of(row, profile, taken) if each["url"] not in _addresses(stated)]
    named = sources or [each for each in stated["sources"] if each.get("url") == profile.source.get("url")]
    if lists and not named:
        row.refuse("claim-without-source", next(target for target in edited if target in _CLAIMS))
        return
    told = claims_of(row, named, stated.get("kind"), lists)
    new = {name: [each for each in told[name] if not _is_there(each, stated.get(name, []))] for name in lists}
    for name, claims in new.items():
        if claims:
            stated[name] = [*stated.get(name, []), *claims]
    if any(new.values()) or _ADDRESSES in edited:
        stated["sources"] = [*stated["sources"], *sources]


def _addresses(stated: Stated) -> set[str | None]:
    return {source.get("url") for source in stated["sources"]}


_TELLING = ("date", "type", "status", "expected", "name", "role", "share_pct", "product", "value", "unit", "basis")


def _is_there(claim: Stated, known: list[Any]) -> bool:
    """Return whether a record has a claim that says the same, whatever its words and its sources."""
    wanted = [claim.get(name) for name in _TELLING]
    return any([each.get(name) for name in _TELLING] == wanted for each in known)
