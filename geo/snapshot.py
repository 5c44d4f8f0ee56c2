"""All matching records as columns: what a map needs to draw them (`drawn`), and to filter and date them (`told`).

Positions stand for codes, by the lists of codes that come along; NONE where there is none. Numbers are little-endian
typed arrays, texts a line a row, as `geo.packing` writes them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np
import orjson

from geo import folding, vocabulary
from geo.catalog import Catalog, Steps
from geo.packing import Array, Column, Part
from geo.query import Query
from geo.searching import words_of_countries, words_of_terms

NONE = 255
NO_PLACE = -(2**31)
_DEGREES = 1e5  # longitudes and latitudes are whole numbers of 1e-5 degrees
_EPOCH = dt.date(1970, 1, 1).toordinal()
_ALWAYS, _NEVER = -(2**30), 2**30
_CODED = ("kind", "status", "status_group", "status_date_basis", "location_accuracy", "measure", "capacity_basis")
_SEARCHED = ("kind", "status")
_DRAWN = (
    "country",
    "kind",
    "location_accuracy",
    "point",
    "status",
    "capacity",
    "capacity_measure",
    "capacity_basis",
)
_UNDATED = ("id", "name", "country", "location_radius_km", "region", "sources_count", "owner", "source_type")
_TOLD = (*_UNDATED, "owners", "search", "footprint", "plans", "begins")
_BITS = {code: 1 << at for at, code in enumerate(vocabulary.SOURCE_TYPES.codes)}


def drawn(catalog: Catalog, query: Query) -> Part:
    """Return what the first picture needs: place, kind, stage and capacity as they are today."""
    version, found = catalog.at_one_moment(lambda still: (still.version(), still.columns(query, _DRAWN)))
    countries = sorted(set(found["country"]))
    codes = {name: vocabulary.ALL[name].codes for name in (*_CODED, "source_type", "segment")}
    points = [point or (None, None) for point in found["point"]]
    columns: dict[str, Column] = {
        "lon": _degrees([longitude for longitude, _ in points]),
        "lat": _degrees([latitude for _, latitude in points]),
        "kind": _coded("kind", found["kind"]),
        "accuracy": _coded("location_accuracy", found["location_accuracy"]),
        "country": _positions(countries, found["country"], "u1"),
        "status": _coded("status", found["status"]),
        **_capacities("", found),
    }
    header = {"version": version, "size": len(points), "codes": {**codes, "country": countries}, "groups": _groups()}
    return Part(header, columns)


def told(catalog: Catalog, query: Query) -> Part:
    """Return the rest: names, search, regions, parties, sources, and each record's dated values step by step."""
    version, found, steps, names_of = catalog.at_one_moment(lambda still: _all_of(still, query))
    known, owners = _Dates(), sorted(set(chain(*found["owner"])))
    regions = sorted({region for region in found["region"] if region})
    columns: dict[str, Column] = {
        "id": found["id"],
        "name": _lines(found["name"]),
        "owners": _lines(found["owners"]),
        "further_words": [
            _further_words(*texts) for texts in zip(found["search"], found["name"], found["owners"], strict=True)
        ],
        "region": _positions(regions, found["region"], "u2", len(regions)),
        "radius_km": _numbers(found["location_radius_km"]),
        "sources": np.minimum(found["sources_count"], 65_535).astype("u2"),
        "source_types": np.array([sum(map(_BITS.__getitem__, types)) for types in found["source_type"]], "u2"),
        "owner_starts": _starts(found["owner"]),
        "owner": _positions(owners, chain.from_iterable(found["owner"]), "u4"),
        "plan_starts": _starts(found["plans"]),
        "plans": known.of(plan for _, plan in chain.from_iterable(found["plans"])),
        "begins": _days([day or dt.date.min.toordinal() for day in found["begins"]]),
        **_steps(steps, known),
    }
    countries = sorted(set(found["country"]))
    header = {
        "version": version,
        "size": len(found["id"]),
        "regions": regions,
        "organisations": [_organisation(each, names_of.get(each, each)) for each in owners],
        "dates": known.all,
        "words": {name: list(words_of_terms(name).values()) for name in _SEARCHED},
        "country_words": {code: words_of_countries()[code] for code in countries},
        "folding": folding.table(),
        "areas": {str(row): area for row, area in enumerate(found["footprint"]) if area is not None},
    }
    return Part(header, columns)


