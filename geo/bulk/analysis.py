"""All rows of a table against the store: what each is, what they come to, and what would be written."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson

from geo.bulk.ahead import ReadAhead
from geo.bulk.comparing import Change, Comparing
from geo.bulk.outcome import Outcome, Tally
from geo.bulk.profile import Profile, checked
from geo.bulk.reading import Table
from geo.errors import DataFileError
from geo.records.project import Project
from geo.store import Store

_EVERY = 200  # rows between two looks at who watches
_PLAIN_CRS = ("EPSG:4326", "OGC:CRS84", "EPSG:4979", "EPSG:6318", None)


@dataclass(frozen=True)
class Analysis:
    """What came of comparing; it holds files without names, which go when it is closed."""

    tally: Tally
    profile: Profile
    _outcomes: IO[bytes]
    _changes: IO[bytes]

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what each row is, in the order of the file; one who goes through them at a time."""
        self._outcomes.seek(0)
        return (Outcome.of(orjson.loads(line)) for line in self._outcomes)

    def changes(self) -> Iterator[Change]:
        """Yield what would be written, in the order of the file."""
        self._changes.seek(0)
        for line in self._changes:
            expected, feature = orjson.loads(line)
            yield Change(Project.from_stored(feature), expected)

    def close(self) -> None:
        self._outcomes.close()
        self._changes.close()


def analyse(
    table: Table,
    profile: Profile,
    store: Store,
    watched: Callable[[int], None] = lambda _: None,
    folder: Path | None = None,
    answers: Mapping[int, str] | None = None,
) -> Analysis:
    """Compare every row; nothing is written to the store. Raises DataFileError for a profile that does not fit.

    It is `watched` with the number of rows done; whatever that raises ends it, and leaves nothing. What comes of it
    lies in files without names or, to be opened again, in a `folder`. `answers` say by its number what a row is that
    looks like a record (`geo.bulk.answers`).
    """
    profile = _fitting(table, checked(profile))
    outcomes, changes = (_file(folder, name) for name in _FILES)
    tally = Tally()
    try:
        ids = {row.feature["id"] for row in table.rows() if row.feature and isinstance(row.feature.get("id"), str)}
        with _without_collector(), table.ahead(profile) as ahead:
            comparing = Comparing(store, profile, table.columns, ids, answers)
            _compare(table, ahead, comparing, tally, (outcomes, changes), watched)
        outcomes.flush()
        changes.flush()
    except BaseException:
        outcomes.close()
        changes.close()
        raise
    return Analysis(tally, profile, outcomes, changes)


def kept_analysis(folder: Path, tally: Tally, profile: Profile) -> Analysis:
    """Return an analysis that was kept in a folder."""
    outcomes, changes = ((folder / name).open("rb") for name in _FILES)
    return Analysis(tally, profile, outcomes, changes)


_FILES = ("outcomes", "changes")


def _file(folder: Path | None, name: str) -> IO[bytes]:
    if folder is None:
        return tempfile.TemporaryFile()
    (folder / name).unlink(missing_ok=True)  # whoever still writes what was found before reads it to its end
    return (folder / name).open("x+b")


class _without_collector:  # noqa: N801 (it is used as a function)
    """Python's collector would go through every record that is held, again and again; none of them is in a circle."""

    def __enter__(self) -> None:
        self._was_on = gc.isenabled()
        gc.freeze()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was_on:
            gc.enable()
        gc.unfreeze()


def _compare(
    table: Table,
    ahead: Iterator[ReadAhead | None],
    comparing: Comparing,
    tally: Tally,
    spools: tuple[IO[bytes], IO[bytes]],
    watched: Callable[[int], None],
) -> None:
    for done, raw in enumerate(table.rows()):
        if done % _EVERY == 0:
            watched(done)
        outcome, change = comparing.compare(raw, next(ahead, None))
        tally.add(outcome)
        spools[0].write(orjson.dumps(outcome.members()) + b"\n")
        if change is not None:
            tally.countries |= change.countries
            spools[1].write(orjson.dumps([change.expected, change.project.to_feature()]) + b"\n")
    watched(table.count)


def _fitting(table: Table, profile: Profile) -> Profile:
    """Return the profile for a table, in the system of its coordinates, to which there must be consent."""
    absent = [column for column in profile.columns if column not in table.columns]
    if absent:
        named = tuple(name[:100] for name in table.columns[:60] if name)
        raise DataFileError("columns-absent", missing=tuple(each[:100] for each in absent[:60]), known=named)
    crs = table.about.get("crs")
    if crs in _PLAIN_CRS or profile.crs is not None:
        return profile
    if "projected-coordinates" not in profile.repairs:
        raise DataFileError("crs-not-wgs-84", crs=str(crs)[:100])
    return checked(profile.model_copy(update={"crs": crs}))
