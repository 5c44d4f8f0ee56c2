"""What is measured of our server and of a store: one function a line, or a few lines, of the table."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.goals import goal
from bench.processes import HOST, Memory, Running, Unavailable, end, get, settle
from bench.report import Row, figure
from bench.servers import COLLECTION, ROOT, ours

ANSWER_SECONDS = 1800
REPEATS, REPEAT_SECONDS = 30, 20
SECOND_ANSWERS = {
    "snapshot": f"{COLLECTION}/snapshot",
    "snapshot, what the map draws first": f"{COLLECTION}/snapshot/drawn",
    "snapshot, the rest": f"{COLLECTION}/snapshot/told",
    "facets": f"{COLLECTION}/facets",
    "extent": COLLECTION,
}


def load(store: Path, files: Sequence[Path], size: int, seconds: float) -> list[Row]:
    """Load files into a new store; returns what that took. Raises Unavailable where it fails or takes too long."""
    waited, cpu, memory = loaded(str(store), files, store.with_suffix(".load.txt"), seconds)
    return [
        Row("load into a new store, CPU", f"{waited:.1f} s waited", "", cpu, goal("load: CPU", size), " s"),
        Row("load, most memory", "", "", memory, goal("load: memory", size), " MB"),
    ]


def loaded(location: str, files: Sequence[Path], log: Path, seconds: float) -> tuple[float, float, float]:
    """Load files by the command line; returns the seconds waited, those of CPU, and the most memory in MB.

    Raises Unavailable where that fails or takes too long.
    """
    command = [sys.executable, "-m", "api", "load", "--store", location, *map(str, files)]
    began = time.monotonic()
    with log.open("wb") as out:
        started = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
    while (done := os.wait4(started.pid, os.WNOHANG))[0] == 0:
        if time.monotonic() - began > seconds:
            end(started)
            raise Unavailable(f"not loaded within {seconds:.0f} s")
        time.sleep(0.05)
    _, status, used = done
    if status:
        raise Unavailable(f"load ended with status {status}: {log.read_bytes()[-300:]!r}")
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def second_answers(server: Running, size: int) -> list[Row]:
    """Ask for what is kept a revision, once and then again and again; the server must not have been asked before."""
    return [_second_answer(server, name, path, size) for name, path in SECOND_ANSWERS.items()]


def _second_answer(server: Running, name: str, path: str, size: int) -> Row:
    first, _, length = _timed_get(server, path)
    settle(server)
    waits: list[tuple[float, float, int]] = []
    cpu, until = server.cpu_seconds(), time.monotonic() + REPEAT_SECONDS
    while not waits or (len(waits) < REPEATS and time.monotonic() < until):
        waits.append(_timed_get(server, path))
    cpu_ms = 1000 * (server.cpu_seconds() - cpu) / len(waits)
    to_head, to_end = (statistics.median(column) for column in list(zip(*waits, strict=True))[:2])
    told = f"{figure(cpu_ms)} ms CPU, {figure(to_end)} ms to the last of {length / 1e6:.2f} MB"
    against = f"{figure(first)} ms the first time"
    return Row(f"{name}: second answer begins after", told, against, to_head, goal("second answer", size), " ms")


def _timed_get(server: Running, path: str) -> tuple[float, float, int]:
    """Return the ms until an answer begins and ends, and its bytes."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=ANSWER_SECONDS)
    connection.connect()
    began = time.perf_counter()
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        head = time.perf_counter()
        length = len(answer.read())
    except OSError as error:
        raise Unavailable(f"GET {path}: {error}") from error
    finally:
        connection.close()
    return 1000 * (head - began), 1000 * (time.perf_counter() - began), length


def start(store: Path, size: int) -> list[Row]:
    """Start a server without what an earlier one has left beside the store, and with what this one leaves."""
    for file in ready_files(store):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    without = _start(store)
    left = sum(file.stat().st_size for file in ready_files(store)) / 1e6
    found = f"ready files of {left:.0f} MB" if left else "no ready file was found"
    with_it = _start(store)
    gone = goal("start without the ready file", size)
    return [
        Row("start to the first answer", f"{figure(with_it[1])} s CPU", found, with_it[0], goal("start", size), " s"),
        Row("start with the ready file gone", f"{figure(without[1])} s CPU", "", without[0], gone, " s"),
    ]


def _start(store: Path) -> tuple[float, float]:
    """Return the seconds, and those of CPU, to the first answer; what the server then still has to do is waited for."""
    began = time.monotonic()
    with ours(store) as server:
        found = time.monotonic() - began, server.cpu_seconds()
        settle(server, 600)
        return found


