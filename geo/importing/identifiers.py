"""By which identifier a row of a publisher's file is known again in its next edition, wherever it stands there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from geo.checks.alike.likeness import km_between
from geo.checks.places import SECOND_POINT_KM
from geo.importing.cells import number_of
from geo.importing.profile import Profile
from geo.importing.table import FileRow
from geo.text import slug

Point = tuple[float, float]

_SUFFIX = re.compile(r"-\d+\.\d[ns]-\d+\.\d[ew]$")  # as `_suffix` writes it; a name in words has no full stop


def identifiers_of(profile: Profile, rows: Sequence[FileRow], known: Mapping[str, Point | None]) -> list[str]:
    """Return the identifier of each row; "" where a cell that it takes is empty.

    It is the publisher's own or, where there is none, what the row is called, in words: `chile-salar-de-atacama-sqm`.
    Rows that are called the same are told apart by their point, to a tenth of a degree: `brazil-colina-16.1s-42.1w`.
    `known` has the identifiers that records have, with the point (longitude, latitude) where the dataset had them: a
    row that is called so keeps the one that is nearest, whoever else is called so now and however little it has moved.
    """
    if len(profile.identified_by) == 1:
        return [row.cells.get(profile.identified_by[0], "") for row in rows]
    namesakes: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        namesakes.setdefault(_called(profile, row), []).append(at)
    kept: dict[str, dict[str, Point | None]] = {}
    for identifier, point in known.items():
        kept.setdefault(_SUFFIX.sub("", identifier), {})[identifier] = point
    found = dict.fromkeys(namesakes.pop("", []), "")
    for name, group in namesakes.items():
        found |= _told_apart(name, {at: _point(profile, rows[at]) for at in group}, kept.get(name, {}))
    return [found[at] for at in range(len(rows))]


def _told_apart(name: str, points: dict[int, Point | None], kept: dict[str, Point | None]) -> dict[int, str]:
    """Return the identifier of each row of one name, by its number: nearest to where one was kept goes first."""
    pairs = sorted((_km(was, point), each, at) for each, was in kept.items() for at, point in points.items())
    found: dict[int, str] = {}
    for km, each, at in pairs:
        is_near = km <= SECOND_POINT_KM or each == name
        if is_near and at not in found and each not in found.values():
            found[at] = each
    bare = len(points) == 1 and name not in found.values()
    rest = {at: name if bare else f"{name}{_suffix(point)}" for at, point in points.items() if at not in found}
    return found | rest


def _km(one: Point | None, other: Point | None) -> float:
    return km_between(one, other) if one and other else math.inf


def _called(profile: Profile, row: FileRow) -> str:
    cells = [row.cells.get(column, "") for column in profile.identified_by]
    return slug(" ".join(cells)) if all(cells) else ""


def _point(profile: Profile, row: FileRow) -> Point | None:
    longitude, latitude = (number_of(row.cells.get(column, "")) for column in (profile.longitude, profile.latitude))
    if longitude is None or latitude is None or abs(longitude) > 180 or abs(latitude) > 90:
        return None
    return longitude, latitude


def _suffix(point: Point | None) -> str:
    if point is None:
        return ""
    longitude, latitude = point
    return f"-{abs(latitude):.1f}{'ns'[latitude < 0]}-{abs(longitude):.1f}{'ew'[longitude < 0]}"
