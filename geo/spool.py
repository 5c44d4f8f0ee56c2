"""Lines that are read at once and gone through later: few of them in memory, many in a file without a name."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable, Iterator

_IN_MEMORY = 2**22  # bytes
_PART = 2**16


class Spool:
    """Byte strings without line ends, kept until they were gone through, or nobody can any more."""

    def __init__(self, lines: Iterable[bytes], end: bytes = b"\n") -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        for line in lines:
            self._file.write(line + end)
        self._file.seek(0)

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
