"""Columns of records: which of them a query means. A block never changes once it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import geopandas
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo import vocabulary
from geo.columns import PROJECTS
from geo.memory.entry import Entry
from geo.query import CODED, Box, Interval, Query
from geo.text import fold

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]

_TEXTS = ("id", "name", "region", "locality", "operator", "status_date", "first_date", "last_date", "updated")
_NUMBERS = ("capacity_lce_t_per_year", "capacity_gwh_per_year", "location_radius_km")
_NEVER, _ALWAYS = np.iinfo(np.int64).max, np.iinfo(np.int64).min
_UNKNOWN = vocabulary.STATUSES.position("unknown")


class Block:
    """Records in the order of their ids, as columns of a GeoDataFrame with an R-tree over the shapes."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = sorted(entries, key=lambda entry: entry.id)
        self.frame = _frame(self.entries)
        self.position = {entry.id: index for index, entry in enumerate(self.entries)}
        self._tree = shapely.STRtree(self.frame.geometry.to_numpy())
        self._known_ranks: dict[str, npt.NDArray[np.int64]] = {}
        self._shapeless = np.array([entry.shape is None for entry in self.entries], dtype=bool)

    def __len__(self) -> int:
        return len(self.entries)

    def matches(self, query: Query) -> Mask:
        """Return, for each record, whether the query means it (paging aside)."""
        mask = np.ones(len(self), dtype=bool)
        if query.as_of is not None:
            mask &= self._spoken_of(query.as_of)
        for column, wanted in query.values.items():
            mask &= self._has_value(column, wanted, query.as_of)
        if query.box is not None:
            mask &= self._meets_box(query.box)
        if query.interval is not None:
            mask &= self._meets_interval(query.interval)
        if query.words is not None:
            mask &= self._has_words(query.words)
        return mask

    def statuses(self, as_of: dt.date | None) -> npt.NDArray[np.int64]:
        """Return each record's status as its position in the vocabulary, today or as it was on a date."""
        if as_of is None:
            return self._statuses_today
        rows, days, statuses = self._changes
        reached = days <= as_of.toordinal()
        codes = np.full(len(self), _UNKNOWN, dtype=np.int64)
        codes[rows[reached]] = statuses[reached]  # changes are oldest first, and the last one assigned stays
        return codes

    def sort_column(self, column: str, as_of: dt.date | None) -> Sequence[Any]:
        """Return the values by which records are sorted: numbers or texts, None where missing."""
        if column == "status":
            return [int(code) for code in self.statuses(as_of)]
        if as_of is not None and PROJECTS[column].dated:
            return [entry.dated(as_of)[column] for entry in self.entries]
        values = [entry.values[column] for entry in self.entries]
        return [vocabulary.KINDS.position(value) for value in values] if column == "kind" else values

    def order(self, sort: tuple[tuple[str, bool], ...], as_of: dt.date | None) -> Positions:
        """Return all positions in sort order; ids decide among equals, and a missing value comes last either way."""
        keys = [_directed(self._ranks(column, as_of), ascending) for column, ascending in sort]
        return np.lexsort(keys[::-1]) if keys else np.arange(len(self), dtype=np.intp)

    def _ranks(self, column: str, as_of: dt.date | None) -> npt.NDArray[np.int64]:
        of_a_date = as_of is not None and PROJECTS[column].dated
        if of_a_date:
            return _rank(self.sort_column(column, as_of))
        if column not in self._known_ranks:
            self._known_ranks[column] = _rank(self.sort_column(column, None))
        return self._known_ranks[column]

    def count(self, column: str, mask: Mask, as_of: dt.date | None) -> dict[str, int]:
        """Return how many of the masked records have each value of `status` or of a categorical column."""
        if column == "status":
            numbers = np.bincount(self.statuses(as_of)[mask], minlength=len(vocabulary.STATUSES))
            counted = zip(vocabulary.STATUSES.codes, numbers.tolist(), strict=True)
        else:
            series = self.frame[column][mask].value_counts()
            counted = zip(series.index.tolist(), series.tolist(), strict=True)
        return {value: number for value, number in counted if number}

    @cached_property
    def _statuses_today(self) -> npt.NDArray[np.int64]:
        return np.asarray(self.frame["status"].cat.codes, dtype=np.int64)

    @cached_property
    def links_to(self) -> dict[str, list[tuple[str, str]]]:
        """For each record that others link to: (type of link, id of the record that links)."""
        incoming: dict[str, list[tuple[str, str]]] = {}
        for entry in self.entries:
            for link_type, target in entry.links:
                incoming.setdefault(target, []).append((link_type, entry.id))
        return incoming

    @cached_property
    def _changes(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        codes = vocabulary.STATUSES
        rows = [(row, s.day, codes.position(s.values["status"])) for row, e in enumerate(self.entries) for s in e.steps]
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]

    def _spoken_of(self, day: dt.date) -> Mask:
        first = _days(self.frame["first_day"], _ALWAYS)
        return np.asarray(first <= day.toordinal())

    def _has_value(self, column: str, wanted: frozenset[str], as_of: dt.date | None) -> Mask:
        if column in ("status", "status_group"):
            terms = vocabulary.STATUSES
            chosen = [terms.position(t.code) for t in terms if (t.code if column == "status" else t.group) in wanted]
            return np.isin(self.statuses(as_of), chosen)
        if column == "owner":
            return np.fromiter((not wanted.isdisjoint(e.values["owner"]) for e in self.entries), bool, len(self))
        return np.asarray(self.frame[column].isin(list(wanted)), dtype=bool)

    def _meets_box(self, box: Box) -> Mask:
        """Records without geometry meet every box (OGC 17-069r4, requirement /req/core/fc-bbox-response)."""
        mask = self._shapeless.copy()
        for part in box.parts():
            mask[self._tree.query(_area(*part), predicate="intersects")] = True
        return mask

    def _meets_interval(self, interval: Interval) -> Mask:
        """Records without time meet every interval (OGC 17-069r4, requirement /req/core/fc-time-response)."""
        first, last = _days(self.frame["first_day"], _ALWAYS), _days(self.frame["last_day"], _NEVER)
        start = interval.start.toordinal() if interval.start else _ALWAYS
        end = interval.end.toordinal() if interval.end else _NEVER
        return np.asarray((first <= end) & (last >= start))

    def _has_words(self, words: str) -> Mask:
        """A question without a word, as an empty field of a form sends it, leaves nothing out."""
        texts = self.frame["search"]
        wanted = [part for part in (fold(text).split() for text in words.split(",")) if part]
        found = np.full(len(self), not wanted)
        for part in wanted:
            of_part = np.ones(len(self), dtype=bool)
            for word in part:
                of_part &= texts.str.contains(word, regex=False).to_numpy(dtype=bool)
            found |= of_part
        return found


