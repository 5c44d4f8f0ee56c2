"""Kills what writes, by SIGKILL at random moments, and looks whether anything that was acknowledged is lost.

    .venv/bin/python tests/kills.py --kills 1000 --seed 7
    .venv/bin/python tests/kills.py --kills 1000 --seed 7 --on postgresql

Every path on which something is written takes its turn: changes over HTTP with one and with two workers, web hooks,
proposals and decisions, sessions, tables imported by commands and on the page, releases, authors taken from view,
floods removed, keys, load, a publisher's import, export, backup, restore, the ready file, and a store's first making.
After each kill the store opens, is whole, has all that was acknowledged, and nothing by half; its audit log is what it
was, with more at its end, and tells of all that was done; and what was killed is begun again over what it left.
Whoever is killed is forked from this process, which has read all code, so that a start takes no second.
On PostgreSQL its server is killed too, under clients who ask until they are answered, and started again.
The same seed kills after the same times.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from clusters import databases
from clusters.server import Server, throw_away
from killing.audited import Audited
from killing.databases import NewDatabase, Postgres
from killing.files import Backup, Export, Import, Keys, Load, NewStore, ReadyFile, Restore
from killing.over_http import Hooks, Http, HttpTwo
from killing.path import Killed
from killing.people import Authors, Releases, Removing
from killing.proposing import Decide, Propose
from killing.signed_in import Session
from killing.tables import ImportPage, ImportProposals, ImportTable
from made_up import made_up

from api import server
from api.settings import Settings
from geo.editing import Edit
from geo.opening import open_ledger

WHOLE = 10  # every so many kills each record is derived again


PATHS = (
    *(ImportTable, ImportProposals, ImportPage, Propose, Decide, Session, Releases, Authors, Removing, Hooks),
    *(Http, HttpTwo, Keys, Load, Import, Export, ReadyFile),
)


# Of a file alone, and of a server alone.
OF_A_FILE = (Backup, Restore, NewStore)
OF_A_SERVER = (Postgres, NewDatabase)


class Whole:
    """Whether the store of all paths is whole, after every kill."""

    def __init__(self, store: str) -> None:
        self.store, self.sequence, self.kills = store, 0, 0

    def faults(self) -> Iterator[str]:
        self.kills += 1
        with contextlib.closing(open_ledger(self.store).store) as store:
            yield from map(str, store.verify(records=self.kills % WHOLE == 0))
            for revision in store.changes_since(self.sequence):  # each is read: no half record
                if revision.sequence != self.sequence + 1:
                    yield f"after {self.sequence} comes {revision.sequence}"
                self.sequence = revision.sequence


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", metavar="TEXT", help="the paths in whose names it stands")
    parser.add_argument("--on", choices=("geopackage", "postgresql"), default="geopackage", help="the kind of store")
    options = parser.parse_args()
    server.prepare(Settings())
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    os.environ["XDG_CACHE_HOME"] = str(folder / "caches")
    with contextlib.ExitStack() as running:
        if options.on == "geopackage":
            return kill_on(str(folder / "ledger.gpkg"), folder, options, None)
        cluster = running.enter_context(throw_away())
        return kill_on(cluster.url(databases.create(cluster)), folder, options, cluster)


def kill_on(location: str, folder: Path, options: argparse.Namespace, cluster: Server | None) -> int:
    with contextlib.closing(open_ledger(location).store) as store:
        store.write([Edit(f"bo-first-{n}", made_up(f"bo-first-{n}"), None, "kills") for n in range(100)])

    def of(path: type[Killed], *more: Server) -> Killed:
        return path(folder, random.Random(f"{options.seed} {path.name}"), location, *more)

    paths = [of(path) for path in (*PATHS, *(() if cluster else OF_A_FILE)) if options.only in path.name]
    if cluster:
        paths += [of(path, cluster) for path in OF_A_SERVER if options.only in path.name]
    whole, audited = Whole(location), Audited(location)
    began = time.monotonic()
    for number in range(options.kills):
        path = paths[number % len(paths)]
        path.kill_once()
        path.faults += (f"kill {path.kills}: {each}" for each in (*whole.faults(), *audited.faults()))
    show(paths, time.monotonic() - began)
    is_well = not any(path.lost or path.faults for path in paths)
    if is_well:
        shutil.rmtree(folder)
    else:
        print(f"What is left: {folder}")
    return 0 if is_well else 1


def show(paths: list[Killed], seconds: float) -> None:
    row = "{:<38}{:>8}{:>14}{:>8}{:>8}".format
    print(row("path", "kills", "acknowledged", "lost", "faults"))
    total: collections.Counter[str] = collections.Counter()
    for each in paths:
        told = {"kills": each.kills, "acknowledged": each.acknowledged}
        told |= {"lost": len(each.lost), "faults": len(each.faults)}
        print(row(each.name, *told.values()))
        total.update(told)
    print(row(f"all, in {seconds:.0f} s", *total.values()))
    for each in paths:
        for line in (*each.lost, *each.faults)[:20]:
            print(f"{each.name}: {line}")


if __name__ == "__main__":
    sys.exit(main())