def _all_of(still: Catalog, query: Query) -> tuple[int, dict[str, list[Any]], Steps, dict[str, str]]:
    """Return what `told` tells, of records that stay as they are meanwhile: the same ones in all of it."""
    found = still.columns(query, _TOLD)
    steps = still.steps(query, (*_DATES.values(), *_STEPPED))
    return still.version(), found, steps, still.party_names(set(chain(*found["owner"])))


def listed(parts: Iterable[Part]) -> bytes:
    """Return parts as one JSON document of the same names, columns as arrays; NaN is null."""
    header: dict[str, Any] = {}
    columns: dict[str, Column] = {}
    for part in parts:
        header |= part.header
        columns |= part.columns
    return orjson.dumps({**header, "columns": columns}, option=orjson.OPT_SERIALIZE_NUMPY)


def _groups() -> dict[str, list[str]]:
    """Return the group of every status, and the segment of every kind."""
    return {name: [term.group for term in vocabulary.ALL[name]] for name in ("status", "kind")}


class _Dates:
    """The dates that a snapshot names, each once; the first is none at all."""

    def __init__(self) -> None:
        self._position = {"": 0}

    @property
    def all(self) -> list[str]:
        return list(self._position)

    def of(self, found: Iterable[str | None]) -> Array:
        """Return the positions of dates; raises OverflowError where a snapshot names more than 65,535."""
        known = self._position
        return np.array([known.setdefault(date or "", len(known)) for date in found], "u2")


_STEPPED = ("status", "status_date_basis", "capacity", "capacity_measure", "capacity_basis")
_DATES = {
    "since": "status_date",
    "newest": "status_as_of",
    "planned": "start_planned",
    "actual": "start_actual",
    "by": "operating_by",
}


def _steps(steps: Steps, known: _Dates) -> dict[str, Column]:
    """Return every record's dated values one step after the other, with where each record's steps begin."""
    values = steps.values
    return {
        "step_starts": steps.starts.astype("u4"),
        "step_day": _days(steps.days),
        "step_stale_from": _days(steps.stale_from),
        "step_status": _coded("status", values["status"]),
        "step_since_basis": _coded("status_date_basis", values["status_date_basis"]),
        **{f"step_{name}": known.of(values[column]) for name, column in _DATES.items()},
        **_capacities("step_", values),
    }


def _capacities(prefix: str, values: Mapping[str, Sequence[Any]]) -> dict[str, Column]:
    return {
        f"{prefix}capacity": _numbers(values.get("capacity", [])),
        f"{prefix}measure": _coded("measure", values.get("capacity_measure", [])),
        f"{prefix}capacity_basis": _coded("capacity_basis", values.get("capacity_basis", [])),
    }


def _starts(each: Sequence[Sequence[Any]]) -> Array:
    """Return where each record's values begin, of which there are several."""
    return np.fromiter(accumulate(map(len, each), initial=0), "u4", len(each) + 1)


def _coded(name: str, values: Sequence[Any]) -> Array:
    return _positions(vocabulary.ALL[name].codes, values, "u1", NONE)


def _positions(codes: Sequence[str], values: Iterable[Any], kind: str, missing: int = 0) -> Array:
    position = {code: at for at, code in enumerate(codes)}
    return np.array([position.get(value, missing) for value in values], kind)


def _numbers(values: Sequence[float | None]) -> Array:
    return np.array([np.nan if value is None else value for value in values], "f4")


def _degrees(values: Sequence[float | None]) -> Array:
    return np.array([NO_PLACE if value is None else round(value * _DEGREES) for value in values], "i4")


def _days(ordinals: Sequence[int] | Array) -> Array:
    days: Array = np.clip(np.array(ordinals, "i8") - _EPOCH, _ALWAYS, _NEVER)
    return days.astype("i4")


def _further_words(search: str, name: str, owners: str) -> str:
    """Return the words by which a record is found besides those of its name and its owners."""
    known = {*folding.fold(name).split(), *folding.fold(owners or "").split()}
    return " ".join(word for word in search.split() if word not in known)


def _organisation(id_: str, name: str) -> list[str]:
    """Return an organisation's name, and its id where that is not the name's words."""
    return [name] if "-".join(folding.fold(name).split()) == id_ else [name, id_]


def _lines(texts: Sequence[str | None]) -> list[str]:
    return [" ".join((text or "").split("\n")) for text in texts]
