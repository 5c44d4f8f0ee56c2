"""Server processes of a benchmark: on ports of this machine only, watched through /proc, ended with all they began."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from clusters.installed import Unavailable
from clusters.server import HOST, free_port

__all__ = ["HOST", "Unavailable", "free_port"]

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Memory of a process tree in MB: resident, its share of what is shared, and what is its own."""

    resident: float
    proportional: float
    private: float


@dataclass
class Running:
    """A server that answers: its port, the roots of its process trees, and where it says things.

    `others` are roots of what works for it and for others too: counted with it, and not ended with it.
    """

    name: str
    port: int
    roots: Sequence[int]
    log: Path
    others: Sequence[int] = ()

    def last_words(self) -> str:
        """Return how its processes ended (below 256: this signal; else 256 times the code), and what it said last."""
        ended = [f"{pid} ended by {fields[49]}" for pid in self.roots if (fields := _fields(pid))[0] == "Z"]
        return " ".join([*ended, _tail(self.log)])

    def cpu_seconds(self) -> float:
        """Return the CPU time that its processes, and those that they began and that ended, have taken so far."""
        return sum(map(_cpu_seconds, [*self.pids(), *tree(self.others)]))

    def pids(self) -> list[int]:
        return tree(self.roots)

    def memory(self) -> Memory:
        return _memory([*self.pids(), *tree(self.others)])

    def kill(self) -> None:
        """End it at once, whatever it does."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def process(
    command: Sequence[str],
    log: Path,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
    ending: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a session of its own, what it says going to a file; ends it with all that it began."""
    with log.open("ab") as out:
        variables = os.environ | (environment or {})
        started = subprocess.Popen(
            command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=variables, cwd=folder, start_new_session=True
        )
    try:
        yield started
    finally:
        end(started, ending)


def end(started: subprocess.Popen[Any], ending: signal.Signals = signal.SIGTERM, seconds: float = 20) -> None:
    """End a process as an operator does; what is left of its session after a while is killed."""
    if started.poll() is None:
        started.send_signal(ending)
    with contextlib.suppress(subprocess.TimeoutExpired):
        started.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait()


def wait_for(is_there: Callable[[], object], started: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    """Wait until something is there; raises Unavailable when the process ends or takes longer."""
    until = time.monotonic() + seconds
    while not is_there():
        if started.poll() is not None:
            raise Unavailable(f"it ended with code {started.returncode}: {_tail(log)}")
        if time.monotonic() > until:
            raise Unavailable(f"no answer within {seconds:.0f} s: {_tail(log)}")
        time.sleep(0.02)


def answers(port: int, path: str) -> bool:
    """Return whether this address is answered with 200 now."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def get(port: int, path: str, seconds: float = 120) -> bytes:
    """Return the body of an answer; raises Unavailable for any but 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"GET {path[:120]}: {error}") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise Unavailable(f"GET {path[:120]} is answered {answer.status}: {body[:200]!r}")
    return body


def settle(server: Running, seconds: float = 60) -> bool:
    """Wait until a server has nothing left to do for clients that went away; returns whether that came in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        before = server.cpu_seconds()
        time.sleep(0.3)
        if server.cpu_seconds() - before <= 0.03:
            return True
    return False


def end_cleanly_when_told() -> None:
    """Let SIGTERM and a closed terminal end this process as Ctrl-C does: with all servers ended and folders removed.

    Where somebody has seen to it that a closed terminal means nothing (nohup), that stays so.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda number, _: sys.exit(f"ended by {signal.Signals(number).name}"))


def run(command: Sequence[str], seconds: float, stdin: IO[bytes] | None = None, **options: object) -> bytes:
    """Run a command to its end and return what it printed; raises Unavailable where it fails or takes too long."""
    try:
        done = subprocess.run(command, stdin=stdin, capture_output=True, timeout=seconds, **options)  # type: ignore
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(str(error)[:500]) from error
    if done.returncode:
        raise Unavailable(f"{Path(command[0]).name} ended with code {done.returncode}: {done.stderr[-500:]!r}")
    return bytes(done.stdout)


def tree(roots: Sequence[int]) -> list[int]:
    """Return these processes and all below them that are there now."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, parent = _fields(int(entry.name))[:2]
                if state != "Z":
                    parents[int(entry.name)] = int(parent)
    found = [pid for pid in roots if pid in parents]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat that follow the command's name: state, parent ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_seconds(pid: int) -> float:
    try:
        return sum(map(int, _fields(pid)[11:15])) / TICKS
    except OSError:
        return 0.0


def _memory(pids: Sequence[int]) -> Memory:
    totals = dict.fromkeys(("Rss", "Pss", "Private_Clean", "Private_Dirty"), 0)
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, _, value = line.partition(":")
            if name in totals:
                totals[name] += int(value.split()[0])
    own = totals["Private_Clean"] + totals["Private_Dirty"]
    return Memory(totals["Rss"] / 1024, totals["Pss"] / 1024, own / 1024)


def _tail(log: Path) -> str:
    return " ".join(log.read_text(errors="replace")[-600:].split()) if log.exists() else ""
