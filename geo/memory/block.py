"""Records as arrays, in the order of their ids: made from records, from a file, or from other blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import accumulate, chain
from typing import Any

import numpy as np

from geo.indexed import Indexed
from geo.memory.coded import Coded, Ranks, coded
from geo.memory.fields import BY_NAME, ELEMENTS, FIELDS, ROW, Field, feature_of
from geo.memory.rows import by_rank
from geo.memory.texts import Array, Texts

Arrays = dict[str, Array]


class Block:
    """The fields of records: `plain` ones as numbers, `coded` ones as ranks; those of a group lie between `starts`."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self._coded: dict[str, Coded] = {}

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def ids(self) -> Texts:
        return self.texts("id")

    @cached_property
    def features(self) -> Texts:
        return self.texts("feature")

    def texts(self, name: str) -> Texts:
        return Texts(self.arrays[f"{name}.offsets"], self.arrays[f"{name}.data"])

    def plain(self, name: str) -> Array:
        return self.arrays[name]

    def starts(self, group: str) -> Array:
        return self.arrays[f"{group}.starts"]

    def rows_of(self, group: str) -> Array:
        """Return for each element of a group the row of its record."""
        starts = self.starts(group)
        return np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))

    def coded(self, name: str) -> Coded:
        if name not in self._coded:
            self._coded[name] = Coded(self._distinct(BY_NAME[name]), self.arrays[name])
        return self._coded[name]

    def kept(self, name: str, make: Callable[[], Array]) -> Array:
        """Return an array that follows from the fields, made where it is not there."""
        if name not in self.arrays:
            self.arrays[name] = make()
        return self.arrays[name]

    def kept_parts(self, name: str, parts: Sequence[str], make: Callable[[], Sequence[Array]]) -> list[Array]:
        """Return several such arrays, which are made at once."""
        names = [f"{name}.{part}" for part in parts]
        if not all(each in self.arrays for each in names):
            self.arrays.update(zip(names, make(), strict=True))
        return [self.arrays[each] for each in names]

    def kept_order(self, name: str, ranks: Callable[[], Ranks], size: int) -> list[Array]:
        """Return the places of such ranks in their order, and where each rank begins, as `by_rank` does."""
        return self.kept_parts(name, ("sorted", "starts_sorted"), lambda: by_rank(ranks(), size))

    def _distinct(self, field: Field) -> Sequence[Any]:
        if field.codes is not None:
            return field.codes
        ranks = self.arrays[field.name]  # made first: with it come its distinct values
        assert ranks is not None
        if field.form in ("number", "integer"):
            return self.arrays[f"{field.name}.distinct"]  # type: ignore[return-value]
        return self.texts(field.name)


class OfRecords(Arrays):
    """The arrays of records in the order of their ids, each made when it is first asked for."""

    def __init__(self, records: Sequence[Indexed]) -> None:
        super().__init__()
        self._records = records
        self._by_group: dict[str, list[Sequence[Any]]] = {}

    def __missing__(self, name: str) -> Array:
        base, _, part = name.partition(".")
        if base in ("id", "feature"):
            raw = (record.id.encode() if base == "id" else feature_of(record) for record in self._records)
            self.update(of_texts(base, list(raw)))
        elif part == "starts":
            counts = map(len, self._elements(base))
            self[name] = np.fromiter(accumulate(counts, initial=0), np.int64, len(self._records) + 1)
        else:
            field = BY_NAME[base]
            self.update(_of_field(field, self._records if field.group == ROW else self._flat(field.group)))
        return self[name]

    def _elements(self, group: str) -> list[Sequence[Any]]:
        """Return what each record has of a group."""
        if group not in self._by_group:
            self._by_group[group] = [*map(ELEMENTS[group], self._records)]
        return self._by_group[group]

    def _flat(self, group: str) -> Iterable[Any]:
        return chain.from_iterable(self._elements(group))


def whole(records: Sequence[Indexed]) -> Arrays:
    """Return all arrays of records."""
    arrays = OfRecords(records)
    for name in ("id.data", "feature.data", *(f"{group}.starts" for group in ELEMENTS), *(f.name for f in FIELDS)):
        arrays[name]
    return dict(arrays)


def _of_field(field: Field, of: Iterable[Any]) -> Arrays:
    """Return the arrays of a field of these records, or of these steps, events and so on."""
    values = list(map(field.read, of))
    if not field.is_coded:
        return {field.name: np.array(values, dtype=field.form)}
    return of_coded(field, coded(values, field.codes, field.form))


def of_coded(field: Field, values: Coded) -> Arrays:
    """Return the arrays of coded values."""
    arrays = {field.name: values.ranks}
    if isinstance(values.distinct, Texts):
        return arrays | {f"{field.name}.offsets": values.distinct.offsets, f"{field.name}.data": values.distinct.data}
    return arrays if field.codes is not None else arrays | {f"{field.name}.distinct": np.asarray(values.distinct)}


def of_texts(name: str, raw: Sequence[bytes]) -> Arrays:
    """Return the arrays of texts; their bytes can be changed."""
    texts = Texts.of_bytes(raw)
    return {f"{name}.offsets": texts.offsets, f"{name}.data": texts.data.copy()}
