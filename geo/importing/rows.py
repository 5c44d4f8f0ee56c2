"""A row of a publisher's file as a record, by its profile's table."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pycountry

from geo.errors import LedgerError
from geo.importing.profile import Amount, EventCase, Profile, Row, fill, first_case
from geo.records.ids import proposed_ids
from geo.records.project import Project

_DATASET = "s1"


class LeftOut(LedgerError):
    """The row becomes no record."""


def project_of(profile: Profile, row: Row, references: dict[str, Row]) -> Project:
    """Return the record that a row states; raises LeftOut where it states none, and InvalidRecord for a wrong one."""
    for rule in profile.leave_out:
        if rule.holds(row):
            raise LeftOut("left-out-by-profile", reason=rule.reason)
    kind = first_case(profile.kinds, row)
    if kind is None:
        raise LeftOut("no-kind-for-row")
    row |= {column: re.sub(pattern, "", row.get(column, "")) for column, pattern in profile.cut.items()}
    row = {**row, "locality": _locality(profile, row), "identifier": row.get(profile.identifier, "")}
    return Project.from_feature(_feature(profile, row, kind.kind, _Sources(profile, references)))


def external_id(profile: Profile, row: Row) -> str:
    return row.get(profile.identifier, "")


class _Sources:
    """The sources that the record cites: the dataset first, then the texts that its reference numbers mean."""

    def __init__(self, profile: Profile, references: dict[str, Row]) -> None:
        stated = profile.source.model_dump(exclude_none=True)
        self.cited: list[dict[str, Any]] = [{"id": _DATASET, **stated}]
        self._profile, self._references, self._ids = profile, references, dict[str, str]()

    def of(self, row: Row, column: str | None) -> list[str]:
        number = row.get(column or "", "").removesuffix(".0")
        reference = self._references.get(number)
        if reference is None or self._profile.references is None:
            return [_DATASET]
        if number not in self._ids:
            source = self._source(reference)
            if source is None:
                return [_DATASET]
            self._ids[number] = source["id"]
            self.cited.append(source)
        return [_DATASET, self._ids[number]]

    def _source(self, reference: Row) -> dict[str, Any] | None:
        names = self._profile.references
        url = reference.get(names.url, "") if names else ""
        if names is None or not re.fullmatch(r"https?://[^\s<>\"\\^`{|}]+", url):
            return None
        author, year = reference.get(names.author, ""), reference.get(names.year, "")
        title = " ".join(part for part in (author, f"({year})" if year else "") if part)
        published = {"published": year} if re.fullmatch(r"(19|20)\d\d", year) else {}
        number = len(self.cited) + 1
        return {
            "id": f"s{number}",
            "url": url,
            "title": title or url,
            **({"publisher": author} if author else {}),
            **published,
            "accessed": self._profile.source.accessed,
            "type": "other",
        }


def _feature(profile: Profile, row: Row, kind: str, sources: _Sources) -> dict[str, Any]:
    place = first_case(profile.places, row)
    country = _country(profile, row)
    name = fill(profile.name, row).strip(", ")
    parts = {
        "name": name,
        "kind": kind,
        "country": country,
        "region": _region(country, fill(profile.region or "", row)),
        "locality": row["locality"],
        "location_accuracy": place.accuracy,
        "location_radius_km": place.radius_km,
        "location_note": place.note,
        "location_sources": [_DATASET],
        "summary": fill(profile.summary, row),
        "events": [_event(profile, case, row, sources) for case in profile.events if case.holds(row)],
        "owners": _owners(profile, row),
        **{part: _amounts(profile, part, row, sources) for part in ("capacities", "resource", "investment")},
        "external_ids": [{"dataset": profile.dataset, "id": external_id(profile, row)}],
        "sources": sources.cited,
    }
    position = _position(profile, row)
    if position == [0, 0]:
        raise LeftOut("row-at-zero")
    geometry = {"type": "Point", "coordinates": position}
    stated = {key: value for key, value in parts.items() if value not in (None, "", [])}
    return {"type": "Feature", "id": next(proposed_ids(parts)), "geometry": geometry, "properties": stated}


def _country(profile: Profile, row: Row) -> str:
    stated = fill(profile.country, row)
    if stated in profile.countries:
        return profile.countries[stated]
    try:
        return str(pycountry.countries.lookup(stated).alpha_2)
    except LookupError:
        raise LeftOut("country-not-found", country=stated[:100]) from None


def _region(country: str, stated: str) -> str:
    """Return the region's name where the row has its ISO 3166-2 letters."""
    code = f"{country}-{stated}"
    division = pycountry.subdivisions.get(code=code) if stated else None  # type: ignore[no-untyped-call]
    return str(division.name) if division else stated


