"""What 10,000 open proposals cost whoever reads: two instances of the same records, asked in turn, in one process.

    python -m bench.flood --proposals 10000            (in tests/)

The flood comes from as many addresses as it takes, since one may have 50 open at a time. The figures are CPU of the
process for one request through the application; the ratio is the flooded instance to the other, the median of rounds.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from made_up import made_up, made_up_features
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from api.settings import Settings
from geo.editing import Edit
from geo.opening import Ledger, open_ledger
from geo.proposals import MOST_OF_ORIGIN, Author, Draft, ProposalQuery, Removal
from geo.records.project import Project
from geo.store import Store

ITEMS = "/api/collections/projects/items"
ROUNDS, EACH = 15, 20
ANEW = {"Cache-Control": "no-cache"}


@contextlib.contextmanager
def instance(folder: Path, records: list[Project], proposals: int) -> Iterator[tuple[Store, TestClient]]:
    """Open an instance of these records with so many open proposals."""
    with contextlib.closing(open_ledger(folder).store) as store:
        store.write_many(Edit(project.id, project, None, "bench") for project in records)
        store.proposals.add_many([_draft(number) for number in range(proposals)])
        yield store, TestClient(create_app(Services(Ledger(store), Settings(reads=0, writes=0, files=0))))


def _draft(number: int) -> Draft:
    project = made_up(f"bo-flood-{number}", name=f"Buy watches {number}")
    author = Author("flood", origin=(number // MOST_OF_ORIGIN).to_bytes(4, "big"))
    return Draft("create", project.id, None, project, project.properties.name, "BO", ["s1"], "Buy.", author)


def reads(record: str) -> dict[str, Callable[[TestClient, int], object]]:
    """What readers ask, by name; a number makes each question another."""
    return {
        "a record": lambda client, _: client.get(f"{ITEMS}/{record}", headers=ANEW),
        "a page of 100": lambda client, n: client.get(f"{ITEMS}?limit=100&bbox={n % 90},-80,179,80", headers=ANEW),
        "a filter": lambda client, n: client.get(f"{ITEMS}?filter=capacity>{n}", headers=ANEW),
        "counts": lambda client, n: client.get(f"/api/collections/projects/facets?q=plant {n}", headers=ANEW),
        "a record's page": lambda client, _: client.get(f"/projects/{record}", headers=ANEW),
    }


def cpu(ask: Callable[[TestClient, int], object], client: TestClient, start: int) -> float:
    """Return CPU seconds of one request, the mean of several."""
    began = time.process_time()
    for number in range(start, start + EACH):
        answer = ask(client, number)
        assert answer.status_code == 200, answer.text  # type: ignore[attr-defined]
    return (time.process_time() - began) / EACH


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--proposals", type=int, default=10_000)
    parser.add_argument("--records", type=int, default=5_000)
    options = parser.parse_args()
    records = [Project.from_feature(feature) for feature in made_up_features(options.records)]
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        _, quiet = stack.enter_context(instance(Path(name) / "quiet.gpkg", records, 0))
        store, flooded = stack.enter_context(instance(Path(name) / "flooded.gpkg", records, options.proposals))
        row = "{:<28}{:>14}{:>14}{:>10}".format
        print(row(f"{options.records:,} records", "quiet, ms", "flooded, ms", "ratio"))
        for what, ask in reads(records[0].id).items():
            rounds = [(cpu(ask, quiet, n * EACH), cpu(ask, flooded, n * EACH)) for n in range(ROUNDS)]
            without, beside = (statistics.median(each) * 1000 for each in zip(*rounds, strict=True))
            ratio = statistics.median(b / a for a, b in rounds)
            print(row(what, f"{without:.2f}", f"{beside:.2f}", f"{ratio:.2f}"))
        for what, look in {
            "the queue, its first page": ProposalQuery(),
            "the queue, a word": ProposalQuery(text="zzz"),
        }.items():
            began = time.process_time()
            store.proposals.search(look)
            print(row(what, "", f"{(time.process_time() - began) * 1000:.1f}", ""))
        began = time.monotonic()
        removed = store.proposals.remove(Removal(text="buy watches"))
        print(
            f"{removed:,} removed by one command in {time.monotonic() - began:.2f} s; left: {store.proposals.counts()}"
        )


if __name__ == "__main__":
    sys.exit(main())
