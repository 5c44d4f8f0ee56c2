"""Servers side by side: the same questions to each of them in turn, in several rounds."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.compare import differences
from bench.feature_file import Kind
from bench.goals import goal
from bench.load import FEW, LONGER, Figures, Run, ask, medians
from bench.processes import Running, Unavailable, settle
from bench.questions import Dialect, Questions, Work, of_ours
from bench.report import Goal, Row, figure
from bench.servers import file_path

CONNECTIONS = (1, 16)
SKIP = 97  # addresses by which a round starts later in the list than the one before
REST_SECONDS = 180
KEPT = "page of 1,000, kept"
PAGE: Work = "page of 1,000"
PAGES = (PAGE, KEPT)


@dataclass(frozen=True)
class Contender:
    """A server with the address of each question, by the kind of work; no addresses where it cannot do the work."""

    server: Running
    paths: Mapping[str, list[str]]


@dataclass
class Outcome:
    """Medians by work, connections and server, and what was left out, with the reason."""

    figures: dict[tuple[str, int], dict[str, Figures]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, why: str) -> None:
        self.left_out.append(" ".join(why.split())[:600])

    def pair(self, work: str, connections: int, peer: str) -> tuple[Figures | None, Figures | None]:
        """Return our figures and a peer's; None where there are none."""
        found = self.figures.get((work, connections), {})
        return found.get("ours"), found.get(peer)


def ours(server: Running, asked: Questions) -> Contender:
    """Return our server with all questions, and one page that is asked for again and again."""
    paths: dict[str, list[str]] = {work: [of_ours(each) for each in found] for work, found in asked.items()}
    return Contender(server, {**paths, KEPT: paths[PAGE][:1]})


def with_same_bytes(server: Running, mine: Contender) -> Contender:
    """Return nginx with the addresses of the bytes that we answer to pages."""
    return Contender(server, {work: [file_path(path) for path in mine.paths[work]] for work in (PAGE, KEPT)})


def peer(
    server: Running, dialect: Dialect, mine: Running, asked: Questions, kinds: dict[str, Kind], outcome: Outcome
) -> Contender:
    """Return a peer with those kinds of work in which it answers as we do; what is different is noted."""
    different = differences(mine, server, dialect, asked, kinds)
    for work, why in different.items():
        outcome.leave_out(f"{server.name}, {work}: answers differ. {why}")
    return Contender(
        server, {work: [dialect(each) for each in found] for work, found in asked.items() if work not in different}
    )


def measure(
    contenders: Sequence[Contender],
    rounds: int,
    seconds: float,
    outcome: Outcome,
    works: Sequence[str],
    connections_tried: Sequence[int] = CONNECTIONS,
) -> None:
    """Time these kinds of work of every server in turn.

    A server that answers few in a long run is not asked again for that work, and one that goes on working for clients
    that went away, which would slow the others, is ended.
    """
    able = list(contenders)
    for work in works:
        for connections in connections_tried:
            runs: dict[str, list[Run]] = {}
            for turn in range(rounds):
                for each in [each for each in able if work in each.paths]:
                    if is_enough(runs.setdefault(each.server.name, []), rounds, seconds):
                        continue
                    if not _round(each, work, connections, seconds, turn, runs[each.server.name], outcome):
                        able.remove(each)
            outcome.figures[work, connections] = {name: medians(found) for name, found in runs.items() if found}


def is_enough(runs: Sequence[Run], rounds: int, seconds: float) -> bool:
    """Return whether another round would take long and say little: few answers, or two long runs in place of three."""
    return bool(runs) and (runs[-1].answers < FEW or sum(run.seconds for run in runs) > 2 * rounds * seconds)


def _round(
    each: Contender, work: str, connections: int, seconds: float, turn: int, runs: list[Run], outcome: Outcome
) -> bool:
    """Run once; returns whether the server has come to rest and can be asked again."""
    name = each.server.name
    try:
        runs.append(_run(each, work, connections, seconds, turn, runs[-1:]))
    except Unavailable as error:
        outcome.leave_out(f"{name}, {work}, {connections} at a time: {error}")
    if each.server.pids() and settle(each.server, REST_SECONDS):
        return True
    why = "it came to no rest" if each.server.pids() else "it died"
    outcome.leave_out(f"{name} is left out after {work}, {connections} at a time: {why}. {each.server.last_words()}")
    if name != "ours":
        each.server.kill()
    return False