def ready_files(store: Path) -> list[Path]:
    """Return what lies beside a store, named as it is, and is neither it nor SQLite's."""
    own = {store.name, f"{store.name}-wal", f"{store.name}-shm", f"{store.name}-journal"}
    return sorted(file for file in store.parent.glob(f"{store.name}*") if file.name not in own)


def memory(store: Path, small: Path, size: int, paths: Sequence[str], small_paths: Sequence[str]) -> list[Row]:
    """Return what a worker takes more than one of a small store does, and what a second worker adds."""
    base, one = _memory(small, 1, small_paths), _memory(store, 1, paths)
    two = _memory(store, 2, paths)
    kinds = ("resident", "proportional", "private")
    over = ", ".join(f"{kind} {getattr(one, kind) - getattr(base, kind):,.0f}" for kind in kinds)
    added = ", ".join(f"{kind} {getattr(two, kind) - getattr(one, kind):,.0f}" for kind in kinds)
    more = two.proportional - one.proportional
    return [
        Row(
            "memory of a worker over that of the small store",
            f"{over} MB",
            f"{base.resident:,.0f} MB resident",
            one.resident - base.resident,
            goal("memory", size),
            " MB",
        ),
        Row("a second worker adds", f"{added} MB", "", more, goal("second worker", size), " MB"),
    ]


def _memory(store: Path, workers: int, paths: Sequence[str]) -> Memory:
    with ours(store, workers) as server:
        settle(server, 600)
        for path in paths:
            get(server.port, path)
        settle(server)
        return server.memory()


class Inside:
    """A process that measures a store and its catalog from within; see `inside.py`."""

    def __init__(self, process: subprocess.Popen[str], seconds: float) -> None:
        self._process, self._seconds = process, seconds

    def ask(self, command: str) -> dict[str, Any]:
        """Return what it answers to a command; raises Unavailable where it ends, or after too long."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(f"{command}\n")
            self._process.stdin.flush()
        except OSError as error:
            raise Unavailable(f"inside: {error}") from error
        if not select.select([self._process.stdout], [], [], self._seconds)[0]:
            raise Unavailable(f"inside: {command} took longer than {self._seconds:.0f} s")
        line = self._process.stdout.readline()
        if not line:
            raise Unavailable(f"inside: {command} ended with code {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found


@contextlib.contextmanager
def inside(store: Path, asked: Path, seconds: float) -> Iterator[Inside]:
    variables = os.environ | {"PYTHONPATH": str(ROOT / "tests")}
    command = [sys.executable, "-m", "bench.inside", str(store), str(asked)]
    pipe = subprocess.PIPE
    started = subprocess.Popen(
        command, cwd=ROOT, env=variables, stdin=pipe, stdout=pipe, text=True, start_new_session=True
    )
    try:
        yield Inside(started, seconds)
    finally:
        end(started)


def growth(one: Inside, base: Inside, size: int, base_size: int, rounds: int) -> list[Row]:
    """Ask both catalogs in turn; the ratio is that of the medians."""
    found: list[tuple[dict[str, float], dict[str, float]]] = [
        (one.ask(f"queries {turn}"), base.ask(f"queries {turn}")) for turn in range(rounds)
    ]
    rows = []
    for kind in found[0][0]:
        mine = statistics.median(each[kind] for each, _ in found)
        few = statistics.median(each[kind] for _, each in found)
        name = "growth: text, facets" if kind.startswith(("text", "facets")) else "growth"
        against = f"{figure(few)} ms at {base_size:,}"
        rows.append(Row(f"catalog: {kind}", f"{figure(mine)} ms CPU", against, mine / few, goal(name, size)))
    return rows


def writes(one: Inside, size: int) -> list[Row]:
    found = one.ask("writes 1000")
    cost = f"most {figure(found['catalog_max_ms'])} ms; {figure(found['background_ms'])} ms of all threads, store apart"
    idle = f"{figure(found['idle_wait_ms'])} ms while nobody writes"
    return [
        Row("a write, CPU in the catalog", cost, "", found["catalog_ms"], goal("a write", size), " ms"),
        Row(
            "longest wait of a reader during 1,000 writes",
            "",
            idle,
            found["wait_ms"],
            goal("longest wait", size),
            " ms",
        ),
    ]


def durable(one: Inside, size: int) -> list[Row]:
    found = one.ask("durable 480")
    mine, theirs = statistics.median(found["ours"]), statistics.median(found["theirs"])
    against = f"{figure(theirs)}/s append + fsync"
    return [
        Row("durable writes of 16 writers", f"{figure(mine)}/s", against, mine / theirs, goal("durable writes", size))
    ]
