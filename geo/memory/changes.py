"""How answers follow the store: tables that stay, with what has changed since in a small one beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.indexed import Indexed
from geo.memory.recent import Recent
from geo.memory.rows import Mask, Rows
from geo.memory.selection import Selection
from geo.memory.table import Table
from geo.query import Query
from geo.store import Revision

_NOT_YET = np.iinfo(np.int64).max

Index = Callable[[Revision], Indexed]
Paced = Callable[[Iterable[Revision]], Iterator[Revision]]  # yields the same, as quickly as it should go
Extent = tuple[list[float], list[str | None]]

_WORLD = [-180.0, -90.0, 180.0, 90.0]


class Gone:
    """Which rows of a table have been changed or deleted since it was made, and by which change of the store.

    It only grows, so that a state of some time ago goes on to see just what was gone then. One thread adds at a time.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._since: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None
        self._rows: list[int] = []
        self._sequences: list[int] = []

    def add(self, row: int, sequence: int) -> None:
        since = self._since if self._since is not None else np.full(self._size, _NOT_YET, dtype=np.int64)
        if since[row] == _NOT_YET:
            since[row] = sequence
            self._rows.append(row)
            self._sequences.append(sequence)
        self._since = since

    def has(self, row: int, sequence: int) -> bool:
        """Return whether a row is gone in the state of this sequence."""
        return self._since is not None and bool(self._since[row] <= sequence)

    def left(self, rows: Rows, sequence: int) -> Rows:
        """Return those of the rows that are not gone."""
        mask = self.are_left(rows, sequence)
        return rows if mask is None else rows[mask]

    def are_left(self, rows: Rows, sequence: int) -> Mask | None:
        """Return which of the rows are not gone; None where none of the table is."""
        return None if self._since is None else self._since[rows] > sequence

    def rows(self, sequence: int) -> Rows:
        """Return all rows that are gone, rising."""
        number = len(self._sequences)
        while number and self._sequences[number - 1] > sequence:
            number -= 1
        return np.sort(np.array(self._rows[:number], dtype=np.int32))


@dataclass(frozen=True)
class Layer:
    """A table and which of its rows are gone."""

    table: Table
    gone: Gone

    @classmethod
    def of(cls, table: Table) -> Layer:
        return cls(table, Gone(len(table)))

    def kept_rows(self, sequence: int) -> Rows:
        """Return the rows that are not gone, rising."""
        gone = self.gone.rows(sequence)
        return np.delete(self.table.all_rows, gone) if len(gone) else self.table.all_rows


@dataclass(frozen=True)
class Matches:
    """What a question means in one layer of a state."""

    layer: Layer
    selection: Selection
    sequence: int

    @property
    def table(self) -> Table:
        return self.layer.table

    @cached_property
    def gone(self) -> Rows:
        """The rows that would match, were they not gone."""
        gone = self.layer.gone.rows(self.sequence)
        return gone[self.selection.among(gone)] if len(gone) else gone

    @property
    def number(self) -> int:
        """How many records match."""
        return self.selection.number - len(self.gone)

    def there(self, rows: Rows) -> Rows:
        """Return those of the rows that are not gone."""
        return self.layer.gone.left(rows, self.sequence)

    @property
    def rows(self) -> Rows:
        """All matching rows, rising."""
        return self.there(self.selection.rows)


