"""Columns of records, on any day. A table never changes once it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import geopandas
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.columns import PROJECTS, Column
from geo.memory.beside import Beside
from geo.memory.indexed import NOTHING, Indexed
from geo.records.derived import is_stale

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
MISSING = -1


class Steps(NamedTuple):
    """A dated column: from which day (its ordinal) on which row has which value; rows and days rise."""

    rows: Numbers
    days: Numbers
    values: npt.NDArray[np.object_]


class Events(NamedTuple):
    """The events of a table, the newest first: whose, the place in the record, first and last day, whether expected.

    Those of one day come by how exact their dates are, then by record and by place.
    """

    rows: Numbers
    numbers: Numbers
    first: Numbers
    last: Numbers
    expected: Numbers


class Table:
    """Records in the order of their ids, as columns of a GeoDataFrame with an R-tree over the shapes."""

    def __init__(self, records: Sequence[Indexed]) -> None:
        self.records = sorted(records, key=lambda record: record.id)
        self.position = {record.id: index for index, record in enumerate(self.records)}
        self._steps: dict[str, Steps] = {}
        self._ranks: dict[str, Numbers] = {}

    def __len__(self) -> int:
        return len(self.records)

    @cached_property
    def frame(self) -> geopandas.GeoDataFrame:
        """The columns as they are today, those of codes as categories in the vocabulary's order."""
        columns = {name: _array(PROJECTS[name], self._today(name)) for name in PROJECTS.table}
        shapes = geopandas.GeoSeries([record.shape for record in self.records], crs="OGC:CRS84")
        return geopandas.GeoDataFrame(pd.DataFrame(columns), geometry=shapes)

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.frame.geometry.to_numpy())

    @cached_property
    def parts(self) -> tuple[Numbers, npt.NDArray[np.float64]]:
        """For every part of every shape, its row and its bounds (west, south, east, north)."""
        found, rows = shapely.get_parts(self.frame.geometry.to_numpy(), return_index=True)
        return rows, shapely.bounds(found).reshape(-1, 4)

    @cached_property
    def shapeless(self) -> Mask:
        return np.array([record.shape is None for record in self.records], dtype=bool)

    @cached_property
    def timeless(self) -> Mask:
        return np.array([record.first_day is None for record in self.records], dtype=bool)

    @cached_property
    def days(self) -> tuple[Numbers, Numbers]:
        """The ordinals of the first and the last day of each record's events; 0 where it has none."""
        spans = [(record.first_day or 0, record.last_day or 0) for record in self.records]
        first, last = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        return first, last

    @cached_property
    def links_to(self) -> dict[str, list[tuple[str, str]]]:
        """For each record that others link to: (type of link, id of the record that links)."""
        incoming: dict[str, list[tuple[str, str]]] = {}
        for record in self.records:
            for link_type, target in record.links:
                incoming.setdefault(target, []).append((link_type, record.id))
        return incoming

    @cached_property
    def events(self) -> Events:
        """The events of all records, sorted when they are first asked for."""
        told = [
            (row, number, first, last, expected)
            for row, record in enumerate(self.records)
            for number, (first, last, expected) in enumerate(record.events)
        ]
        rows, numbers, first, last, expected = np.array(told, dtype=np.int64).reshape(-1, 5).T
        order = np.lexsort((numbers, rows, -first, -last))
        return Events(*(column[order] for column in (rows, numbers, first, last, expected)))

    @cached_property
    def parties(self) -> dict[str, str]:
        """The names of all parties that records name, by id; of several names it is that of the first record."""
        return {party: name for record in reversed(self.records) for party, name in record.parties.items()}

    @cached_property
    def beside(self) -> Beside:
        return Beside(self.records)

    def values(self, name: str, on: dt.date | None = None) -> Sequence[Any]:
        """Return a column's values as they are answered, None where there is none, as they were on a day."""
        if name == "status_stale":  # the one column that changes from day to day with nothing being told
            told = zip(self.values("status", on), self.values("status_as_of", on), strict=True)
            return [is_stale(status, newest, on) for status, newest in told]
        return self._today(name) if on is None or name not in PROJECTS.dated else self._on(name, on).tolist()

    def series(self, name: str, on: dt.date | None = None) -> pd.Series[Any]:
        """Return a column in the form that is quick to compare."""
        if name in PROJECTS.table and (on is None or not PROJECTS[name].dated):
            found: pd.Series[Any] = self.frame[name]
            return found
        return pd.Series(_array(PROJECTS[name], self.values(name, on)))

    def ranks(self, name: str, on: dt.date | None) -> Numbers:
        """Number a column's values by size from 0, equal ones alike; a missing one gets -1."""
        if on is not None and PROJECTS[name].dated:
            return _ranked(self.sort_values(name, on))
        if name not in self._ranks:
            self._ranks[name] = _ranked(self.sort_values(name, None))
        return self._ranks[name]

    def sort_values(self, name: str, on: dt.date | None) -> Sequence[Any]:
        """Return the values by which records are sorted: codes as their place in the vocabulary."""
        terms, values = PROJECTS[name].vocabulary, self.values(name, on)
        return values if terms is None else [None if value is None else terms.position(value) for value in values]

    def _today(self, name: str) -> list[Any]:
        if PROJECTS[name].dated:
            return [record.steps[-1].values[name] for record in self.records]
        return [record.values[name] for record in self.records]

    def _on(self, name: str, on: dt.date) -> npt.NDArray[np.object_]:
        steps = self._steps_of(name)
        reached = steps.days <= on.toordinal()
        values = np.full(len(self), NOTHING[name], dtype=object)
        values[steps.rows[reached]] = steps.values[reached]  # oldest first, and the last one assigned stays
        return values

    def _steps_of(self, name: str) -> Steps:
        if name not in self._steps:
            steps = [(row, step) for row, record in enumerate(self.records) for step in record.steps]
            rows, days = (np.array(n, dtype=np.int64) for n in ([r for r, _ in steps], [s.day for _, s in steps]))
            values = np.empty(len(steps), dtype=object)
            values[:] = [step.values[name] for _, step in steps]
            self._steps[name] = Steps(rows, days, values)
        return self._steps[name]


def _array(column: Column, values: Sequence[Any]) -> Any:
    match column.kind:
        case "code" | "country":
            codes = list(column.codes or ())
            return pd.Categorical(values, categories=sorted(codes) if column.kind == "country" else codes)
        case "number":
            return np.array(values, dtype=float)
        case "integer":
            return pd.array(values, dtype="Int64")
        case "flag":
            return np.array(values, dtype=bool)
        case _:
            return pd.array(values, dtype="str")


def _ranked(values: Sequence[Any]) -> Numbers:
    numbers = {value: number for number, value in enumerate(sorted({v for v in values if v is not None}))}
    return np.array([MISSING if value is None else numbers[value] for value in values], dtype=np.int64)
