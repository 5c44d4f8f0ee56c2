"""The state of a store in memory: where it begins, how it keeps up, and how its layers are put together meanwhile."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from geo.columns import PROJECTS
from geo.curated.organisations import Organisations
from geo.memory import counts, events, ready, spans
from geo.memory.block import Arrays, Block, whole
from geo.memory.changes import Layer, State, following, over
from geo.memory.indexed import index
from geo.memory.made_by import maker
from geo.memory.merging import Rows, Source, feature_pieces, merged
from geo.memory.table import Table
from geo.store import Store

FEW_CHANGES = 16  # are read while somebody waits for an answer of less than a millisecond
MOST_CHANGED = 256  # records that are kept one by one beside the layers
MOST_LATER = 2_048  # records, or a part of the base, that a second layer holds before both become a new base
_PART_OF_BASE = 64
_BATCH = 4_096
LEAST_READY = 5_000  # fewer are made ready again more quickly than anybody waits

log = logging.getLogger(__name__)


class Following:
    """Keeps a state as new as the store.

    Readers work on a state that does not change under them, without locks. A change is added to a few that are kept
    one by one; when they are many, a thread in the background puts them together with the layer before, and that, when
    it is large, with the base, which then lies in the ready file, where there is a place for one.
    """

    def __init__(self, store: Store, organisations: Organisations, file: Path | None = None) -> None:
        self._store, self._file = store, file
        self._index = functools.partial(index, organisations=organisations)
        self._code = maker(organisations) if file else ""
        self._guard = threading.Lock()
        self._is_at_work = threading.Lock()
        table, sequence = self._read() or self._made()
        self._state = State(sequence, (Layer.of(table),), {}, {}, {})

    def state(self) -> State:
        """Return the state after all changes that were made before this was asked."""
        if self._store.latest_sequence() > self._state.sequence:
            with self._guard:
                self._follow()
        return self._state

    def keeps_up(self) -> bool:
        """Return whether few changes have been made that the state does not have yet."""
        return self._store.latest_sequence() - self._state.sequence <= FEW_CHANGES and not self._guard.locked()

    def _follow(self) -> None:
        changes = self._store.changes_since(self._state.sequence)
        while part := list(islice(changes, _BATCH)):
            self._state = following(self._state, part, self._index)
            if len(self._state.changed) > MOST_CHANGED:
                self._put_together(is_awaited=len(part) == _BATCH)

    # The beginning.

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

    def _made(self) -> tuple[Table, int]:
        """Make all records ready, and lay many of them into the ready file."""
        sequence = self._store.latest_sequence()
        sources = [Source(block, _all(block)) for block in map(Block, self._batches())]
        return (Table(sources[0].block.arrays) if len(sources) == 1 else self._based(sources, sequence)), sequence

    def _batches(self) -> Iterator[Arrays]:
        records = map(self._index, self._store.current())
        yield whole(list(islice(records, _BATCH)))
        while part := list(islice(records, _BATCH)):
            yield whole(part)

    # Meanwhile.

    def _put_together(self, *, is_awaited: bool) -> None:
        """Put the changed records into a layer; at once where many come at once, as in a load."""
        if not self._is_at_work.acquire(blocking=False):
            return
        if is_awaited:
            self._at_work(self._merge, self._state, False)
        else:
            work = threading.Thread(target=self._at_work, args=(self._merge, self._state, True), daemon=True)
            work.start()

    def _at_work(self, work: Callable[..., None], *given: object) -> None:
        try:
            work(*given)
        except Exception:
            log.exception("Changed records were not put together; answers stay right, and it is tried again.")
        finally:
            self._is_at_work.release()

    def _merge(self, state: State, is_alone: bool) -> None:
        base, *later = state.layers
        small = _together([_source(layer, state.sequence) for layer in (*later, state.recent)])
        if len(small["id.offsets"]) - 1 <= max(MOST_LATER, len(base.table) // _PART_OF_BASE):
            layers: tuple[Layer, ...] = (base, Layer.of(Table(small)))
        else:
            sources = [_source(base, state.sequence), Source(block := Block(small), _all(block))]
            layers = (Layer.of(self._based(sources, state.sequence)),)
        if is_alone:
            with self._guard:
                self._state = over(self._state, layers, state.sequence)
        else:
            self._state = over(self._state, layers, state.sequence)

    def _based(self, sources: Sequence[Source], sequence: int) -> Table:
        """Return a new base; it lies in the ready file where that can be written."""
        if self._file is not None and sum(len(source.rows) for source in sources) >= LEAST_READY:
            arrays = merged(sources)
            _prepare(Table(arrays))
            made = ready.Made(self._store.identity, self._code, sequence)
            try:
                ready.write(self._file, made, arrays, {"feature.data": feature_pieces(sources)})
                return Table(ready.read(self._file)[1])
            except (OSError, ready.Unusable) as error:
                log.warning("The ready file %s could not be written: %s.", self._file, error)
        return Table(_together(sources))


def _prepare(table: Table) -> None:
    """Make what answers need at once, and not when the first of them does."""
    table.prepare()
    events.of_table(table)
    counts.tallies(table)
    for column in PROJECTS:
        if column.dated and column.sort and column.kind == "code":
            spans.times(table, column.name)


def _source(layer: Layer, sequence: int) -> Source:
    return Source(layer.table.block, layer.kept_rows(sequence))


def _all(block: Block) -> Rows:
    return np.arange(len(block), dtype=np.int32)


def _together(sources: Sequence[Source]) -> Arrays:
    """Return all arrays of several blocks, in memory."""
    features = bytearray().join(feature_pieces(sources))
    return merged(sources) | {"feature.data": np.frombuffer(features, np.uint8)}
