"""Our own server on the PostGIS that the peers read, in a database of its own, loaded from the same files as a file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bench import rows
from bench.processes import Running, free_port, run
from bench.questions import Dialect, Question, Questions
from bench.report import Row
from bench.servers import serving
from bench.stage import Stage
from clusters import databases

STAMPS = ("created", "updated")  # differ where records were loaded at another time


def filled(stage: Stage, patience: float) -> tuple[str, list[Row]]:
    """Load the records into a new database; returns its address, and what that took."""
    name = databases.create(stage.postgis)
    address = stage.postgis.address(name)
    waited, cpu, _ = rows.loaded(address, stage.files, stage.folder / "postgresql.load.txt", patience)
    run(["psql", "-q", "-c", "VACUUM ANALYZE", stage.postgis.url(name)], patience)
    return address, [Row("load into PostgreSQL, CPU of ours", f"{waited:.1f} s waited", "", cpu, None, " s")]


@contextlib.contextmanager
def serve(stage: Stage, address: str) -> Iterator[Running]:
    """Serve the store at an address from memory; what is kept beside a file lies in a folder of the stage."""
    folder, port = stage.room("ours on PostgreSQL"), free_port()
    log = folder / "log.txt"
    variables = {"LEDGER_STORE": address, "XDG_CACHE_HOME": str(folder)}
    with serving(["--workers", str(stage.workers)], port, log, variables) as started:
        yield Running("ours on PostgreSQL", port, [started.pid], log, [stage.postgis.pid])


def dialect(mine: Questions, theirs: Questions) -> Dialect:
    """Return the dialect of another server of ours, whose marks of pages are its own."""
    addresses = {a.ours: b.ours for work in mine for a, b in zip(mine[work], theirs[work], strict=True)}

    def address(question: Question) -> str:
        return addresses[question.ours]

    return address
