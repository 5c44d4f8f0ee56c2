"""Lines that are read at once and gone through later: few of them in memory, many in a file without a name."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable, Iterator
from typing import IO

_IN_MEMORY = 2**22  # bytes
_PART = 2**16


class Spool:
    """Byte strings without line ends, kept until they were gone through, or nobody can any more."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        for line in lines:
            self._file.write(line + b"\n")
        self._file.seek(0)

    def __iter__(self) -> Iterator[bytes]:
        for line in self._file:
            yield line[:-1]


def made_at_once(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Return bytes that have all been made, in other chunks: what they were made of is free again."""
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    parts = _parts(file)
    weakref.finalize(parts, file.close)
    for chunk in chunks:
        file.write(chunk)
    file.seek(0)
    return parts


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(_PART):
        yield part