def _run(each: Contender, work: str, connections: int, seconds: float, turn: int, before: Sequence[Run]) -> Run:
    """Run once, for longer where there would be few answers, as the run before has told or the first one tells."""
    asked = functools.partial(ask, each.server, each.paths[work], connections, skip=turn * SKIP)
    if not any(run.seconds > LONGER / 2 * seconds for run in before):
        run = asked(seconds=seconds)
        if run.answers >= FEW or not settle(each.server, REST_SECONDS):
            return run
    return asked(seconds=LONGER * seconds)


def goal_rows(outcome: Outcome, size: int) -> list[Row]:
    """Return the lines of the table that have a goal beside tipg or nginx."""
    works = dict.fromkeys(work for work, _ in outcome.figures if work not in PAGES)
    limits = [("nginx: cold", PAGE), ("nginx: kept", KEPT)]
    cpu = [
        _against_nginx(outcome, limit, connections, size, peer)
        for limit in limits
        for connections in (16, 1)
        for peer in ("nginx", "nginx, copying")
    ]
    found = [
        *(_against_tipg(outcome, work, size) for work in works),
        *cpu,
        *(_p99(outcome, work, size) for work in PAGES),
    ]
    return [row for row in found if row is not None]


def _against_tipg(outcome: Outcome, work: str, size: int) -> Row | None:
    mine, theirs = outcome.pair(work, 16, "tipg")
    if mine is None or theirs is None:
        return None
    ratio = mine.rate / theirs.rate if theirs.rate else None
    cpu = f"{figure(mine.cpu_ms)} ms CPU"
    against = f"tipg {figure(theirs.rate)}/s, {figure(theirs.cpu_ms)} ms CPU"
    return Row(f"{work}, 16 connections", f"{figure(mine.rate)}/s, {cpu}", against, ratio, _goal(work, size))


def _goal(work: str, size: int) -> Goal | None:
    return None if work.startswith("CQL2") else goal(f"tipg: {work}", size)


def _against_nginx(outcome: Outcome, limit: tuple[str, str], connections: int, size: int, peer: str) -> Row | None:
    """Return what an answer costs beside nginx; the goal is that beside nginx as it is."""
    name, work = limit
    mine, theirs = outcome.pair(work, connections, peer)
    if mine is None or theirs is None or not mine.cpu_ms or not theirs.cpu_ms:
        return None
    title = f"{work}, server CPU an answer, {connections} connection{'s' if connections > 1 else ''}"
    against = f"{peer} {figure(theirs.cpu_ms)} ms"
    bound = goal(name, size) if peer == "nginx" else None
    return Row(title, f"{figure(mine.cpu_ms)} ms", against, mine.cpu_ms / theirs.cpu_ms, bound)


def _p99(outcome: Outcome, work: str, size: int) -> Row | None:
    mine, theirs = outcome.pair(work, 16, "nginx")
    if mine is None or theirs is None or not mine.p99 or not theirs.p99:
        return None
    against = f"nginx {figure(theirs.p99)} ms"
    return Row(
        f"{work}, p99, 16 connections",
        f"{figure(mine.p99)} ms",
        against,
        mine.p99 / theirs.p99,
        goal("nginx: p99", size),
    )


CONTEST_HEAD = [
    "work",
    "connections",
    "server",
    "answers/s",
    "CPU ms an answer",
    "p50 ms",
    "p99 ms",
    "failed",
    "ours is",
]


def contest_cells(outcome: Outcome) -> list[list[str]]:
    """Return a line for every work, number of connections and server, with how many times as many answers we give."""
    lines = []
    for (work, connections), found in outcome.figures.items():
        mine = found.get("ours")
        for name, each in found.items():
            times = f"{figure(mine.rate / each.rate)}x" if mine and each.rate and name != "ours" else ""
            middle = [figure(value) for value in (each.rate, each.cpu_ms, each.p50, each.p99)]
            lines.append([work, str(connections), name, *middle, str(each.failed or ""), times])
    return lines
