"""What an answer costs our server, and what it costs to say that the one somebody keeps still holds.

    python -m bench.revalidated --records 10000            (in tests/)

All that may be kept has to be asked for again each time (`Cache-Control: no-cache`, ETag). Answers are compressed, as
browsers and caches in between take them; CPU is that of the server's processes.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.ground import Ground, make_ground
from bench.load import Run, ask
from bench.processes import HOST, Running, Unavailable, end_cleanly_when_told, settle
from bench.questions import boxes
from bench.report import figure, table
from bench.servers import COLLECTION, ours

CONNECTIONS, ROUNDS = 8, 3
NOT_KEPT = '"not this one"'
EUROPE = [(x, y) for x in range(15, 19) for y in range(9, 13)]  # tiles of zoom 5


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=2.0)
    given = parser.parse_args()
    end_cleanly_when_told()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        ground = make_ground(Path(folder) / "ground", given.records)
        with ours(ground.store) as server:
            settle(server, 600)
            lines = [_line(server, name, paths, given.seconds) for name, paths in _paths(ground).items()]
    print(table(["what", "bytes", "CPU ms", "CPU ms where the kept one holds"], lines))


def _paths(ground: Ground) -> dict[str, list[str]]:
    items, ids = f"{COLLECTION}/items", ground.made.ids[:400]
    around = [",".join(map(str, box)) for box in boxes(ground.made.points, 200)]
    return {
        "a record": [f"{items}/{each}" for each in ids],
        "the first page of 10": [f"{items}?limit=10"],
        "100 of a box": [f"{items}?limit=100&bbox={box}" for box in around],
        "a tile of zoom 5": [f"{COLLECTION}/tiles/WebMercatorQuad/5/{y}/{x}" for x, y in EUROPE],
        "what the map draws first": [f"{COLLECTION}/snapshot/drawn"],
        "the page of a record": [f"/projects/{each}" for each in ids],
        "the map's page": ["/"],
        "a script": ["/static/built/first.js"],
    }


def _line(server: Running, name: str, paths: Sequence[str], seconds: float) -> list[str]:
    told = [_told(server.port, path) for path in paths]
    length = statistics.mean(length for _, length in told)
    whole = [f"{path} {NOT_KEPT}" for path in paths]
    kept = [f"{path} {tag}" for path, (tag, _) in zip(paths, told, strict=True)]
    runs = [[ask(server, lines, CONNECTIONS, seconds) for lines in (whole, kept)] for _ in range(ROUNDS)]
    return [name, figure(length), *(_cpu(each) for each in zip(*runs, strict=True))]


def _cpu(runs: Sequence[Run]) -> str:
    failed = sum(run.failed for run in runs)
    if failed:
        raise Unavailable(f"{failed} answers were none")
    return figure(statistics.median(run.cpu_ms or 0 for run in runs))


def _told(port: int, path: str) -> tuple[str, int]:
    """Return the tag and the bytes of an answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        length, tag = len(answer.read()), answer.getheader("ETag")
    finally:
        connection.close()
    if answer.status != 200 or tag is None:
        raise Unavailable(f"GET {path} is answered {answer.status}, with the tag {tag}")
    return tag, length


if __name__ == "__main__":
    main()
