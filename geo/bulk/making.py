"""A row as a new record, where nothing is known but the row."""

from __future__ import annotations

from geo.bulk.profile import Profile
from geo.bulk.row import Row
from geo.bulk.stating import feature_of
from geo.bulk.targets import taken_targets, targets
from geo.errors import InvalidRecord
from geo.faults import Fault, Value
from geo.records.project import Project
from geo.text import slug
from geo.vocabulary import ALL


def project_of(row: Row, profile: Profile, stated_id: str) -> Project | None:
    """Return the record that the cells of a row state, None where it breaks rules: the row is told all of them."""
    stated = feature_of(row, profile)
    properties = stated["properties"]
    proposed = stated_id or _proposed(properties.get("country") or "xx", properties.get("name") or "")
    try:
        return Project.from_feature({**stated, "id": proposed})
    except InvalidRecord as error:
        told = {_TOLD_OTHERWISE.get(each.rule) for each in row.faults}
        for each in error.faults:
            if _is_told(each, row, told):
                continue
            if _is_lacking(each, row):
                _refuse_lacking(row, each.pointer.removeprefix("/properties/"))
            else:
                row.faults.append(each)
        return None


def _proposed(country: str, name: str) -> str:
    """Return the id that a new record is given: the same for the same row, whenever it is imported."""
    return f"{country.lower()}-{slug(name)[:70].strip('-') or 'project'}"


# What a cell of a row was refused for says the same as what the record then lacks.
_TOLD_OTHERWISE = {
    "row-without-source": "/properties/sources",
    "cell-no-country": "/properties/country",
}
_OF_PLACE = ("/geometry", "/properties/location_sources")


def _is_told(each: Fault, row: Row, told: set[str | None]) -> bool:
    """Return whether a fault of a record only follows from what was said of a cell."""
    name = each.pointer.removeprefix("/properties/")
    if each.pointer in told or each in row.faults:
        return True
    if "/properties/sources" in told and each.pointer.endswith("sources"):
        return True
    is_place_told = any(fault.severity == "error" for fault in row.faults)
    if each.pointer in _OF_PLACE and is_place_told:
        return True
    return each.rule == "missing" and bool(row.text(name))


def _is_lacking(each: Fault, row: Row) -> bool:
    """Return whether a record lacks what a cell could say, and no cell does."""
    name = each.pointer.removeprefix("/properties/")
    return each.rule == "missing" and name in taken_targets() and not row.text(name)


def _refuse_lacking(row: Row, target: str) -> None:
    vocabulary = targets()[target].vocabulary
    codes: dict[str, Value] = {"codes": tuple(ALL[vocabulary].codes)} if vocabulary else {}
    row.refuse("row-without-cell", target=target, **codes)
