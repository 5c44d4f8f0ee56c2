"""Asks servers many questions at a time with wrk, each request another address of a list."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import HOST, Running, Unavailable

SCRIPT = Path(__file__).with_name("addresses.lua")
MARK = "figures: "
FEW = 30  # answers: with fewer, a run is made once more, LONGER times as long
LONGER = 4
ANSWER_SECONDS = 30  # after which wrk gives an answer up


@dataclass(frozen=True)
class Run:
    """What a server did in one run: answers and seconds, CPU seconds, latencies in ms, answers that were none."""

    answers: int
    seconds: float
    cpu: float
    p50: float
    p99: float
    failed: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def cpu_ms(self) -> float | None:
        """CPU milliseconds of the server an answer."""
        return 1000 * self.cpu / self.answers if self.answers else None


@dataclass(frozen=True)
class Figures:
    """Medians of several runs; None where nothing was answered."""

    rate: float
    cpu_ms: float | None
    p50: float | None
    p99: float | None
    failed: int


def ask(server: Running, paths: Sequence[str], connections: int, seconds: float, skip: int = 0) -> Run:
    """Ask for these addresses in turn, from one on, as often as it goes; raises Unavailable where wrk fails.

    Several come again after some seconds, so each asks for an answer that is not kept.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as addresses:
        first = skip % len(paths)
        addresses.write("\n".join([*paths[first:], *paths[:first]]))
        addresses.flush()
        options = [f"-t1 -c{connections} -d{max(1, round(seconds))}s --timeout {ANSWER_SECONDS}s --script", str(SCRIPT)]
        fresh = ["-H", "Cache-Control: no-cache"] if len(paths) > 1 else []
        command = ["wrk", *options[0].split(), options[1], *fresh, f"http://{HOST}:{server.port}", addresses.name]
        before = server.cpu_seconds()
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=4 * seconds + 2 * ANSWER_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(str(error)) from error
        return parse(done.stdout + done.stderr, server.cpu_seconds() - before)


def parse(printed: str, cpu: float) -> Run:
    """Return what wrk printed by our script as a Run; raises Unavailable where that is not there."""
    line = next((line for line in printed.splitlines() if line.startswith(MARK)), None)
    if line is None:
        raise Unavailable(f"wrk printed no figures: {printed[-300:]}")
    told = json.loads(line.removeprefix(MARK))
    good = told["requests"] - told["status"]
    failed = told["status"] + told["connect"] + told["read"] + told["write"] + told["timeout"]
    return Run(good, told["seconds"], cpu, told["p50"] / 1000, told["p99"] / 1000, failed)


def medians(runs: Sequence[Run]) -> Figures:
    """Return the medians of runs; latencies and CPU of those that answered something."""
    some = [run for run in runs if run.answers]
    if not some:
        return Figures(0, None, None, None, sum(run.failed for run in runs))
    middle = statistics.median
    return Figures(
        middle(run.rate for run in runs),
        middle(1000 * run.cpu / run.answers for run in some),
        middle(run.p50 for run in some),
        middle(run.p99 for run in some),
        sum(run.failed for run in runs),
    )
