"""A minute's benchmark for every day: `make bench-quick`. Ratios go to ratios.csv, and a fall is said.

Every ratio is better when it is higher. The peers need nothing installed but nginx: plain Python (`naive.py`), the same
bytes as files, a JSON parser on the same files, append and fsync.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import contest, rows, servers
from bench.feature_file import Kind, copy_features
from bench.ground import make_ground
from bench.processes import Running, end_cleanly_when_told, get
from bench.questions import Questions, of_api, questions
from bench.report import RATIOS, figure, note_ratios

WORKS = ("item", "page of 10", "box of 1,000")


def main() -> None:
    """Measure, print, note, and warn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only-print", action="store_true", help="note nothing")
    given = parser.parse_args()
    end_cleanly_when_told()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        ratios = measure(Path(folder), given.records, given.rounds)
    for name, value in ratios.items():
        print(f"{name}: {figure(value)}")
    if not given.only_print:
        today = dt.datetime.now(tz=dt.UTC).date().isoformat()
        fixed = {"date": today, "commit": commit(), "records": str(given.records)}
        for warning in note_ratios(RATIOS, fixed, ratios):
            print(f"WARNING: {warning}")


def commit() -> str:
    command = ["git", "-C", str(servers.ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"


def measure(folder: Path, records: int, rounds: int) -> dict[str, float]:
    """Return the ratios by what they are of."""
    ground = make_ground(folder / "ground", records, keep_files=True)
    parsing = _parsing_cpu(ground.made.files)
    ratios = {"load, CPU: parsing JSON / ours": parsing / (ground.rows[0].value or 1)}
    began = time.monotonic()
    with servers.ours(ground.store) as server:
        ours_ready = time.monotonic() - began
        given = copy_features(server, folder / "features.ndjson")
        asked = questions(server, ground.made.points, ground.made.ids)
        began = time.monotonic()
        with contextlib.ExitStack() as running:
            naive = running.enter_context(servers.naive(folder, given.path))
            ratios["start: naive / ours"] = (time.monotonic() - began) / ours_ready
            ratios |= _timed(running, folder, server, naive, asked, given.kinds, rounds)
    with rows.inside(ground.store, ground.asked(), 120) as one:
        found = one.ask("durable 320")
        ratios["durable writes: ours / append + fsync"] = statistics.median(found["ours"]) / statistics.median(
            found["theirs"]
        )
    return ratios


def _parsing_cpu(files: Sequence[Path]) -> float:
    began = time.process_time()
    for file in files:
        json.loads(file.read_bytes())
    return time.process_time() - began


def _timed(
    running: contextlib.ExitStack,
    folder: Path,
    server: Running,
    naive: Running,
    asked: Questions,
    kinds: dict[str, Kind],
    rounds: int,
) -> dict[str, float]:
    outcome = contest.Outcome()
    all_of_ours = contest.ours(server, asked)
    bodies = ((path, get(server.port, path)) for path in all_of_ours.paths[contest.PAGE])
    nginx, _ = running.enter_context(servers.nginx(folder / "nginx", bodies))
    theirs = contest.peer(naive, of_api("/items"), server, asked, kinds, outcome)
    names = {*WORKS, *contest.PAGES}
    contenders = [
        contest.Contender(each.server, {work: paths for work, paths in each.paths.items() if work in names})
        for each in (all_of_ours, contest.with_same_bytes(nginx, all_of_ours))
    ]
    contenders.append(contest.Contender(naive, {work: theirs.paths[work] for work in WORKS if work in theirs.paths}))
    contest.measure(contenders, rounds, 1, outcome, (*WORKS, *contest.PAGES), connections_tried=(16,))
    for why in outcome.left_out:
        print(f"left out: {why}")
    return {**_rates(outcome), **_cpu(outcome)}


def _rates(outcome: contest.Outcome) -> dict[str, float]:
    pairs = {work: outcome.pair(work, 16, "naive") for work in WORKS}
    return {f"{work}, answers/s: ours / naive": a.rate / b.rate for work, (a, b) in pairs.items() if a and b and b.rate}


def _cpu(outcome: contest.Outcome) -> dict[str, float]:
    pairs = {work: outcome.pair(work, 16, "nginx") for work in contest.PAGES}
    return {
        f"{work}, CPU an answer: nginx / ours": b.cpu_ms / a.cpu_ms
        for work, (a, b) in pairs.items()
        if a and b and a.cpu_ms and b.cpu_ms
    }


if __name__ == "__main__":
    main()
