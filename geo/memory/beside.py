"""Which records stand beside one: near it on the ground, of the same parties, and before and after it in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from geo.answers.around import MOST_OF_A_PARTY, PLACED, boxes_around, distance_km
from geo.columns import PROJECTS
from geo.memory.changes import Layer, State
from geo.memory.rows import Mask, Rows
from geo.memory.table import Table

_LOOKED_AT = 64


class Beside:
    """What stands beside one current record of a state."""

    def __init__(self, state: State, table: Table, row: int) -> None:
        self._state, self._table, self._row = state, table, row
        self.id = table.ids[row]
        self._at = np.array([row])

    def near(self, km: float) -> list[tuple[float, str]]:
        """Return (kilometres, id) of those within this distance in the same country, nearest first.

        None where a place is only rough.
        """
        if not placed(self._table, self._at)[0]:
            return []
        point = (float(self._table.lon[self._row]), float(self._table.lat[self._row]))
        return sorted(each for layer in self._state.all_layers for each in self._near(layer, point, km))

    def _near(self, layer: Layer, point: Sequence[float], km: float) -> list[tuple[float, str]]:
        table = layer.table
        rows = self._others(layer, within_km(table, point, km))
        rows = rows[self._is_of_the_same(table, rows, "country")]
        far = distance_km(point, np.column_stack([table.lon[rows], table.lat[rows]]))
        return [(each, table.ids[row]) for each, row in zip(far.tolist(), rows.tolist(), strict=True) if each <= km]

    def of_the_same_parties(self) -> list[str]:
        """Return the ids of other records that share parties with this one, those that share most first."""
        parties, shared = self._table.held("owner", self._row), dict[str, int]()
        for layer in self._state.all_layers:
            counted = _of_parties(layer.table, parties)
            others = self._others(layer, np.array(list(counted), dtype=np.int32)).tolist()
            shared |= {layer.table.ids[row]: counted[row] for row in others}
        return sorted(shared, key=lambda each: (-shared[each], each))

    def adjacent(self) -> tuple[str | None, str | None]:
        """Return the ids before and after this one's among the records of the same country and kind."""
        before, after = ([next(self._from(layer, step), None) for layer in self._state.all_layers] for step in (-1, 1))
        return max(filter(None, before), default=None), min(filter(None, after), default=None)

    def _from(self, layer: Layer, step: int) -> Iterator[str]:
        """Yield the ids of the same country and kind, one way from this record on."""
        table = layer.table
        order, rank = table.sorted("country"), int(self._table.ranks("country", self._at, None)[0])
        rows = order.rows[order.starts[rank] : order.starts[rank + 1]]
        here = table.row_after(self.id) if step > 0 else table.ids.place(self.id.encode())
        at = int(np.searchsorted(rows, np.int32(here)))
        rows = rows[at:] if step > 0 else rows[:at][::-1]
        for start in range(0, len(rows), _LOOKED_AT):
            part = self._others(layer, rows[start : start + _LOOKED_AT])
            yield from (table.ids[row] for row in part[self._is_of_the_same(table, part, "kind")].tolist())

    def _is_of_the_same(self, table: Table, rows: Rows, name: str) -> Mask:
        return np.asarray(table.ranks(name, rows, None) == self._table.ranks(name, self._at, None)[0])

    def _others(self, layer: Layer, rows: Rows) -> Rows:
        """Leave out this record, and rows that are no longer current."""
        rows, own = self._state.standing(layer, rows), layer.table.row(self.id)
        return rows if own is None else rows[rows != own]


def placed(table: Table, rows: Rows) -> Mask:
    """Return of which records the place is known to at least a locality."""
    accuracies = [PROJECTS["location_accuracy"].vocabulary.position(each) for each in PLACED]  # type: ignore[union-attr]
    return np.isin(table.ranks("location_accuracy", rows, None), accuracies) & ~np.isnan(table.lon[rows])


def within_km(table: Table, point: Sequence[float], km: float) -> Rows:
    """Return the rows of placed records that may be within a distance; all that are, and some that are farther."""
    found = [table.places.rows_that_meet(box) for box in boxes_around(point, km)]
    rows = np.unique(np.concatenate(found))
    return rows[placed(table, rows)]


def _of_parties(table: Table, parties: Sequence[str]) -> Counter[int]:
    rows = (table.holding("owner", party)[:MOST_OF_A_PARTY].tolist() for party in parties)
    return Counter(row for of_party in rows for row in of_party)
