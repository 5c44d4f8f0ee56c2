"""Figures beside peers, in one run: `make bench`. Ratios say more than seconds, which depend on the machine.

Each part of a run is bounded in time; one that fails is said in the report, and the others go on.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import contest, ours_on_postgis, postgis_peers, rows, servers, sqlite_peers
from bench.feature_file import copy_features
from bench.ground import Ground, make_ground, say
from bench.installed import versions
from bench.processes import Running, end_cleanly_when_told, get, settle
from bench.questions import Dialect, Questions, filters, questions
from bench.report import HEAD, README, Row, put_into, table
from bench.stage import Serve, Stage

PARTS = ("load", "kept", "contest", "start", "memory", "growth", "writes", "durable")
PEERS: dict[str, tuple[Serve, Dialect]] = {
    "tipg": (postgis_peers.tipg, postgis_peers.tipg_address),
    "pg_featureserv": (postgis_peers.pg_featureserv, postgis_peers.pg_featureserv_address),
    "pygeoapi": (sqlite_peers.pygeoapi, sqlite_peers.pygeoapi_address),
    "datasette": (sqlite_peers.datasette, sqlite_peers.datasette_address),
}
OURS = "postgresql"  # our own server, with its store in the PostGIS that tipg reads
OTHERS = ("nginx", OURS)
READ_CQL2 = ("tipg", "pg_featureserv")
_TOGETHER = {"contest": ("kept",), "inside": ("growth", "writes", "durable")}
SIZES = (10_000, 100_000, 1_000_000)
BASE, SMALL = 10_000, 736  # what growth and memory are held against
PEERS_PYTHON = servers.ROOT / ".venv-peers" / "bin" / "python"


@dataclass(frozen=True)
class Options:
    """What a run is to do."""

    sizes: Sequence[int] = SIZES
    parts: Sequence[str] = PARTS
    peers: Sequence[str] = (*PEERS, *OTHERS)
    works: Sequence[str] = ()
    rounds: int = 3
    seconds: float = 2.0
    workers: int = 1
    patience: float = 7200.0
    python: Path = PEERS_PYTHON
    readme: bool = True


@dataclass
class Report:
    """What a run has found out about one size."""

    size: int
    rows: list[Row] = field(default_factory=list)
    outcome: contest.Outcome = field(default_factory=contest.Outcome)
    load: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Do a part of a run: what fails is noted, and the run goes on."""
        say(f"{self.size:,} records: {name}")
        try:
            yield
        except Exception as error:  # a run of hours goes on, whatever is wrong with a peer
            self.outcome.leave_out(f"{name}: {type(error).__name__} {error}")
            say(f"  left out: {self.outcome.left_out[-1]}")

    def text(self) -> str:
        """Return the report in Markdown."""
        machine = f"{os.cpu_count()} cores, {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"
        parts = [f"### {self.size:,} records"]
        parts += [f"{time.strftime('%Y-%m-%d')}, {machine} of memory; {self.seconds / 60:.0f} minutes."]
        parts.append(f"Load of the machine (1, 5, 15 minutes) before and after: {'; '.join(self.load)}.")
        lines = [*contest.goal_rows(self.outcome, self.size), *self.rows]
        parts.append(table(HEAD, [row.cells() for row in lines]))
        if self.outcome.figures:
            parts.append(table(contest.CONTEST_HEAD, contest.contest_cells(self.outcome)))
        if self.outcome.left_out:
            parts += ["Left out:", "\n".join(f"- {why}" for why in self.outcome.left_out)]
        return "\n\n".join(parts)


def measure(options: Options, report: Report, base: Ground, small: Ground, folder: Path) -> None:
    """Measure all parts at one size; the report has what was found, however far it came."""
    size, began = report.size, time.monotonic()
    report.load.append(_load_average())
    ground = make_ground(folder, size, options.patience, keep_files=OURS in options.peers)
    report.rows += ground.rows if "load" in options.parts else []
    parts: dict[str, Callable[[], None]] = {
        "contest": lambda: _serve(options, ground, report),
        "start": lambda: report.rows.extend(rows.start(ground.store, size)),
        "memory": lambda: report.rows.extend(
            rows.memory(ground.store, small.store, size, ground.paths(), small.paths())
        ),
        "inside": lambda: _inside(options, ground, base, report),
    }
    for name, act in parts.items():
        if {name, *_TOGETHER.get(name, ())} & set(options.parts):
            with report.part(name):
                act()
    report.load.append(_load_average())
    report.seconds = time.monotonic() - began


def _load_average() -> str:
    return " ".join(f"{each:.2f}" for each in os.getloadavg())


def _serve(options: Options, ground: Ground, report: Report) -> None:
    with servers.ours(ground.store, options.workers) as server:
        settle(server, 600)
        if "kept" in options.parts:
            with report.part("second answers"):
                report.rows += rows.second_answers(server, ground.size)
        if "contest" in options.parts:
            _contest(options, ground, report, server)


