"""Records for as long as they stayed as they were: one row for each spell between two days that changed something.

What holds on any of many days is found by one look at every spell, and not by one at every record for each day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from geo.memory.answers import places_of
from geo.memory.coded import Ranks
from geo.memory.rows import Mask, Rows, running
from geo.memory.table import Table
from geo.memory.texts import Array

_EVER = np.int32(dt.date.max.toordinal() + 1)


class _All(NamedTuple):
    """All spells of a table, those of a record from `starts[row]` on: its row, its step, and when it begins and ends.

    Before its first step a record has what one has of which nothing is known; the step is -1 then. Days are ordinals;
    `until` is the one after the last.
    """

    starts: Array
    row: Rows
    step: Rows
    since: Array
    until: Array


class Spells(Table):
    """The spells of some rows of a table in which one of the days lies.

    Each is of the record `rows[i]`, from the day at the place `first[i]` until before the one at `until[i]`. It answers
    as a table does for just these rows, whatever the day. Where `by_staleness`, a spell ends when its stage becomes
    stale.
    """

    def __init__(self, table: Table, rows: Rows, days: Sequence[dt.date], *, by_staleness: bool) -> None:
        self.__dict__.update(table.__dict__)  # what that table has made is made for this one too
        every, at = spells(table), None
        if len(rows) < len(table):
            at = places_of(table, rows, "spell")[1]
            every = _All(every.starts, *(each[at] for each in every[1:]))
        place = _Places(days)
        if by_staleness:
            self._take(*_parted(table, every, place))
        else:
            first, until = place.of(every.since), place.of(every.until)
            kept = np.flatnonzero(first < until)
            self._take(every.row[kept], every.step[kept], np.zeros(len(kept), bool), first[kept], until[kept])

    def _take(self, rows: Rows, steps: Rows, is_stale: Mask, first: Array, until: Array) -> None:
        self.rows, self._steps, self._is_stale, self.first, self.until = rows, steps, is_stale, first, until

    def choose(self, mask: Mask) -> None:
        """Leave out the other spells."""
        if not mask.all():
            rows, steps, is_stale = self.rows[mask], self._steps[mask], self._is_stale[mask]
            self._take(rows, steps, is_stale, self.first[mask], self.until[mask])

    def steps(self, rows: Rows | slice, on: dt.date | None) -> Rows:
        return self._steps

    def stale(self, rows: Rows | slice, on: dt.date | None) -> Mask:
        return self._is_stale

    def ranks(self, name: str, rows: Rows | slice, on: dt.date | None) -> Ranks:
        return super().ranks(name, rows, on or dt.date.max)  # those of today are kept by record


def spells(table: Table) -> _All:
    """Return all spells of a table, made where they are not there."""
    return _All(*table.block.kept_parts("spell", ("starts", *_All._fields[1:]), lambda: _made(table)))


def _made(table: Table) -> _All:
    starts, days = table.block.starts("step"), table.block.plain("step_day")
    firsts, row = table.begins, table.block.rows_of("step")
    until = np.append(days[1:], _EVER)[: len(days)].astype(np.int32)
    until[starts[1:] - 1] = _EVER
    first_days = days[starts[:-1]]
    early = np.flatnonzero(firsts < first_days).astype(np.int32)
    at = starts[early]  # where the spells before the first step are put in
    counts = np.diff(starts)
    counts[early] += 1
    return _All(
        running(counts),
        np.insert(row, at, early),
        np.insert(np.arange(len(days), dtype=np.int32), at, -1),
        np.insert(np.maximum(days, firsts[row]), at, firsts[early]),
        np.insert(until, at, first_days[early]),
    )


class _Places:
    """Which of some rising days is the first one from another on."""

    def __init__(self, days: Sequence[dt.date]) -> None:
        self._low, self._high = days[0].toordinal(), days[-1].toordinal() + 1
        ordinals = np.array([day.toordinal() for day in days])
        self._place = np.searchsorted(ordinals, np.arange(self._low, self._high + 1)).astype(np.int16)

    def of(self, days: Array) -> Array:
        """Return the places of the first days from these ordinals on."""
        return np.asarray(self._place[np.clip(days, self._low, self._high) - self._low])


def _parted(table: Table, every: _All, place: _Places) -> tuple[Rows, Rows, Mask, Array, Array]:
    """Part each spell where its stage becomes stale, and leave out those in which none of the days lies."""
    stale_from = np.where(every.step >= 0, table.block.plain("step_stale_from")[every.step], _EVER)
    first, turn, until = map(place.of, (every.since, np.clip(stale_from, every.since, every.until), every.until))
    fresh, stale = np.flatnonzero(first < turn), np.flatnonzero(turn < until)
    at = np.concatenate([fresh, stale])
    return (
        every.row[at],
        every.step[at],
        np.repeat([False, True], [len(fresh), len(stale)]),
        np.concatenate([first[fresh], turn[stale]]),
        np.concatenate([turn[fresh], until[stale]]),
    )
