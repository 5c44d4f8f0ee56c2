"""Many texts as one buffer of bytes: a sequence that a file can be mapped as, and that is searched without objects."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any, overload

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Texts(Sequence[str]):
    """Texts in UTF-8, one behind the other: text i is `data[offsets[i]:offsets[i + 1]]`.

    Sorted ones are in the order of Python's strings too, since UTF-8 keeps the order of code points.
    """

    def __init__(self, offsets: Array, data: Array) -> None:
        self.offsets, self.data = offsets, data
        self.bytes = data.data

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        return cls.of_bytes([text.encode() for text in texts])

    @classmethod
    def of_bytes(cls, texts: Sequence[bytes]) -> Texts:
        offsets = np.fromiter(accumulate(map(len, texts), initial=0), np.int64, len(texts) + 1)
        return cls(offsets, np.frombuffer(b"".join(texts), np.uint8))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return self.raw(at).decode()

    def __iter__(self) -> Iterator[str]:
        """Yield the texts; all at once is quicker than one by one, and they are read in parts for memory's sake."""
        for start in range(0, len(self), 65_536):
            yield from self._part(start, min(start + 65_536, len(self)))

    def _part(self, start: int, end: int) -> Iterator[str]:
        return map(bytes.decode, self.raws(start, end))

    def raws(self, start: int = 0, end: int | None = None) -> list[bytes]:
        """Return the bytes of the texts from one to before another, of all by default; far quicker than one by one."""
        begins = self.offsets[start : len(self) + 1 if end is None else end + 1].tolist()
        whole = bytes(self.bytes[begins[0] : begins[-1]])
        ends = [each - begins[0] for each in begins]
        return [whole[a:b] for a, b in pairwise(ends)]

    def raw(self, at: int) -> bytes:
        """Return a text's bytes."""
        return bytes(self.bytes[self.offsets[at] : self.offsets[at + 1]])

    def span(self, start: int, end: int) -> memoryview:
        """Return the bytes of the texts from one to before another, uncopied."""
        return self.bytes[self.offsets[start] : self.offsets[end]]

    def place(self, text: bytes) -> int:
        """Return where a text stands in sorted ones, or would stand."""
        return bisect_left(range(len(self)), text, key=self.raw)

    def position(self, text: bytes) -> int | None:
        """Return where a text stands in sorted ones; None where it is not there."""
        at = self.place(text)
        return at if at < len(self) and self.raw(at) == text else None
