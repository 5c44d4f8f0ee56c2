"""Lines that are read at once and gone through later: few of them in memory, many in a file without a name."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable, Iterator

_IN_MEMORY = 2**22  # bytes


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
