"""A file read by a process of its own, and its rows kept in a file that has no name and goes with whoever holds it."""

from __future__ import annotations

import functools
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from geo.bulk.ahead import ReadAhead, reading_ahead
from geo.bulk.lines import Asked, RawRow, raw_row
from geo.bulk.profile import Profile
from geo.errors import DataFileError

MOST_SECONDS = 300  # by the clock
_LOOK = 0.05  # seconds
log = logging.getLogger(__name__)
_PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Table:
    """The rows of a file, which can be gone through again and again."""

    columns: Sequence[str]
    count: int
    about: dict[str, Any]
    _spool: IO[bytes]

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows; one who goes through them at a time."""
        self._spool.seek(0)
        self._spool.readline()
        for _ in range(self.count):
            yield raw_row(self._spool.readline())

    def ahead(self, profile: Profile) -> AbstractContextManager[Iterator[ReadAhead | None]]:
        """Lend the rows as new records, read by a process beside where there are many."""
        return reading_ahead(self._spool, self.count, profile)

    def close(self) -> None:
        self._spool.close()


def read_table(path: Path, asked: Asked, watched: Callable[[int], None] = lambda _: None) -> Table:
    """Return the table in a file; raises DataFileError.

    It is `watched` with the bytes of rows read so far; whatever that raises ends the reading, and leaves nothing.
    """
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        spool = tempfile.TemporaryFile()  # noqa: SIM115 (the table has it)
        try:
            _run(path, asked, spool, folder, watched)
            return _table(path, spool)
        except BaseException:
            spool.close()
            raise


def _run(path: Path, asked: Asked, spool: IO[bytes], folder: str, watched: Callable[[int], None]) -> None:
    # Nothing of this process's settings or of GDAL's reaches it, and it asks no other host.
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_NUM_THREADS"), "1")
    alone = {"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none"}
    ours = {"TMPDIR": folder, "IMPORT_FOLDER": folder, "IMPORT_PARENT": str(os.getpid()), "PYTHONPATH": str(_PACKAGE)}
    environment = {**kept, **single, **alone, **ours}
    command = [sys.executable, "-m", "geo.bulk.child", str(path.absolute()), orjson.dumps(asdict(asked)).decode()]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=spool, stderr=subprocess.DEVNULL
    ) as child:
        try:
            _wait(child, spool, path, watched)
        finally:
            child.kill()


def _wait(child: subprocess.Popen[bytes], spool: IO[bytes], path: Path, watched: Callable[[int], None]) -> None:
    ends = time.monotonic() + MOST_SECONDS
    while child.poll() is None:
        if time.monotonic() > ends:
            raise DataFileError("file-takes-too-much", file=path.name)
        watched(os.fstat(spool.fileno()).st_size)
        time.sleep(_LOOK)


def _table(path: Path, spool: IO[bytes]) -> Table:
    """Return what the process wrote; raises DataFileError as it was told, or where it ended before its last line."""
    try:
        last = orjson.loads(_last_line(spool))
        is_whole = "rows" in last or "refused" in last
    except (ValueError, TypeError):
        is_whole = False
    if not is_whole:
        raise DataFileError("file-takes-too-much", file=path.name)
    if "refused" in last:
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in last["values"].items()}
        raise DataFileError(last["refused"], **values)
    if last["rows"] == 0:
        raise DataFileError("rows-missing", file=path.name, line=1)
    spool.seek(0)
    head = orjson.loads(spool.readline())
    _tell_open(tuple(head["open_to"]))
    return Table(head["columns"], last["rows"], head["about"], spool)


@functools.cache  # said once
def _tell_open(to: tuple[str, ...]) -> None:
    if to:
        log.warning("Files to import are read by a process that the system does not keep from: %s.", ", ".join(to))


def _last_line(spool: IO[bytes]) -> bytes:
    size = spool.seek(0, os.SEEK_END)
    spool.seek(max(0, size - 2**16))
    return (spool.read().splitlines() or [b""])[-1]