def _rank(values: Sequence[Any]) -> npt.NDArray[np.int64]:
    """Number values by size from 0, equal ones alike; a missing one gets -1."""
    numbers = {value: number for number, value in enumerate(sorted({v for v in values if v is not None}))}
    return np.array([-1 if value is None else numbers[value] for value in values], dtype=np.int64)


def _directed(ranks: npt.NDArray[np.int64], ascending: bool) -> npt.NDArray[np.int64]:
    return np.where(ranks < 0, _NEVER, ranks if ascending else -ranks)


def _frame(entries: Sequence[Entry]) -> geopandas.GeoDataFrame:
    texts = (*_TEXTS, "search", "owners")
    columns: dict[str, Any] = {name: pd.array([e.values[name] for e in entries], dtype="str") for name in texts}
    columns |= {name: np.array([e.values[name] for e in entries], dtype=float) for name in _NUMBERS}
    columns |= {name: pd.array([e.values[name] for e in entries], dtype="Int64") for name in ("first_day", "last_day")}
    columns |= {
        name: pd.Categorical([e.values[name] for e in entries], categories=terms.codes) for name, terms in CODED.items()
    }
    columns["country"] = pd.Categorical([e.values["country"] for e in entries])
    shapes = geopandas.GeoSeries([e.shape for e in entries], crs="OGC:CRS84")
    return geopandas.GeoDataFrame(pd.DataFrame(columns), geometry=shapes)


def _days(column: pd.Series[Any], missing: int) -> npt.NDArray[np.int64]:
    return column.to_numpy(dtype=np.int64, na_value=missing)


def _area(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """A box without area is a line or a point: as a polygon it would be invalid and meet nothing."""
    return shapely.envelope(shapely.MultiPoint([(west, south), (east, north)]))
