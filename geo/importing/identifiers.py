"""By which identifier a row of a publisher's file is known again in its next edition, wherever it stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from geo.importing.cells import number_of
from geo.importing.profile import Profile
from geo.importing.table import FileRow
from geo.text import slug


def identifiers_of(profile: Profile, rows: Sequence[FileRow]) -> list[str]:
    """Return the identifier of each row; "" where a cell that it takes is empty.

    It is the publisher's own or, where there is none, what the row is called, in words: `chile-salar-de-atacama-sqm`.
    Rows that are called the same are told apart by their point, to a tenth of a degree: `brazil-colina-16.1s-42.1w`.
    """
    if len(profile.identified_by) == 1:
        return [row.cells.get(profile.identified_by[0], "") for row in rows]
    called = [_called(profile, row) for row in rows]
    counts = Counter(called)
    return [
        f"{name}{_point(profile, row)}" if name and counts[name] > 1 else name
        for name, row in zip(called, rows, strict=True)
    ]


def _called(profile: Profile, row: FileRow) -> str:
    cells = [row.cells.get(column, "") for column in profile.identified_by]
    return slug(" ".join(cells)) if all(cells) else ""


def _point(profile: Profile, row: FileRow) -> str:
    latitude, longitude = (number_of(row.cells.get(column, "")) for column in (profile.latitude, profile.longitude))
    if latitude is None or longitude is None:
        return ""
    return f"-{abs(latitude):.1f}{'ns'[latitude < 0]}-{abs(longitude):.1f}{'ew'[longitude < 0]}"
