"""A row of a publisher's file as a record, by its profile's table."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import pycountry

from geo.importing.profile import Amount, EventCase, Profile, fill, first_case
from geo.importing.reading import Reading
from geo.importing.table import LeftOut, Row
from geo.records.ids import proposed_ids
from geo.records.project import Project

if TYPE_CHECKING:
    from pyproj import Transformer

_DATASET = "s1"


def project_of(profile: Profile, row: Reading, references: dict[str, Row]) -> Project:
    """Return the record that a row states; raises LeftOut where it states none, and InvalidRecord for a wrong one.

    Cells that cannot be read are noted in the row.
    """
    for rule in profile.leave_out:
        if rule.holds(row.cells):
            raise LeftOut("left-out-by-profile", reason=rule.reason)
    kind = first_case(profile.kinds, row.cells)
    if kind is None:
        raise LeftOut("no-kind-for-row")
    if not row.cells["identifier"]:
        raise LeftOut("identifier-missing", columns=profile.identified_by)
    for column, pattern in profile.cut.items():
        row.cells[column] = re.sub(pattern, "", row.cells.get(column, ""))
    row.cells["locality"] = _locality(profile, row)
    for cases in (profile.events, profile.amounts):
        row.note_untaken(cases)
    return Project.from_feature(_feature(profile, row, kind.kind, _Sources(profile, references)))


class _Sources:
    """The sources that the record cites: the dataset first, then the texts that its reference numbers mean."""

    def __init__(self, profile: Profile, references: dict[str, Row]) -> None:
        stated = profile.source.model_dump(exclude_none=True)
        self.cited: list[dict[str, Any]] = [{"id": _DATASET, **stated}]
        self._profile, self._references, self._ids = profile, references, dict[str, str]()

    def of(self, row: Reading, column: str | None) -> list[str]:
        number = row.says(column).removesuffix(".0") if column else ""
        if column is None or not number or self._profile.references is None:
            return [_DATASET]
        if number not in self._ids:
            source = self._source(self._references.get(number, {}))
            if source is None:
                row.note("cell-no-reference", column)
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


def _feature(profile: Profile, row: Reading, kind: str, sources: _Sources) -> dict[str, Any]:
    place = first_case(profile.places, row.cells)
    country = _country(profile, row.cells)
    name = fill(profile.name, row.cells).strip(", ")
    parts = {
        "name": name,
        "kind": kind,
        "country": country,
        "region": _region(country, fill(profile.region or "", row.cells)),
        "locality": row.cells["locality"],
        "location_accuracy": place.accuracy,
        "location_radius_km": place.radius_km,
        "location_note": place.note,
        "location_sources": [_DATASET],
        "summary": fill(profile.summary, row.cells),
        "events": _events(profile, row, sources),
        "owners": _owners(profile, row.cells),
        **{part: _amounts(profile, part, row, sources) for part in ("capacities", "resource", "investment")},
        "external_ids": [{"dataset": profile.dataset, "id": row.cells["identifier"]}],
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


def _locality(profile: Profile, row: Reading) -> str:
    if profile.locality is None:
        return ""
    column, pattern = profile.locality
    said = row.says(column)
    match = re.fullmatch(pattern, said)
    if said and match is None:
        row.note("cell-no-locality", column)
    return match[1].strip() if match else ""


def _position(profile: Profile, row: Reading) -> list[float]:
    """Return longitude and latitude (WGS 84)."""
    given = row.coordinate(profile.longitude), row.coordinate(profile.latitude)
    if profile.crs is not None:
        # The accuracy of the transformation is some metres; digits beyond 5 would claim more.
        return [round(each, 5) for each in _to_wgs_84(profile.crs).transform(*given)]
    return [round(each, 6) for each in given]


@functools.cache
def _to_wgs_84(crs: str) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def _events(profile: Profile, row: Reading, sources: _Sources) -> list[dict[str, Any]]:
    dated = ((case, row.date(case.date)) for case in profile.events if case.holds(row.cells))
    return [_event(case, date, row, sources) for case, date in dated if date is not None]


def _event(case: EventCase, date: str, row: Reading, sources: _Sources) -> dict[str, Any]:
    event = {
        "date": date,
        "date_basis": case.date_basis,
        "type": case.type,
        **({"status": case.status} if case.status else {}),
    }
    return {**event, "summary": fill(case.summary, row.cells), "sources": sources.of(row, case.reference)}


def _owners(profile: Profile, row: Row) -> list[dict[str, Any]]:
    if profile.owners is None:
        return []
    names = re.split(profile.owners.split, row.get(profile.owners.column, ""))
    return [
        {"name": name.strip(), "role": profile.owners.role, "sources": [_DATASET]} for name in names if name.strip()
    ]


def _amounts(profile: Profile, part: str, row: Reading, sources: _Sources) -> list[dict[str, Any]]:
    cases = [amount for amount in profile.amounts if amount.part == part and amount.holds(row.cells)]
    figures = ((amount, row.amount(amount.column)) for amount in cases)
    return [_amount(amount, figure, row, sources) for amount, figure in figures if figure is not None]


def _amount(amount: Amount, figure: float, row: Reading, sources: _Sources) -> dict[str, Any]:
    note = fill(amount.note, row.cells)[:200] if amount.note else None
    return {
        **amount.fixed,
        amount.field: float(f"{figure * amount.factor:.6g}"),
        **_grade(amount, row),
        **({amount.note_field: note} if note else {}),
        "sources": sources.of(row, amount.reference),
    }


def _grade(amount: Amount, row: Reading) -> dict[str, Any]:
    if amount.grade is None:
        return {}
    value, unit = row.amount(amount.grade.column), amount.grade.units.get(row.says(amount.grade.unit_column))
    if value is None:
        return {}
    if unit is None:
        row.note("cell-no-unit", amount.grade.unit_column)
        return {}
    return {"grade": float(f"{value * unit[0]:.6g}"), "grade_unit": unit[1]}
