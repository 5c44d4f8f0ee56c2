"""Columns of records on any day, with what is kept beside them to answer quickly. A table never changes."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from geo import dates
from geo.columns import PROJECTS
from geo.indexed import NOTHING, members
from geo.lately import Lately
from geo.memory.block import Arrays, Block
from geo.memory.coded import MISSING, Coded, Ranks, shown
from geo.memory.fields import BETWEEN
from geo.memory.places import Places
from geo.memory.rows import NO_ROWS, Mask, Rows
from geo.memory.texts import Array, Texts
from geo.memory.words import WordIndex

ALL = slice(None)
_FEW = 4_096  # texts that are kept by themselves, to be found at once
_DAYS_KEPT, _WORDS_KEPT = 16, 32  # columns and orders of a day; rows of the records that have a word
_PLACED_KEPT = 8  # rows that a question means, in the order of their places, and what is reckoned of these


class Sorted(NamedTuple):
    """All rows by the rank of their value, equal ones as they lie, missing ones last; `starts`: where each begins."""

    rows: Rows
    starts: Array


class Table:
    """Records in the order of their ids, as arrays; what is derived from them is made when it is first asked for.

    `size` is how many they are, where that is known without an array.
    """

    def __init__(self, arrays: Arrays, size: int | None = None) -> None:
        self.block = Block(arrays)
        self.all_rows = np.arange(len(self.block) if size is None else size, dtype=np.int32)
        self.lately, self.lately_called = Lately(_DAYS_KEPT), Lately(_WORDS_KEPT)
        self.lately_placed, self.lately_far = Lately(_PLACED_KEPT), Lately(_PLACED_KEPT)
        self._stale_on: dt.date | None = None
        self._written = np.zeros(len(self), dtype=bool)  # which features are not what they were at first

    def __len__(self) -> int:
        return len(self.all_rows)

    @property
    def ids(self) -> Texts:
        return self.block.ids

    def row(self, project_id: str) -> int | None:
        """Return where a record stands; None where it is not there."""
        text = project_id.encode()
        (sums, rows), checksum = self._by_checksum, zlib.crc32(text)
        at = int(sums.searchsorted(np.uint32(checksum)))
        while at < len(sums) and sums[at] == checksum:
            if self.ids.raw(rows[at]) == text:
                return int(rows[at])
            at += 1
        return None

    @cached_property
    def _by_checksum(self) -> list[Array]:
        """The checksums of the ids in order, and whose they are: one look in place of many."""

        def made() -> list[Array]:
            sums = np.fromiter(map(zlib.crc32, self.ids.raws()), np.uint32, len(self))
            order = np.argsort(sums, kind="stable").astype(np.int32)
            return [sums[order], order]

        return self.block.kept_parts("id", ("checksums", "by_checksum"), made)

    def id_of(self, row: int) -> str:
        return self.ids[row]

    def revision(self, row: int) -> int:
        """Return the number of a record's revision."""
        known = self.block.coded("revision")
        return int(known.distinct[known.ranks[row]])

    def row_after(self, project_id: str) -> int:
        """Return the first row whose id comes after this one."""
        row = self.row(project_id)
        return self.ids.place(project_id.encode()) if row is None else row + 1

    @cached_property
    def places(self) -> Places:
        return Places(self.block)

    @cached_property
    def lon(self) -> Array:
        """The longitude of the point that is drawn, WGS 84 degrees; NaN where none is."""
        return self.block.plain("lon")

    @cached_property
    def lat(self) -> Array:
        return self.block.plain("lat")

    @cached_property
    def words(self) -> WordIndex:
        return WordIndex(self.block)

    # Values.

    def column(self, name: str, on: dt.date | None = None) -> Coded:
        """Return a column as it was on a day: the distinct values, and the rank of each record's."""
        if name == "status_stale":
            return Coded((False, True), self.stale(ALL, on).astype(np.int8))
        if name == "id":
            return Coded(self.ids, self.all_rows)
        if name not in PROJECTS or not PROJECTS[name].dated:
            return self.block.coded(name)
        distinct = self.block.coded(name).distinct
        if on is None:
            return Coded(distinct, self.block.kept(f"{name}.today", lambda: self.ranks(name, ALL, None)))
        return Coded(distinct, self.lately.of((name, on), lambda: self.ranks(name, ALL, on)))

    def ranks(self, name: str, rows: Rows | slice, on: dt.date | None) -> Ranks:
        """Return the ranks of some records' values on a day."""
        if name == "id":
            return self.all_rows[rows]
        if name in PROJECTS and PROJECTS[name].dated:
            if name == "status_stale":
                return self.stale(rows, on).astype(np.int8)
            if on is None and f"{name}.today" in self.block.arrays:
                found: Ranks = self.block.arrays[f"{name}.today"][rows]
                return found
            return self._of_steps(name, self.steps(rows, on))
        return self.block.coded(name).ranks[rows]

    def values(self, name: str, rows: Rows, on: dt.date | None) -> list[Any]:
        """Return the values of some records on a day; None where there is none."""
        return shown(self.block.coded(name).distinct, self.ranks(name, rows, on))

    def _of_steps(self, name: str, steps: Rows) -> Ranks:
        coded = self.block.coded(name)
        nothing = NOTHING[name]
        missing = MISSING if nothing is None else list(coded.distinct).index(nothing)
        return np.where(steps >= 0, coded.ranks[steps], coded.ranks.dtype.type(missing))  # -1 takes the last, unused

    def steps(self, rows: Rows | slice, on: dt.date | None) -> Rows:
        """Return which step of each record holds on a day; -1 where none does yet."""
        starts = self.block.starts("step")
        if on is None:
            ends: Rows = starts[1:] if isinstance(rows, slice) else starts[rows.astype(np.int64) + 1]
            return ends - 1
        if isinstance(rows, slice):
            return self.lately.of(("", on), lambda: self._steps_of_all(on))[rows]
        at = rows.astype(np.int64)
        steps = np.searchsorted(self._step_keys, at * _DAYS + on.toordinal(), side="right") - 1
        return np.where(steps >= starts[at], steps, -1)

    def _steps_of_all(self, on: dt.date) -> Rows:
        starts = self.block.starts("step")
        reached = np.concatenate([[0], np.cumsum(self.block.plain("step_day") <= on.toordinal())])
        counts = reached[starts[1:]] - reached[starts[:-1]]
        return np.where(counts > 0, starts[:-1] + counts - 1, -1).astype(np.int32)

    @cached_property
    def _step_keys(self) -> Array:
        """The steps' rows and days as numbers that rise."""

        def make() -> Array:
            return self.block.rows_of("step").astype(np.int64) * _DAYS + self.block.plain("step_day")

        return self.block.kept("step.keys", make)

    def stale(self, rows: Rows | slice, on: dt.date | None) -> Mask:
        """Return whose stage rested on too old sources on a day (today by default)."""
        steps = self.steps(rows, on)
        day = (on or dates.today()).toordinal()
        return np.asarray((steps >= 0) & (self.block.plain("step_stale_from")[steps] <= day))

    # Of several values.

    def held(self, name: str, row: int) -> list[str]:
        """Return the ids that a record holds in a column of several."""
        coded, starts = self.block.coded(name), self.block.starts(name)
        return coded.values(slice(int(starts[row]), int(starts[row + 1])))

    def holding(self, name: str, held: str) -> Rows:
        """Return the rows of the records that hold an id, rising."""
        distinct, holders = self.block.coded(name).distinct, self.holders(name)
        rank = distinct.position(held.encode()) if isinstance(distinct, Texts) else None
        return holders.rows[:0] if rank is None else holders.rows[holders.starts[rank] : holders.starts[rank + 1]]

    def party_names(self, ids: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield the names of those parties that records name, by id; of several names the first record's."""
        told = self._told_of_parties if ids else {}
        return ((each, told[each]) for each in ids if each in told)

    @cached_property
    def _told_of_parties(self) -> dict[str, str]:
        known = self.block.coded("party")
        _, firsts = np.unique(known.ranks, return_index=True)
        told = (known.distinct[rank].split("\n") for rank in known.ranks[np.sort(firsts)[::-1]].tolist())
        return {each[0]: each[1] for each in told}

    def links_to(self, project_id: str) -> list[tuple[str, int]]:
        """Return (type, row) of the records that link to this one."""
        starts, holders = self.block.starts("link"), self.link_places(project_id)
        if not len(holders):
            return []
        kinds = self.block.coded("link_type").values(holders)
        rows = np.searchsorted(starts, holders, side="right") - 1
        return list(zip(kinds, rows.tolist(), strict=True))

    def link_places(self, project_id: str) -> Rows:
        """Return where in the list of all links those to a record stand."""
        targets: Texts = self.block.coded("link_target").distinct  # type: ignore[assignment]
        text = project_id.encode()
        rank = self._few_targets.get(text) if len(targets) <= _FEW else targets.position(text)
        if rank is None:
            return NO_ROWS
        places, starts = self._links_by_target
        return places[starts[rank] : starts[rank + 1]]

    @cached_property
    def _few_targets(self) -> dict[bytes, int]:
        """The ranks of the ids to which links lead, among which that of a record mostly is not."""
        targets: Texts = self.block.coded("link_target").distinct  # type: ignore[assignment]
        return {target: rank for rank, target in enumerate(targets.raws())}

    @property
    def _links_by_target(self) -> list[Array]:
        targets = self.block.coded("link_target")
        return self.block.kept_order("link_target", lambda: targets.ranks, len(targets.distinct))

    # Time.

    @cached_property
    def first_day(self) -> Array:
        return self.block.plain("first_day")

    @cached_property
    def last_day(self) -> Array:
        return self.block.plain("last_day")

    def timeless(self, rows: Rows | slice) -> Mask:
        """Return which records have no event that happened."""
        return np.asarray(self.first_day[rows] == 0)

    def time_span(self, rows: Rows) -> tuple[int, int] | None:
        """Return the first and the last day of the events of these records, as ordinals; None where there are none."""
        rows = rows[~self.timeless(rows)]
        return (int(self.first_day[rows].min()), int(self.last_day[rows].max())) if len(rows) else None

    @cached_property
    def begins(self) -> Array:
        """The day from which on `as_of` means each record; 0 where it has no event."""
        return self.block.plain("begins")

    @cached_property
    def by_beginning(self) -> list[Array]:
        """The rows by the day on which they begin, and these days."""

        def made() -> list[Array]:
            rows = np.argsort(self.begins, kind="stable").astype(np.int32)
            return [rows, self.begins[rows]]

        return self.block.kept_parts("begins", ("rows", "sorted"), made)

    # Orders.

    def sorted(self, name: str) -> Sorted:
        """Return the rows by a column's values of today."""
        column = self.column(name)
        return Sorted(*self.block.kept_order(name, lambda: column.ranks, len(column.distinct)))

    def holders(self, name: str) -> Sorted:
        """Return the rows of the records that hold each of a column's ids, by its rank."""
        coded = self.block.coded(name)
        places, starts = self.block.kept_order(name, lambda: coded.ranks, len(coded.distinct))
        return Sorted(self.block.kept(f"{name}.holders", lambda: self.block.rows_of(name)[places]), starts)

    def prepare(self) -> None:
        """Make all that is made when it is first asked for, so that it can be kept in a file."""
        for column in PROJECTS:
            if column.kind == "ids":
                self.holders(column.name)
            elif column.name not in ("id", "status_stale") and (column.sort or column.filter):
                self.sorted(column.name)
        self.words.prepare()
        self.places.prepare()
        self._by_checksum, self.by_beginning  # noqa: B018
        self._step_keys, self._links_by_target  # noqa: B018

    # Features.

    def feature(self, row: int) -> bytes:
        """Return a GeoJSON feature as it is today."""
        self.mark_stale()
        return bytes(self.block.features.span(row, row + 1)[: -len(BETWEEN)])

    def runs(self, rows: Rows) -> list[bytes | memoryview]:
        """Return the features of rows as they are today, each with `BETWEEN` behind; neighbours are one piece.

        A memoryview of a file is of bytes as they are in the file.
        """
        if not len(rows):
            return []
        self.mark_stale()
        features, written = self.block.features, self._written[rows]
        breaks = np.flatnonzero((rows[1:] - rows[:-1] != 1) | written[1:] | written[:-1])
        if not len(breaks):  # as in a page by ids
            whole = features.span(rows[0], rows[-1] + 1)
            return [bytes(whole) if written[0] else whole]
        firsts, lasts = (np.concatenate(each) for each in (([0], breaks + 1), (breaks, [len(rows) - 1])))
        starts, ends = features.offsets[rows[firsts]], features.offsets[1:][rows[lasts]]
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        pieces: list[bytes | memoryview] = [features.bytes[start:end] for start, end in spans]
        for at in np.flatnonzero(written[firsts]).tolist():
            pieces[at] = bytes(pieces[at])
        return pieces

    def features_on(self, rows: Rows, on: dt.date) -> list[bytes]:
        """Return features with the dated properties of a day."""
        steps = self.steps(rows, on)
        dated = [name for name in PROJECTS.dated if name != "status_stale"]
        columns = {name: shown(self.block.coded(name).distinct, self._of_steps(name, steps)) for name in dated}
        columns["status_stale"] = self.stale(rows, on).tolist()
        names = PROJECTS.dated
        told = zip(*(columns[name] for name in names), strict=True)
        return [
            self._dated(row, dict(zip(names, values, strict=True)))
            for row, values in zip(rows.tolist(), told, strict=True)
        ]

    def _dated(self, row: int, values: dict[str, Any]) -> bytes:
        whole = self.block.features.span(row, row + 1)
        start, end = self.block.plain("dated_from")[row], self.block.plain("dated_to")[row]
        return b"".join([whole[:start], members(values), whole[end : -len(BETWEEN)]])

    def mark_stale(self) -> None:
        """Write into the features whose stages are stale today; of the same length, so that nothing moves.

        What is marked is known by an array: to look into the features would bring all of a file into memory.
        """
        today = dates.today()
        if self._stale_on == today:
            return
        block, stale = self.block, self.stale(ALL, None)
        marked = block.plain("is_marked")
        for word, rows in ((b"true ", stale & ~marked), (b"false", ~stale & marked)):
            at = block.features.offsets[:-1][rows] + block.plain("stale_at")[rows]
            for place, letter in enumerate(word):
                block.features.data[at + place] = letter
        self._written |= stale ^ marked
        block.arrays["is_marked"] = stale
        self._stale_on = today


_DAYS = 2**22  # more than the ordinal of any day
