"""The state of a store in memory: how it keeps up, and how its layers are put together meanwhile."""

from __future__ import annotations

import functools
import logging
import threading
from itertools import islice
from typing import NamedTuple

from geo import freshness
from geo.curated.organisations import Organisations
from geo.errors import NoPrimary, StoreError
from geo.indexed import index
from geo.made_by import maker
from geo.memory.bases import Bases, Ready, together
from geo.memory.changes import Layer, Paced, State, following, over, shows
from geo.memory.merging import Source
from geo.memory.table import Table
from geo.pace import unhurried
from geo.store import Records, Revision

_FEW = 16  # changes that are read while somebody waits for an answer of less than a millisecond
_PART_OF_BASE = 64
_PART_THAT_IS_MOST = 4  # of all records: to make all ready then takes no longer than to take changes in
_BATCH = 4_096

log = logging.getLogger(__name__)


class Limits(NamedTuple):
    """How many records make work of another kind worth it."""

    changed: int = 256  # that are kept one by one beside the layers
    later: int = 2_048  # or a part of the base, that a second layer holds before both become a new base
    ready: int = 5_000  # from which on they lie in a file: fewer are made ready again before anybody waits


LIMITS, NOT_KEPT = Limits(), Ready()


class Still(NamedTuple):
    """A state that does not follow the store."""

    of: State

    def state(self) -> State:
        return self.of

    def at_once(self) -> State:
        return self.of


class Following:
    """Keeps a state as new as the store.

    Readers work on a state that does not change under them, without locks. A change is added to a few that are kept
    one by one; when they are many, a thread in the background puts them together with the layer before, and that, when
    it is large, with the base, which lies in the ready file, where there is a place for one, and which another process
    makes where there may be one. A base that another process has made is taken as it is.
    """

    def __init__(
        self, store: Records, organisations: Organisations, ready: Ready = NOT_KEPT, limits: Limits = LIMITS
    ) -> None:
        self._store, self._limits = store, limits
        self._index = functools.partial(index, organisations=organisations)
        self._bases = Bases(store, self._index, ready, maker(organisations) if ready.file else "", limits.ready)
        self._guard = threading.Lock()
        self._is_at_work = threading.Lock()
        self._history = store.history
        self._state = _resting_on(*self._bases.first())
        if not self._agrees(self._state):  # of a ready file
            self._state = _resting_on(*self._bases.anew())

    def state(self) -> State:
        """Return the state after all changes that were made before this was asked."""
        newest = self._store.latest_sequence()
        if self._store.history != self._history:
            self._follow_history(self._store.history)
        if newest > self._state.sequence:
            with self._guard:
                self._follow()
            if len(self._state.changed) > self._limits.changed:
                self._put_together()
        return self._state

    def _follow_history(self, history: int) -> None:
        """Make all anew where this state knows a change that is none of the store's any more."""
        with self._guard:
            if self._history != history and not self._agrees(self._state):
                log.warning("A server that had not all changes was promoted: all records are read again.")
                self._state = _resting_on(*self._bases.anew())
            self._history = history

    def _agrees(self, state: State) -> bool:
        """Return whether the newest change of a state is that of the store."""
        if state.sequence == 0:
            return True
        newest = self._change(state.sequence)
        return newest is not None and shows(state, newest, self._index)

    def _change(self, sequence: int) -> Revision | None:
        """Return a change; asked of what knows all there is, or while there is no primary, of who has got so far."""
        try:
            with freshness.asked(freshness.NEWEST):
                return self._store.change(sequence)
        except NoPrimary:
            with freshness.asked(sequence):
                return self._store.change(sequence)

    def _follow(self) -> None:
        try:
            self._state = self._followed(self._state)
        except StoreError:
            if not self._store.may_answer(self._state.sequence):
                raise

    def at_once(self) -> State | None:
        """Return what `state` does, or None where many changes would have to be read for that."""
        state = self._state
        behind = self._store.latest_sequence() - state.sequence
        if self._store.history != self._history:
            return None
        if behind <= 0:
            return state
        return None if behind > _FEW or not self._store.is_at_hand or self._guard.locked() else self.state()

    def _followed(self, state: State, paced: Paced = iter) -> State:
        """Return the state after all changes, at a pace.

        Of many at once, as of a load, each batch goes into the second layer; where they are a good part of all there
        is, all is made ready anew, once.
        """
        behind = self._store.latest_sequence() - state.sequence
        if behind > max(_BATCH, len(state.layers[0].table) // _PART_THAT_IS_MOST):
            state = _resting_on(*self._bases.anew())
        changes = self._store.changes_since(state.sequence)
        while part := list(islice(paced(changes), _BATCH)):
            state = following(state, part, self._index, paced)
            if len(part) == _BATCH:
                state = _with_second_layer(state)
        return state

    def _put_together(self) -> None:
        if self._is_at_work.acquire(blocking=False):
            threading.Thread(target=self._work, args=(self._state,), daemon=True).start()

    def _work(self, state: State) -> None:
        """Put the changed records of a state into its layers, or take a newer base."""
        try:
            base = self._bases.newer(state.base_sequence)
            added = state if base else _with_second_layer(state)
            base = base or self._new_base(added)
            if base:
                self._rest_on(*base)
            else:
                self._take_layers(state, added)
        except Exception:
            log.exception("Changed records were not put together; answers stay right, and it is tried again.")
        finally:
            self._is_at_work.release()

    def _new_base(self, state: State) -> tuple[Table, int] | None:
        """Return the layers as one base, where the second is large; None too while another process makes it."""
        base, later = state.layers
        if len(later.table) <= max(self._limits.later, len(base.table) // _PART_OF_BASE):
            return None
        return None if self._bases.are_made_elsewhere() else self._bases.of(_sources(state), state.sequence)

    def _rest_on(self, table: Table, sequence: int) -> None:
        if sequence <= self._state.base_sequence:  # many changes at once have made a newer one meanwhile
            return
        resting = _resting_on(table, sequence)
        if not self._agrees(resting):
            return
        beyond = self._followed(resting, unhurried)
        with self._guard:
            self._state = self._followed(beyond)

    def _take_layers(self, state: State, added: State) -> None:
        """Take layers that were made of a state, with what has changed meanwhile over them."""
        with self._guard:
            if self._state.layers is state.layers:  # and many changes at once have not made others meanwhile
                self._state = over(self._state, added)

    def lay(self) -> bool:
        """Lay all that there is into the ready file as a base; returns whether it lies there."""
        state = self._followed(self._state)
        if state.sequence > state.base_sequence:
            self._bases.of(_sources(_with_second_layer(state)), state.sequence)
        return self._bases.newer(state.sequence - 1) is not None


def _with_second_layer(state: State) -> State:
    base, *later = state.layers
    added = together([_source(layer, state.sequence) for layer in (*later, state.recent)])
    return state.with_layers((base, Layer.of(Table(added))), state.base_sequence)


def _resting_on(table: Table, sequence: int) -> State:
    return State(sequence, (Layer.of(table),), {}, {}, {}, sequence)


def _sources(state: State) -> list[Source]:
    return [_source(layer, state.sequence) for layer in state.layers]


def _source(layer: Layer, sequence: int) -> Source:
    return Source(layer.table.block, layer.kept_rows(sequence))
