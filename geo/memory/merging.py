"""Several blocks made one: rows that stay, in the order of their ids, with distinct values put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise, product
from typing import Any, NamedTuple

import numpy as np

from geo.memory.block import Arrays, Block, of_coded
from geo.memory.coded import MISSING, Coded, smallest
from geo.memory.fields import ELEMENTS, FIELDS, ROW, Field
from geo.memory.rows import Rows, running
from geo.memory.texts import Array, Texts
from geo.pace import unhurried

_FEW = 8  # of texts that are this many times fewer, each is looked for in the others


class Source(NamedTuple):
    """A block, and those of its rows that stay, rising."""

    block: Block
    rows: Rows


class Merging:
    """Several blocks made one, unhurried: others answer meanwhile."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources, self._order = sources, _order(sources)

    def arrays(self) -> Arrays:
        """Return the arrays of all rows that stay but for the features' bytes, which `feature_pieces` yields."""
        sources, order = self._sources, self._order
        for field, source in unhurried(product(FIELDS, sources)):
            source.block.arrays[field.name]  # of records, it is made when it is first asked for
        arrays = _ids(sources, order)
        taken = {
            group: _Taken([_elements(source, group) for source in sources], order) for group in unhurried(ELEMENTS)
        }
        taken[ROW] = _Taken([_rows(source) for source in sources], order)
        for field in unhurried(FIELDS):
            arrays |= _field(field, sources, taken[field.group])
        arrays |= {f"{group}.starts": taken[group].starts for group in ELEMENTS}
        lengths = taken[ROW].of([np.diff(source.block.features.offsets) for source in sources])
        return arrays | {"feature.offsets": running(lengths)}

    def feature_pieces(self) -> Iterator[memoryview]:
        """Yield the bytes of the features in the order of ids, neighbours in one piece."""
        sources, order = self._sources, self._order
        rows = np.concatenate([source.rows for source in sources])[order]
        owners = np.repeat(np.arange(len(sources)), [len(source.rows) for source in sources])[order]
        breaks = np.flatnonzero((np.diff(rows) != 1) | (np.diff(owners) != 0)) + 1
        for start, end in unhurried(pairwise([0, *breaks.tolist(), len(rows)])):
            if start < end:
                yield sources[owners[start]].block.features.span(rows[start], rows[end - 1] + 1)


def _order(sources: Sequence[Source]) -> Rows:
    """Return how the rows of all sources, one source behind the other, are put into the order of ids."""
    firsts = [source.block.ids.raw(source.rows[0]) for source in sources if len(source.rows)]
    lasts = [source.block.ids.raw(source.rows[-1]) for source in sources if len(source.rows)]
    total = sum(len(source.rows) for source in sources)
    if all(last < first for last, first in zip(lasts, firsts[1:], strict=False)):
        return np.arange(total)
    large, *others = sorted(range(len(sources)), key=lambda at: -len(sources[at].rows))
    starts = np.cumsum([0, *(len(source.rows) for source in sources)])
    placed = sorted(
        (sources[at].block.ids.raw(row), starts[at] + n) for at in others for n, row in enumerate(sources[at].rows)
    )
    block, rows = sources[large]
    before = np.searchsorted(rows, [block.ids.place(project_id) for project_id, _ in unhurried(placed)])
    return np.insert(np.arange(starts[large], starts[large + 1]), before, [at for _, at in placed])


def _ids(sources: Sequence[Source], order: Rows) -> Arrays:
    lengths = [np.diff(source.block.ids.offsets)[source.rows] for source in sources]
    starts = [source.block.ids.offsets[source.rows] for source in sources]
    taken = _Taken([_Elements(a, b) for a, b in zip(starts, lengths, strict=True)], order)
    return {"id.offsets": taken.starts, "id.data": taken.of([source.block.ids.data for source in sources])}


class _Elements(NamedTuple):
    """Where the elements of each row lie in its block: from where on, and how many."""

    starts: Rows
    counts: Rows


def _rows(source: Source) -> _Elements:
    """Return where the rows that stay lie."""
    return _Elements(source.rows, np.ones(len(source.rows), dtype=np.int64))


