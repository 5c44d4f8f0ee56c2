"""The features of a collection that is made of the projects, at one moment; what nobody asks for is not made."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from shapely.geometry.base import BaseGeometry

from geo import vocabulary
from geo.columns import SHARES, Columns, capacity_of, projects_of
from geo.gathered.tally import Tally

Reader = Callable[[int], Any]  # of the value that a row has in a column


class Features(ABC):
    """What a collection holds of each of its ids, which rise: what its makers know, and what the projects come to."""

    columns: Columns

    def __init__(self, ids: Sequence[str], tally: Tally) -> None:
        self.ids, self._tally = ids, tally

    def __len__(self) -> int:
        return len(self.ids)

    def value(self, name: str, at: int) -> Any:
        """Return what one has in a column as it is answered; None where there is nothing."""
        return _plain(self._readers[name](at))

    def features(self, rows: Sequence[int]) -> Iterator[bytes]:
        """Yield some as GeoJSON features."""
        readers = [(name, self._readers[name]) for name in self.columns.names if name != "id"]
        return (self._feature(at, {name: _plain(read(at)) for name, read in readers}) for at in rows)

    def _feature(self, at: int, properties: dict[str, Any]) -> bytes:
        told = orjson.dumps({**properties, **self.told(at), "capacities": self._capacities(at)})
        head = orjson.dumps({"type": "Feature", "id": self.ids[at]})[:-1]
        return b"".join([head, b',"geometry":', self.geometry(at), b',"properties":', told, b"}"])

    def _capacities(self, at: int) -> list[dict[str, Any]]:
        return [
            {**each._asdict(), "value": _plain(each.value), "unit": _units()[each.measure]}
            for each in self._tally.sums(at)
        ]

    def shape(self, at: int) -> BaseGeometry | None:
        """Return where one is, WGS 84; None where it is nowhere."""
        return None

    def geometry(self, at: int) -> bytes:
        """Return the same as GeoJSON."""
        return b"null"

    @abstractmethod
    def words(self, at: int) -> str:
        """Return the words by which one is found."""

    def told(self, at: int) -> dict[str, Any]:
        """Return the properties that are no columns."""
        return {}

    @abstractmethod
    def own(self) -> dict[str, Reader]:
        """Return what reads the columns that are not of all such collections."""

    @functools.cached_property
    def _readers(self) -> dict[str, Reader]:
        tally = self._tally
        readers = {
            "id": lambda at: self.ids[at],
            **self.own(),
            "projects": lambda at: tally.projects[at],
            "updated": tally.newest("updated"),
        }
        for name, known in (("status_group", vocabulary.STATUS_GROUPS), ("segment", vocabulary.SEGMENTS)):
            readers |= {projects_of(code): _count(tally, name, at) for at, code in enumerate(known.codes)}
        for m, measure in enumerate(vocabulary.MEASURES):
            readers |= {capacity_of(measure.code, share): _share(tally, m, s) for s, share in enumerate(SHARES)}
        return readers


def _count(tally: Tally, name: str, code: int) -> Reader:
    return lambda at: tally.by_code(name)[at, code]


def _share(tally: Tally, measure: int, share: int) -> Reader:
    return lambda at: tally.shares[at, measure, share]


def _plain(value: Any) -> Any:
    """Return a value without numpy: whole numbers without a fraction, None for NaN."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if value != value else int(value) if value.is_integer() else value
    return value


@functools.cache
def _units() -> dict[str, str]:
    return {measure.code: measure.unit for measure in vocabulary.MEASURES}


class Values(Mapping[str, Any]):
    """The values of one feature by column, each looked up when it is asked for."""

    def __init__(self, features: Features, at: int) -> None:
        self._features, self._at = features, at

    def __getitem__(self, name: str) -> Any:
        if name not in self._features.columns:
            raise KeyError(name)
        return self._features.value(name, self._at)

    def __iter__(self) -> Iterator[str]:
        return iter(self._features.columns.names)

    def __len__(self) -> int:
        return len(self._features.columns.names)
