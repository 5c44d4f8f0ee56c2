"""A path on which something is written, in a process that is killed by SIGKILL, and looked at afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from stored import sql

from api.commands.main import main
from geo.opening import open_ledger
from geo.postgis.addresses import is_database

_AT_WORK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' AND state <> 'idle'"
)
START_SECONDS = 60  # in which something has to be acknowledged; a busy machine takes its time

Say = Callable[..., None]  # acknowledges what it is given


def forked(act: Callable[[Say], None], log: Path) -> tuple[int, Any]:
    """Let a process of its own act; return its id, and what it acknowledges, line by line."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reading)
            said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(said, 1)
            os.dup2(said, 2)
            # One call, so that a line is there whole or not at all.
            act(lambda *told: os.write(writing, (json.dumps(told) + "\n").encode()))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    return pid, os.fdopen(reading)


def kill(pid: int) -> bool:
    """Kill a process of ours; return whether it lived until then."""
    os.kill(pid, signal.SIGKILL)  # who has ended is there until it is waited for
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


class Killed:
    """One path on which something is written; `act` does it in a process that is killed, `check` looks afterwards."""

    name: ClassVar[str]
    most_seconds: ClassVar[float] = 0.25  # after the first acknowledgement until the kill

    def __init__(self, folder: Path, chance: random.Random, store: str) -> None:
        """Write to the store at a location, and beside a store into the folder."""
        self.folder, self.chance, self.store = folder, chance, store
        self.round = 0
        self.kills = self.acknowledged = 0
        self.lost: list[str] = []
        self.faults: list[str] = []

    def act(self, say: Say) -> None:
        raise NotImplementedError

    def check(self, acknowledged: list[list[Any]]) -> None:
        """Note what is lost of all that was acknowledged before this kill, and what is wrong."""
        raise NotImplementedError

    def kill_once(self) -> None:
        self.round += 1
        told = self.run_and_kill()
        self.await_database()
        self.kills += 1
        self.acknowledged += len(told)
        try:
            self.check(told)
        except Exception as error:
            self.faults.append(f"kill {self.kills}: {type(error).__name__}: {error}")

    def run_and_kill(self) -> list[list[Any]]:
        pid, told = self.forked(self.act)
        return self.read_and_kill(told, lambda: self.kill(pid))

    def await_database(self) -> None:
        """Wait until a database has noticed that whoever was killed is gone: what was committed may come to an end."""
        if not is_database(self.store):
            return
        ends = time.monotonic() + START_SECONDS
        with sql(self.store) as looking:
            while looking.execute(_AT_WORK).fetchone() != (0,) and time.monotonic() < ends:
                time.sleep(0.005)

    def forked(self, act: Callable[[Say], None]) -> tuple[int, Any]:
        return forked(act, self.folder / "said.txt")

    def kill(self, pid: int) -> None:
        if not kill(pid):
            self.faults.append(f"kill {self.kills + 1}: it had ended by itself")

    def read_and_kill(self, told: Any, end: Callable[[], None]) -> list[list[Any]]:
        """Let it go on for a random time, in most cases after its first acknowledgement, and return all of them."""
        try:
            first = [told.readline()] if self.chance.random() < 0.8 else []
            time.sleep(self.chance.random() * self.most_seconds)
        finally:
            end()
        with told:
            return [json.loads(line) for line in (*first, *told) if line.endswith("\n")]

    def expect(self, is_there: bool, what: str) -> None:
        if not is_there:
            self.lost.append(f"kill {self.kills}: {what}")

    def opened(self) -> contextlib.closing[Any]:
        return contextlib.closing(open_ledger(self.store).store)

    def command(self, *arguments: object) -> int:
        """Run a command on the store as a terminal does, and return its exit code."""
        try:
            main([str(each) for each in arguments], standalone_mode=False)
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0
