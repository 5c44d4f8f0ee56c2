"""A primary, two standbys and a client on hosts of a network, the client writing all the time."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from clusters.databases import working_on
from clusters.network import Network, network
from clusters.noting import TABLE
from clusters.replicated import Replicated, ask, replicated_over, wait_until

HOSTS, CLIENT = ("db1", "db2", "db3"), "client"
TESTS = Path(__file__).resolve().parent.parent


class Noted(NamedTuple):
    """A number that was acknowledged, and when."""

    number: int
    at: float


@contextlib.contextmanager
def scene(made: Path, folder: Path, **settings: str) -> Iterator[Scene]:
    """Set it up from a data folder that was made; raises Unavailable."""
    with (
        network([*HOSTS, CLIENT]) as connected,
        replicated_over(connected, HOSTS, made, folder, **settings) as running,
    ):
        with working_on(running.primary) as connection:
            connection.execute(TABLE)
        with _writing(connected, running.addresses(), folder / "noted") as file:
            began = Scene(connected, running, file)
            began.wait_until_written()
            yield began


@contextlib.contextmanager
def _writing(connected: Network, address: str, file: Path) -> Iterator[Path]:
    file.touch()
    command = [*connected.inside(CLIENT), "setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "clusters.noting"]
    writing = subprocess.Popen([*command, address, file], cwd=TESTS, env={**os.environ, "PYTHONPATH": str(TESTS)})
    try:
        yield file
    finally:
        writing.kill()
        writing.wait()


class Scene:
    """What happens on it, and what is to be true of it afterwards."""

    def __init__(self, connected: Network, running: Replicated, file: Path) -> None:
        self.network, self.running = connected, running
        self._file, self._read, self._checked = file, 0, 0
        self._noted: list[Noted] = []

    def noted(self) -> list[Noted]:
        """Return all that was acknowledged until now."""
        with self._file.open("rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        if whole:
            self._read += len(whole) + 1
            self._noted += [Noted(int(number), float(at)) for number, at in map(bytes.split, whole.splitlines())]
        return self._noted

    def wait_until_written(self) -> None:
        """Wait until something that was written from now on is acknowledged."""
        before = len(self.noted())
        wait_until(lambda: len(self.noted()) > before + 1)  # one may have been on its way

    def faults(self) -> Iterator[str]:
        """Yield what is not as it has to be, of all that was acknowledged since this was asked last."""
        new = [each.number for each in self.noted()[self._checked :]]
        self._checked += len(new)
        self.running.wait_until_followed()
        for server in self.running.servers:
            there = ask(server, "SELECT count(*) FROM noted WHERE number = ANY(%s)", new)
            if there != len(new):
                yield f"{server.data.name} has {there} of {len(new)} that were acknowledged"
            if ask(server, "SELECT count(*) FROM noted WHERE number < 0"):
                yield f"{server.data.name} has what was written on a former primary"
        primaries = [each for each in self.running.servers if not ask(each, "SELECT pg_is_in_recovery()")]
        if primaries != [self.running.primary]:
            yield f"there are {len(primaries)} primaries"

    def check_again(self) -> Iterator[str]:
        """Yield what is not as it has to be, of all that was ever acknowledged."""
        self._checked = 0
        yield from self.faults()

    def longest_pause(self, since: int) -> float:
        """Return the longest time between two acknowledgements, in seconds, from the one of this place in order on."""
        times = [each.at for each in self.noted()[since:]]
        return max(after - before for before, after in itertools.pairwise(times))