def _locality(profile: Profile, row: Row) -> str:
    if profile.locality is None:
        return ""
    column, pattern = profile.locality
    match = re.fullmatch(pattern, row.get(column, ""))
    return match[1].strip() if match else ""


def _position(profile: Profile, row: Row) -> list[float]:
    """Return longitude and latitude (WGS 84)."""
    given = _coordinate(row, profile.longitude), _coordinate(row, profile.latitude)
    if profile.crs is not None:
        from pyproj import Transformer

        # The accuracy of the transformation is some metres; digits beyond 5 would claim more.
        x, y = Transformer.from_crs(profile.crs, "EPSG:4326", always_xy=True).transform(*given)
        return [round(x, 5), round(y, 5)]
    return [round(each, 6) for each in given]


def _coordinate(row: Row, column: str) -> float:
    try:
        return float(row.get(column, "").replace(",", ""))
    except ValueError:
        raise LeftOut("cell-not-a-number", column=column) from None


def _date(profile: Profile, written: str) -> str:
    if profile.date_form is None:
        return written
    try:
        return dt.datetime.strptime(written, profile.date_form).date().isoformat()  # a day has no zone
    except ValueError:
        return written  # such as a date that the profile itself states


def _event(profile: Profile, case: EventCase, row: Row, sources: _Sources) -> dict[str, Any]:
    event = {
        "date": _date(profile, fill(case.date, row)),
        "date_basis": case.date_basis,
        "type": case.type,
        **({"status": case.status} if case.status else {}),
    }
    return {**event, "summary": fill(case.summary, row), "sources": sources.of(row, case.reference)}


def _owners(profile: Profile, row: Row) -> list[dict[str, Any]]:
    if profile.owners is None:
        return []
    names = re.split(profile.owners.split, row.get(profile.owners.column, ""))
    return [
        {"name": name.strip(), "role": profile.owners.role, "sources": [_DATASET]} for name in names if name.strip()
    ]


def _amounts(profile: Profile, part: str, row: Row, sources: _Sources) -> list[dict[str, Any]]:
    cases = [a for a in profile.amounts if a.part == part and a.holds(row) and _number(row, a.column)]
    return [_amount(amount, row, sources) for amount in cases]


def _amount(amount: Amount, row: Row, sources: _Sources) -> dict[str, Any]:
    value = (_number(row, amount.column) or 0) * amount.factor
    note = fill(amount.note, row)[:200] if amount.note else None
    return {
        **amount.fixed,
        amount.field: float(f"{value:.6g}"),
        **_grade(amount, row),
        **({amount.note_field: note} if note else {}),
        "sources": sources.of(row, amount.reference),
    }


def _grade(amount: Amount, row: Row) -> dict[str, Any]:
    if amount.grade is None:
        return {}
    value, unit = _number(row, amount.grade.column), amount.grade.units.get(row.get(amount.grade.unit_column, ""))
    return {} if value is None or unit is None else {"grade": float(f"{value * unit[0]:.6g}"), "grade_unit": unit[1]}


def _number(row: Row, column: str) -> float | None:
    try:
        value = float(row.get(column, ""))
    except ValueError:
        return None
    return value if value > 0 else None
