"""Rows read as new records by a process beside, while this one compares those that came before them.

Its answers are pickled: they come from this program's own code, through a pipe that nobody else has.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import orjson

from geo.bulk.lines import RawRow, raw_row
from geo.bulk.making import project_of
from geo.bulk.profile import Profile
from geo.bulk.row import Columns, Row
from geo.checks.alike.told import Told, told_of
from geo.errors import InvalidRecord
from geo.faults import Fault
from geo.records.project import Project

FEWEST_ROWS = 5_000  # of fewer this process has read most before another has begun
_AT_ONCE = 200  # rows
_LENGTH = 4  # bytes
_PACKAGE = Path(__file__).resolve().parents[2]


class ReadAhead(NamedTuple):
    """A row read as a new record: what is wrong with it, the record, and what tells that apart."""

    faults: list[Fault]
    project: Project | None
    told: Told | None


@contextlib.contextmanager
def reading_ahead(spool: IO[bytes], count: int, profile: Profile) -> Iterator[Iterator[ReadAhead | None]]:
    """Lend the rows of a table (`spool`, as `Table` has it) as records; None for one that is not read ahead."""
    if count < FEWEST_ROWS:
        yield iter(())
        return
    number = spool.fileno()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_PACKAGE), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "geo.bulk.ahead", str(number), str(count), profile.model_dump_json()]
    with subprocess.Popen(
        command, env=environment, pass_fds=[number], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as beside:
        assert beside.stdout is not None
        try:
            yield _answers(beside.stdout)
        finally:
            beside.kill()


def _answers(pipe: IO[bytes]) -> Iterator[ReadAhead | None]:
    while len(length := pipe.read(_LENGTH)) == _LENGTH:
        size = int.from_bytes(length, "big")
        content = pipe.read(size)
        if len(content) < size:
            return
        yield from (None if each is None else ReadAhead(*each) for each in pickle.loads(content))


def main() -> None:
    """Read the rows of the table that is lent, and write them as records to the standard output, some at a time."""
    number, count, profile = int(sys.argv[1]), int(sys.argv[2]), Profile.model_validate_json(sys.argv[3])
    with mmap.mmap(number, 0, access=mmap.ACCESS_READ) as lines, contextlib.suppress(BrokenPipeError):
        columns = Columns(profile, orjson.loads(lines.readline())["columns"])
        for start in range(0, count, _AT_ONCE):
            rows = [raw_row(lines.readline()) for _ in range(min(_AT_ONCE, count - start))]
            content = pickle.dumps([_read(row, profile, columns) for row in rows], pickle.HIGHEST_PROTOCOL)
            sys.stdout.buffer.write(len(content).to_bytes(_LENGTH, "big") + content)
            sys.stdout.buffer.flush()


def _read(raw: RawRow, profile: Profile, columns: Columns) -> tuple[list[Fault], Project | None, Told | None] | None:
    row = Row(profile, columns, raw)
    if raw.feature is not None or row.text("id") or row.is_refused:
        return None
    try:
        project = project_of(row, profile, "")
    except InvalidRecord:
        return None
    return row.faults, project, None if project is None else told_of(project)


if __name__ == "__main__":
    main()