def _elements(source: Source, group: str) -> _Elements:
    starts = source.block.starts(group)
    return _Elements(starts[source.rows], starts[source.rows + 1] - starts[source.rows])


class _Taken:
    """Which elements of several blocks are taken, in the order of the new rows."""

    def __init__(self, elements: Sequence[_Elements], order: Rows) -> None:
        counts = np.concatenate([each.counts for each in elements])[order]
        self.starts = running(counts)
        self._elements, self._order = elements, order

    def of(self, arrays: Sequence[Array]) -> Array:
        """Return the elements of these arrays, one of each block."""
        sizes = np.cumsum([0, *map(len, arrays)])
        begins = [each.starts + size for each, size in zip(self._elements, sizes[:-1], strict=True)]
        begin = np.concatenate(begins)[self._order]
        at = np.repeat(begin - self.starts[:-1], np.diff(self.starts)) + np.arange(self.starts[-1])
        found: Array = np.concatenate(arrays)[at]
        return found


def _field(field: Field, sources: Sequence[Source], taken: _Taken) -> Arrays:
    if not field.is_coded:
        return {field.name: taken.of([source.block.plain(field.name) for source in sources])}
    parts = [source.block.coded(field.name) for source in sources]
    if field.codes is not None:
        return {field.name: taken.of([part.ranks for part in parts])}
    distinct, together = united(parts)
    return of_coded(field, Coded(distinct, taken.of(together)))


def united(parts: Sequence[Coded]) -> tuple[Sequence[Any], list[Array]]:
    """Return the distinct values of all parts put together, and the ranks of each part among them."""
    texts = [part.distinct for part in parts if isinstance(part.distinct, Texts)]
    if len(texts) < len(parts):
        return _united_numbers(parts)
    large = max(texts, key=len)
    others = {text for each in texts if each is not large for text in each.raws()}
    if len(others) * _FEW < len(large):
        return _with_few(parts, large, others)
    given = [each.raws() for each in texts]
    known = list(dict.fromkeys(sorted(chain.from_iterable(given))))
    rank = {text: at for at, text in enumerate(known)}
    new = [np.fromiter(map(rank.__getitem__, each), np.int64, len(each)) for each in given]
    return Texts.of_bytes(known), [_ranked(part, ranks) for part, ranks in zip(parts, new, strict=True)]


def _united_numbers(parts: Sequence[Coded]) -> tuple[Sequence[Any], list[Array]]:
    values = [np.asarray(part.distinct) for part in parts]
    distinct: Any = np.unique(np.concatenate(values))
    return distinct, [_ranked(part, np.searchsorted(distinct, v)) for part, v in zip(parts, values, strict=True)]


def _with_few(parts: Sequence[Coded], large: Texts, others: set[bytes]) -> tuple[Texts, list[Array]]:
    """Put a few texts among many: the many are neither made objects nor sorted again."""
    missing = sorted(text for text in others if large.position(text) is None)
    before = np.array([large.place(text) for text in missing], dtype=np.int64)
    lengths = np.insert(np.diff(large.offsets), before, [len(text) for text in missing])
    ends = [*large.offsets[before].tolist(), len(large.data)]
    pieces = [large.data[0 : ends[0]].tobytes()]
    for text, start, end in zip(missing, ends, ends[1:], strict=False):
        pieces += [text, large.data[start:end].tobytes()]
    distinct = Texts(running(lengths), np.frombuffer(b"".join(pieces), np.uint8))
    moved = np.arange(len(large)) + np.searchsorted(before, np.arange(len(large)), side="right")
    ranks = []
    for part in parts:
        texts: Texts = part.distinct  # type: ignore[assignment]
        new = moved if texts is large else np.array([distinct.place(texts.raw(at)) for at in range(len(texts))])
        ranks.append(_ranked(part, new))
    return distinct, ranks


def _ranked(part: Coded, new: Array) -> Array:
    """Return a part's ranks with new numbers for its values."""
    wide = new.astype(smallest(int(new.max(initial=0)) + 1))
    return np.append(wide, wide.dtype.type(MISSING))[part.ranks]
