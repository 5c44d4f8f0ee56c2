"""Keeps the cluster of a test run: `python -m clusters.keeper FOLDER PID` returns when it answers.

A process that stays behind stops it and removes the folder when it is told to, or when the process PID, the run, has
ended, however that came.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
from pathlib import Path

from clusters.server import ALONE, HASTY, Server, copied, make


def main() -> None:
    folder, run = Path(sys.argv[1]), int(sys.argv[2])
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        sys.exit(0 if os.read(reading, 1) else "PostgreSQL did not start.")
    os.setsid()  # whoever presses Ctrl-C ends the tests first
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        _keep(folder, run, writing)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        shutil.rmtree(folder)


def _keep(folder: Path, run: int, started: int) -> None:
    """Run a cluster until the run has ended."""
    ended = os.pidfd_open(run)
    (folder / "keeper").write_text(str(os.getpid()))
    data = copied(make(folder / "made"), folder / "data")
    with Server(data, {**HASTY, **ALONE}).running():
        os.write(started, b"y")
        os.close(started)
        select.select([ended], [], [])


if __name__ == "__main__":
    main()
