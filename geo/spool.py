"""Lines that are read at once and gone through later: few of them in memory, many in a file without a name."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from typing import IO

from geo.errors import SpoolFull

MOST_HELD = 2**29  # bytes that spools of this process hold, where there are several: who takes slowly leaves room
_IN_MEMORY = 2**22  # bytes
_PART = 2**16


class _Held:
    """How much all spools of this process hold, and how much one of them."""

    def __init__(self) -> None:
        self._guard, self._all, self._by = threading.Lock(), 0, dict[int, int]()
        self._gone = deque[int]()

    def add(self, spool: int, size: int) -> None:
        """Count what a spool takes in; raises SpoolFull where that is too much beside the others."""
        with self._guard:
            while self._gone:
                self._all -= self._by.pop(self._gone.popleft(), 0)
            self._all += size
            self._by[spool] = self._by.get(spool, 0) + size
            is_full = self._all > MOST_HELD and self._all > self._by[spool]
        if is_full:
            raise SpoolFull("spool-full")

    def let_go(self, spool: int, file: IO[bytes]) -> None:
        """Count a spool no longer; Python may call this at any moment, within `add` too, so it waits for no guard."""
        file.close()
        self._gone.append(spool)


_held = _Held()


class Spool:
    """Byte strings without line ends, kept until they were gone through, or nobody can any more."""

    def __init__(self, lines: Iterable[bytes], end: bytes = b"\n") -> None:
        """Read them all; raises SpoolFull where there is no room for them."""
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        weakref.finalize(self, _held.let_go, id(self), self._file)
        for line in lines:
            _held.add(id(self), len(line) + len(end))
            self._write(line + end)
        self._file.seek(0)

    def _write(self, line: bytes) -> None:
        try:
            self._file.write(line)
        except OSError as error:
            raise SpoolFull("spool-full") from error

    def __iter__(self) -> Iterator[bytes]:
        for line in self._file:
            yield line[:-1]

    def parts(self) -> Iterator[bytes]:
        """Yield all that is kept, in parts of another size."""
        while part := self._file.read(_PART):
            yield part


def made_at_once(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Return bytes that have all been made, in other chunks: what they were made of is free again."""
    return Spool(chunks, end=b"").parts()