def _contest(options: Options, ground: Ground, report: Report, server: Running) -> None:
    """Fill the peers with what we answer, compare, and time them all in turn."""
    given = copy_features(server, ground.folder / "features.ndjson")
    plain, in_cql2 = questions(server, ground.made.points, ground.made.ids), filters(ground.made.points)
    mine = contest.ours(server, {**plain, **in_cql2})
    contenders = [mine]
    with contextlib.ExitStack() as running:
        stage = Stage(ground.folder, given, options.python, options.workers, running, ground.made.files)
        if "nginx" in options.peers:
            with report.part("nginx"):
                bodies = ((path, get(server.port, path)) for path in mine.paths[contest.PAGE])
                started = running.enter_context(servers.nginx(ground.folder / "nginx", bodies, options.workers))
                contenders += [contest.with_same_bytes(each, mine) for each in started]
        for name in [name for name in options.peers if name in PEERS]:
            with report.part(name), contextlib.ExitStack() as own:
                serve, dialect = PEERS[name]
                peer = own.enter_context(serve(stage))
                asked = {**plain, **in_cql2} if name in READ_CQL2 else plain
                contenders.append(contest.peer(peer, dialect, server, asked, given.kinds, report.outcome))
                running.push(own.pop_all())
        if OURS in options.peers:
            with report.part("ours on PostgreSQL"):
                contenders += _ours_on_postgis(stage, ground, report, mine, {**plain, **in_cql2}, options.patience)
        with report.part("timing"):
            works = [work for work in mine.paths if not options.works or work.startswith(tuple(options.works))]
            contest.measure(contenders, options.rounds, options.seconds, report.outcome, works)


def _ours_on_postgis(
    stage: Stage, ground: Ground, report: Report, mine: contest.Contender, asked: Questions, patience: float
) -> Iterator[contest.Contender]:
    """Fill a database with what our server has, and serve it by each catalog."""
    address, found = ours_on_postgis.filled(stage, patience)
    report.rows += found
    kinds = {name: kind for name, kind in stage.given.kinds.items() if name not in ours_on_postgis.STAMPS}
    for catalog, name in ours_on_postgis.NAMES.items():
        with report.part(name), contextlib.ExitStack() as own:
            running = own.enter_context(ours_on_postgis.serve(stage, address, catalog))
            ours_on_postgis.settled(running, address, patience)
            theirs = {**questions(running, ground.made.points, ground.made.ids), **filters(ground.made.points)}
            dialect = ours_on_postgis.dialect(asked, theirs)
            contender = contest.peer(running, dialect, mine.server, asked, kinds, report.outcome)
            stage.running.push(own.pop_all())
            yield contender


def _inside(options: Options, ground: Ground, base: Ground, report: Report) -> None:
    """Measure from within one process; writing comes last, since it changes the store."""
    with rows.inside(ground.store, ground.asked(), options.patience) as one:
        if "growth" in options.parts and ground.size > base.size:
            with report.part("growth"), rows.inside(base.store, base.asked(), options.patience) as few:
                report.rows += rows.growth(one, few, ground.size, base.size, options.rounds)
        for name, measured in (("writes", rows.writes), ("durable", rows.durable)):
            if name in options.parts:
                with report.part(name):
                    report.rows += measured(one, ground.size)


def main() -> None:
    """Measure what the options name, print it, and put it into the README."""
    options = _options()
    end_cleanly_when_told()
    say(", ".join(versions(options.python)))
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        small = make_ground(folder / "small", SMALL, options.patience)
        base = make_ground(folder / "base", BASE, options.patience)
        for size in options.sizes:
            own, report = folder / str(size), Report(size)
            try:
                measure(options, report, base, small, own)
            except Exception as error:  # the sizes that follow are measured all the same
                say(f"{size:,} records could not be measured: {type(error).__name__} {error}")
            finally:
                print(f"\n{report.text()}\n", flush=True)
            if options.readme and report.seconds:
                _write(report, options)
            _clear(own)


def _write(report: Report, options: Options) -> None:
    document = README.read_text()
    document = put_into(document, "versions", ", ".join(versions(options.python)) + ".")
    README.write_text(put_into(document, f"{report.size} records", report.text()))


def _clear(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)


def _options() -> Options:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--peers", nargs="*", choices=[*PEERS, *OTHERS], default=[*PEERS, *OTHERS])
    parser.add_argument("--works", nargs="*", default=(), help="only those whose names begin so, as CQL2")
    parser.add_argument("--rounds", type=int, default=Options.rounds)
    parser.add_argument("--seconds", type=float, default=Options.seconds, help="of one run of one server")
    parser.add_argument("--workers", type=int, default=1, help="processes of each server")
    parser.add_argument("--patience", type=float, default=Options.patience, help="seconds a part may take")
    parser.add_argument("--python", type=Path, default=PEERS_PYTHON, help="that of the peers' environment")
    parser.add_argument("--no-readme", dest="readme", action="store_false", help="only print")
    return Options(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