@dataclass(frozen=True)
class State:
    """The records as they were after a change: layers that stay, and those changed since, by id."""

    sequence: int
    layers: tuple[Layer, ...]
    changed: Mapping[str, Indexed]
    since: Mapping[str, int]  # by which change each of them, or a deleted one, became what it is
    deleted: dict[str, Revision]  # all states share it: that of before a deletion finds the record first
    base_sequence: int  # of the newest change that the first layer has

    @cached_property
    def recent(self) -> Layer:
        """The records changed since the layers were made, as a layer of its own."""
        return Layer.of(Recent(list(self.changed.values())))

    @property
    def all_layers(self) -> tuple[Layer, ...]:
        return (*self.layers, self.recent) if self.changed else self.layers

    def matches(self, query: Query) -> list[Matches]:
        """Return what a question means in each layer."""
        return [
            Matches(layer, Selection(layer.table, query.filter, query.as_of), self.sequence)
            for layer in self.all_layers
            if len(layer.table)
        ]

    def find(self, project_id: str) -> tuple[Table, int] | None:
        """Return where a current record stands; None for one that is deleted or was never there."""
        for layer in self.all_layers:
            row = layer.table.row(project_id)
            if row is not None and not layer.gone.has(row, self.sequence):
                return layer.table, row
        return None

    def standing(self, layer: Layer, rows: Rows) -> Rows:
        """Return those rows of a layer that are current records."""
        return layer.gone.left(rows, self.sequence)

    @property
    def knows_extent(self) -> bool:
        """Return whether the extent is at hand, since it has been asked for."""
        return "extent" in self.__dict__

    @cached_property
    def extent(self) -> Extent:
        """The bounds of all places, and the instants between which all events lie."""
        matches = self.matches(Query())
        boxes = [box for each in matches if (box := each.table.places.extent(each.rows)) is not None]
        days = [span for each in matches if (span := each.table.time_span(each.rows)) is not None]
        edges = np.array(boxes).reshape(-1, 4)
        box = [*edges[:, :2].min(axis=0).tolist(), *edges[:, 2:].max(axis=0).tolist()] if len(edges) else _WORLD
        return box, _instants(days)

    def with_layers(self, layers: tuple[Layer, ...], base_sequence: int) -> State:
        """Return the same records in layers that hold all that there is now."""
        return State(self.sequence, layers, {}, {}, self.deleted, base_sequence)

    def links_to(self, project_id: str) -> Iterator[tuple[str, str]]:
        """Yield (type, id) of every current record that links to this one."""
        for layer in self.all_layers:
            for kind, row in layer.table.links_to(project_id):
                if not layer.gone.has(row, self.sequence):
                    yield kind, layer.table.ids[row]


def _instants(days: list[tuple[int, int]]) -> list[str | None]:
    if not days:
        return [None, None]
    first, last = min(start for start, _ in days), max(end for _, end in days)
    return [f"{dt.date.fromordinal(first)}T00:00:00Z", f"{dt.date.fromordinal(last)}T23:59:59Z"]


def following(state: State, changes: Sequence[Revision], index: Index, paced: Paced = iter) -> State:
    """Return the state after these changes, which come oldest first."""
    changed, since = dict(state.changed), dict(state.since)
    for change in paced({change.project_id: change for change in changes}.values()):
        _mark(state.layers, change.project_id, change.sequence)
        since[change.project_id] = change.sequence
        if change.project is None:
            changed.pop(change.project_id, None)
            state.deleted[change.project_id] = change
        else:
            changed[change.project_id] = index(change)
    return State(changes[-1].sequence, state.layers, changed, since, state.deleted, state.base_sequence)


def over(state: State, before: State) -> State:
    """Return the records of a state over the layers of another one, which hold all that there was some time before."""
    since = {project_id: changed for project_id, changed in state.since.items() if changed > before.sequence}
    for project_id, changed in sorted(since.items(), key=lambda each: each[1]):
        _mark(before.layers, project_id, changed)
    changed_since = {each: record for each, record in state.changed.items() if each in since}
    return State(state.sequence, before.layers, changed_since, since, state.deleted, before.base_sequence)


def shows(state: State, revision: Revision, index: Index) -> bool:
    """Return whether a state has the record of a revision as that says it, or as a later one does."""
    found = state.find(revision.project_id)
    if found is None or revision.project is None:
        return found is None and revision.project is None
    table, row = found
    number = table.revision(row)
    return number > revision.number or bytes(table.feature(row)).endswith(index(revision).tail)


def _mark(layers: Sequence[Layer], project_id: str, sequence: int) -> None:
    for layer in layers:
        row = layer.table.row(project_id)
        if row is not None:
            layer.gone.add(row, sequence)
