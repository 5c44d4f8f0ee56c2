"""Our own server on the PostGIS that the peers read, in a database of its own, loaded from the same files as a file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bench import rows
from bench.processes import Running, free_port, run, settle
from bench.questions import Dialect, Question, Questions
from bench.report import Row
from bench.servers import serving
from bench.stage import Stage
from clusters import databases

NAMES = {"memory": "ours, PostgreSQL", "postgis": "ours, PostGIS"}  # by the catalog
STAMPS = ("created", "updated")  # differ where records were loaded at another time


def filled(stage: Stage, patience: float) -> tuple[str, list[Row]]:
    """Load the records into a new database; returns its address, and what that took."""
    name = databases.create(stage.postgis)
    address = stage.postgis.address(name)
    waited, cpu, _ = rows.loaded(address, stage.files, stage.folder / "postgresql.load.txt", patience)
    return address, [Row("load into PostgreSQL, CPU of ours", f"{waited:.1f} s waited", "", cpu, None, " s")]


def settled(server: Running, address: str, patience: float) -> None:
    """Wait until a server has made all ready, and let PostgreSQL learn what its tables hold."""
    settle(server, 600)
    run(["psql", "-q", "-c", "VACUUM ANALYZE", address], patience)


@contextlib.contextmanager
def serve(stage: Stage, address: str, catalog: str) -> Iterator[Running]:
    """Serve the store at an address by a catalog; what is kept beside a file lies in a folder of the stage."""
    name, port = NAMES[catalog], free_port()
    folder = stage.room(name)
    log = folder / "log.txt"
    variables = {"LEDGER_STORE": address, "XDG_CACHE_HOME": str(folder)}
    with serving(["--workers", str(stage.workers), "--catalog", catalog], port, log, variables) as started:
        yield Running(name, port, [started.pid], log, [stage.postgis.pid])


def dialect(mine: Questions, theirs: Questions) -> Dialect:
    """Return the dialect of another server of ours, whose marks of pages are its own."""
    addresses = {a.ours: b.ours for work in mine for a, b in zip(mine[work], theirs[work], strict=True)}

    def address(question: Question) -> str:
        return addresses[question.ours]

    return address
