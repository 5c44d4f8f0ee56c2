"""How answers follow the store: a large base that stays, and a small table of what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from geo.memory.beside import is_placed
from geo.memory.columns import Mask, Table
from geo.memory.indexed import Indexed
from geo.memory.masks import meant
from geo.query import Query
from geo.store import Revision

MOST_RECENT = 256  # changed records kept beside the base before both become a new base

Index = Callable[[Revision], Indexed]


@dataclass(frozen=True)
class State:
    """Two tables: `base`, and `recent` with the records changed since; `superseded` are rows of base not to be used."""

    sequence: int
    base: Table
    superseded: Mask
    recent: Table
    deleted: dict[str, Revision]

    def matches(self, query: Query) -> list[tuple[Table, Mask]]:
        """Return both tables with which of their records the query means."""
        of_base = meant(self.base, query.filter, query.as_of) & ~self.superseded
        return [(self.base, of_base), (self.recent, meant(self.recent, query.filter, query.as_of))]

    def record(self, project_id: str) -> Indexed | None:
        """Return a current record; None for one that is deleted or was never there."""
        if project_id in self.recent.position:
            return self.recent.records[self.recent.position[project_id]]
        row = self.base.position.get(project_id)
        return None if row is None or self.superseded[row] else self.base.records[row]

    def links_to(self, project_id: str) -> list[tuple[str, str]]:
        """Return (type, id) of every current record that links to this one."""
        of_base = self.base.links_to.get(project_id, [])
        kept = [(kind, source) for kind, source in of_base if not self.superseded[self.base.position[source]]]
        return sorted(kept + self.recent.links_to.get(project_id, []))

    def near(self, record: Indexed, km: float) -> list[tuple[float, Indexed]]:
        """Return (kilometres, record) of the others near a record, nearest first; none where a place is only rough."""
        if not is_placed(record):
            return []
        found = [(far, each) for far, each in self.base.beside.near(record, km) if self._stands(each.id)]
        found += self.recent.beside.near(record, km)
        return sorted(((far, each) for far, each in found if each.id != record.id), key=lambda at: (at[0], at[1].id))

    def of_the_same_parties(self, record: Indexed) -> list[str]:
        """Return the ids of other records that share parties with this one, those that share most first."""
        of_base = self.base.beside.of_the_same_parties(record)
        shared = {each: number for each, number in of_base.items() if self._stands(each)}
        shared |= self.recent.beside.of_the_same_parties(record)
        return sorted((each for each in shared if each != record.id), key=lambda each: (-shared[each], each))

    def adjacent(self, record: Indexed) -> tuple[str | None, str | None]:
        """Return the ids before and after this one's among records of the same country and kind."""
        tables, stands = (self.base.beside, self.recent.beside), (self._stands, lambda _: True)
        pairs = list(zip(tables, stands, strict=True))
        before = [next(filter(keeps, table.before(record)), None) for table, keeps in pairs]
        after = [next(filter(keeps, table.after(record)), None) for table, keeps in pairs]
        return max(filter(None, before), default=None), min(filter(None, after), default=None)

    def _stands(self, project_id: str) -> bool:
        """Return whether the base's record of this id is still the current one."""
        return not self.superseded[self.base.position[project_id]]


def first_state(sequence: int, records: Iterable[Indexed], deleted: dict[str, Revision]) -> State:
    """Return the state in which all records are the base."""
    base = Table(list(records))
    return State(sequence, base, np.zeros(len(base), dtype=bool), Table([]), deleted)


def following(state: State, changes: Sequence[Revision], index: Index) -> State:
    """Return the state after these changes, which come oldest first."""
    recent = {record.id: record for record in state.recent.records}
    superseded, deleted = state.superseded.copy(), dict(state.deleted)
    for change in {change.project_id: change for change in changes}.values():
        row = state.base.position.get(change.project_id)
        if row is not None:
            superseded[row] = True
        if change.project is None:
            recent.pop(change.project_id, None)
            deleted[change.project_id] = change
        else:
            recent[change.project_id] = index(change)
    sequence = changes[-1].sequence
    if len(recent) <= MOST_RECENT:
        return State(sequence, state.base, superseded, Table(list(recent.values())), deleted)
    kept = [record for record, gone in zip(state.base.records, superseded, strict=True) if not gone]
    return first_state(sequence, [*kept, *recent.values()], deleted)
