"""The large table that answers rest on: read from the ready file, or made of all records and laid into it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from geo.columns import PROJECTS
from geo.errors import StoreError
from geo.indexed import Indexed
from geo.memory import counts, events, ready, spans, tiled
from geo.memory.apart import Helper, Make, are_many, in_batches
from geo.memory.block import Arrays, Block, whole
from geo.memory.merging import Merging, Source
from geo.memory.table import Table
from geo.store import Records, Revision
from geo.unfinished import Taken, wait_for_others

log = logging.getLogger(__name__)


class Elsewhere(NamedTuple):
    """What other processes do: `make` the arrays of some records, `lay` a base of all into the ready file."""

    make: Make
    lay: Callable[[], None] | None = None


class Ready(NamedTuple):
    """Where what is made ready is kept, and who makes it besides this process; neither has to be."""

    file: Path | None = None
    elsewhere: Elsewhere | None = None


class Bases:
    """Reads and makes bases of a store.

    `code` says what makes them, and `least` how many records go into the file. Where another process can lay one into
    it, this one only maps it: what is held in memory while it is made would never be given back.
    """

    def __init__(
        self, store: Records, index: Callable[[Revision], Indexed], ready: Ready, code: str, least: int
    ) -> None:
        self._store, self._index, self._code, self._least = store, index, code, least
        self._file, elsewhere = ready
        self._make = elsewhere.make if elsewhere else None
        self._helper = Helper(elsewhere.lay) if elsewhere and elsewhere.lay else None

    def first(self) -> tuple[Table, int]:
        """Return a base and the sequence of the newest change that is in it."""
        return self._read() or self.anew()

    def newer(self, sequence: int) -> tuple[Table, int] | None:
        """Return the base that another process has laid into the ready file, where it knows newer changes."""
        found = self._read() if self._file is not None and self._file.exists() else None
        return found if found is not None and found[1] > sequence else None

    def _read(self) -> tuple[Table, int] | None:
        """Return what the ready file holds, where it is of this store and this code, and no newer than the store."""
        if self._file is None:
            return None
        try:
            made, arrays = ready.read(self._file)
            self._check(made)
        except FileNotFoundError:
            return None
        except (ready.Unusable, OSError) as error:
            log.warning("The ready file %s is made again: %s.", self._file, error)
            return None
        return Table(arrays), made.sequence

    def _check(self, made: ready.Made) -> None:
        if (made.store, made.code) != (self._store.identity, self._code):
            raise ready.Unusable("it is of another store or of another version")
        if made.sequence > self._store.latest_sequence():
            raise ready.Unusable("it is newer than the store")

    def anew(self) -> tuple[Table, int]:
        """Return a base of all records as they are now, made ready by itself, and its sequence."""
        sequence = self._store.latest_sequence()  # of before the records are read: what changes meanwhile is read again
        ids = list(self._store.current_ids())
        return self._laid_elsewhere(ids) or self._of_all(ids, sequence)

    def _laid_elsewhere(self, ids: Sequence[str]) -> tuple[Table, int] | None:
        if self._helper is None or not are_many(ids):
            return None
        self._helper.do()
        return self._read()

    def _of_all(self, ids: Sequence[str], sequence: int) -> tuple[Table, int]:
        return self.of([all_of(Block(arrays)) for arrays in self._all_made(ids)], sequence)

    def _all_made(self, ids: Sequence[str]) -> Iterable[Arrays]:
        """Make the arrays of all records; here where others cannot read the store, who ask its primary alone."""
        if self._make is not None:
            try:
                return list(in_batches(ids, self._make, may_be_apart=True))
            except StoreError as error:
                log.warning("No other process can read the store, so that this one reads all: %s", error)
        return in_batches(ids, self._made, may_be_apart=False)

    def _made(self, after: str, until: str | None) -> Arrays:
        return whole(list(map(self._index, self._store.current(after, until))))

    def are_made_elsewhere(self) -> bool:
        """Return whether a base is being made by another process, which is begun; False where that has failed."""
        return self._helper is not None and self._helper.is_at_it()

    def of(self, sources: Sequence[Source], sequence: int) -> tuple[Table, int]:
        """Return a base of these rows, and its sequence; it lies in the ready file where that can be written.

        It is another one where another process has laid it there meanwhile.
        """
        if self._file is None or sum(len(source.rows) for source in sources) < self._least:
            return Table(together(sources)), sequence
        try:
            return _laid_into(self._file, ready.Made(self._store.identity, self._code, sequence), sources), sequence
        except Taken:
            wait_for_others(self._file)
        except (OSError, ready.Unusable) as error:
            log.warning("The ready file %s could not be written: %s.", self._file, error)
            return Table(together(sources)), sequence
        return self._read() or (Table(together(sources)), sequence)


def _laid_into(file: Path, made: ready.Made, sources: Sequence[Source]) -> Table:
    for source in sources:  # or each process would write to all of these pages, and share none of them
        Table(source.block.arrays).mark_stale()
    merging = Merging(sources)
    arrays = merging.arrays()
    _prepare(Table(arrays))
    ready.write(file, made, arrays, {"feature.data": merging.feature_pieces()})
    there, mapped = ready.read(file)
    if there != made:
        raise Taken
    return Table(mapped)


def _prepare(table: Table) -> None:
    """Make what answers need at once, and not when the first of them does."""
    table.prepare()
    events.of_table(table)
    counts.tallies(table)
    tiled.prepare(table)
    for column in PROJECTS:
        if column.dated and column.sort and column.kind == "code":
            spans.times(table, column.name)


def all_of(block: Block) -> Source:
    """Return a block of which every row stays."""
    return Source(block, np.arange(len(block), dtype=np.int32))


def together(sources: Sequence[Source]) -> Arrays:
    """Return all arrays of several blocks, in memory."""
    merging = Merging(sources)
    arrays = merging.arrays()
    features, at = np.empty(arrays["feature.offsets"][-1], np.uint8), 0
    for piece in merging.feature_pieces():
        features[at : at + len(piece)] = piece
        at += len(piece)
    return arrays | {"feature.data": features}
