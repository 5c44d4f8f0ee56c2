"""Kills what writes, by SIGKILL at random moments, and looks whether anything that was acknowledged is lost.

    .venv/bin/python tests/kills.py --kills 1000 --seed 7

Every path on which something is written takes its turn: changes over HTTP with one and with two workers, web hooks,
proposals and decisions, keys, load, import, export, backup, restore, the ready file, and a store's first making. After
each kill the store opens, is whole, and has all that was acknowledged; and what was killed is begun again over what it
left. Whoever is killed is forked from this process, which has read all code, so that a start takes no second.
The same seed kills after the same times.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import functools
import http.client
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import hooked
from laying import ALL, NOBODY
from made_up import made_up, made_up_feature

from api import server
from api.commands.loading import load_files
from api.settings import Settings
from geo.backups import back_up, restore
from geo.curated.files import read_features, read_projects, write_dataset
from geo.curated.load import export
from geo.curated.points import read_dataset_points
from geo.editing import Edit
from geo.errors import NotFound
from geo.geopackage.pool import connect
from geo.geopackage.verifying import damages
from geo.importing.merge import import_file, write_import
from geo.importing.profile import read_profile
from geo.keys import create_key
from geo.memory.bases import Ready
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import Following
from geo.memory.ready import path_of as ready_path
from geo.opening import open_ledger
from geo.query import Query

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 4
START_SECONDS = 60  # in which something has to be acknowledged; a busy machine takes its time
MOST_SECONDS = 0.25  # after the first acknowledgement until the kill
WHOLE = 10  # every so many kills each record is derived again

Say = Callable[..., None]  # acknowledges what it is given


def forked(act: Callable[[Say], None], log: Path) -> tuple[int, Any]:
    """Let a process of its own act; return its id, and what it acknowledges, line by line."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reading)
            said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(said, 1)
            os.dup2(said, 2)
            # One call, so that a line is there whole or not at all.
            act(lambda *told: os.write(writing, (json.dumps(told) + "\n").encode()))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    return pid, os.fdopen(reading)


def kill(pid: int) -> bool:
    """Kill a process of ours; return whether it lived until then."""
    os.kill(pid, signal.SIGKILL)  # who has ended is there until it is waited for
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


class Killed:
    """One path on which something is written; `act` does it in a process that is killed, `check` looks afterwards."""

    name: ClassVar[str]

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        self.store = folder / "ledger.gpkg"
        self.round = 0
        self.kills = self.acknowledged = 0
        self.lost: list[str] = []
        self.faults: list[str] = []

    def act(self, say: Say) -> None:
        raise NotImplementedError

    def check(self, acknowledged: list[list[Any]]) -> None:
        """Note what is lost of all that was acknowledged before this kill, and what is wrong."""
        raise NotImplementedError

    def kill_once(self) -> None:
        self.round += 1
        told = self.run_and_kill()
        self.kills += 1
        self.acknowledged += len(told)
        try:
            self.check(told)
        except Exception as error:
            self.faults.append(f"kill {self.kills}: {type(error).__name__}: {error}")

    def run_and_kill(self) -> list[list[Any]]:
        pid, told = self.forked(self.act)
        return self.read_and_kill(told, lambda: self.kill(pid))

    def forked(self, act: Callable[[Say], None]) -> tuple[int, Any]:
        return forked(act, self.folder / "said.txt")

    def kill(self, pid: int) -> None:
        if not kill(pid):
            self.faults.append(f"kill {self.kills + 1}: it had ended by itself")

    def read_and_kill(self, told: Any, end: Callable[[], None]) -> list[list[Any]]:
        """Let it go on for a random time, in most cases after its first acknowledgement, and return all of them."""
        try:
            first = [told.readline()] if self.chance.random() < 0.8 else []
            time.sleep(self.chance.random() * MOST_SECONDS)
        finally:
            end()
        with told:
            return [json.loads(line) for line in (*first, *told) if line.endswith("\n")]

    def expect(self, is_there: bool, what: str) -> None:
        if not is_there:
            self.lost.append(f"kill {self.kills}: {what}")

    def opened(self) -> contextlib.closing[Any]:
        return contextlib.closing(open_ledger(self.store).store)


class Http(Killed):
    """Clients who create, replace, change and delete records, over servers that share one socket, as workers do."""

    name = "POST, PUT, PATCH, DELETE, 1 worker"
    workers = 1
    made = "w1"

    def run_and_kill(self) -> list[list[Any]]:
        with contextlib.closing(open_ledger(self.store).store) as store:
            key = create_key(store.keys, f"{self.name} {self.round}", "editor")[1]
        listener = server.listen("127.0.0.1", 0)
        address = server.address_of(listener)
        servers = [self.forked(lambda _: self.serve(listener)) for _ in range(self.workers)]
        listener.close()
        clients, told = self.forked(functools.partial(self.ask, address, key))

        def end() -> None:
            for pid, _ in servers:
                self.kill(pid)
                time.sleep(self.chance.random() * MOST_SECONDS / 4)
            kill(clients)

        try:
            return self.read_and_kill(told, end)
        finally:
            for _, unused in servers:
                unused.close()

    def serve(self, listener: Any) -> None:
        server.run(open_ledger(self.store), Settings.from_environment(), listener)

    def ask(self, address: str, key: str, say: Say) -> None:
        threads = [
            threading.Thread(target=self.client, args=(address, key, number, say), daemon=True)
            for number in range(CLIENTS)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    def client(self, address: str, key: str, client: int, say: Say) -> None:
        for number in range(100_000):
            made = f"bo-{self.made}-r{self.round}-c{client}-{number}"
            try:
                self.write(address, key, made, 4 if number % 2 else 3, say)
            except urllib.error.HTTPError as refused:
                say(made, 0, refused.code)
            except (OSError, http.client.HTTPException):
                continue  # its server was killed; another may be there, until this process is killed too

    def write(self, address: str, key: str, made: str, most: int, say: Say) -> None:
        items = f"{address}/api/collections/projects/items"
        change = json.dumps({"properties": {"name": f"{made} patched"}}).encode()
        steps = [
            ("POST", items, "application/geo+json", self.body(made, "made")),
            ("PUT", f"{items}/{made}", "application/geo+json", self.body(made, "replaced")),
            ("PATCH", f"{items}/{made}", "application/merge-patch+json", change),
            ("DELETE", f"{items}/{made}", None, None),
        ]
        for step, (method, url, kind, body) in enumerate(steps[:most], 1):
            headers = {"Authorization": f"Bearer {key}", "If-Match": "*", "Content-Type": kind or ""}
            if method == "POST":
                del headers["If-Match"]
            request = urllib.request.Request(url, body, headers, method=method)
            with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
                answer.read()
            say(made, step, method)

    def body(self, made: str, how: str) -> bytes:
        return json.dumps(made_up_feature(made, name=f"{made} {how}")).encode()

    def check(self, acknowledged: list[list[Any]]) -> None:
        names = {"POST": "made", "PUT": "replaced", "PATCH": "patched"}
        with self.opened() as store:
            for made, number, method in acknowledged:
                if not number:
                    self.faults.append(f"kill {self.kills}: {made} was answered {method}")
                    continue
                try:
                    found = store.revisions(made, after=number - 1, limit=1)
                except NotFound:
                    found = []
                named = [revision.project and revision.project.properties.name for revision in found]
                expected = [f"{made} {names[method]}" if method in names else None]
                self.expect(named == expected, f"{method} {made}")


class HttpTwo(Http):
    name = "POST, PUT, PATCH, DELETE, 2 workers"
    workers = 2
    made = "w2"


class Hooks(HttpTwo):
    """A receiver, and the servers that tell it of changes: whatever has been acknowledged arrives, in order."""

    name = "web hooks, 2 workers"
    made = "hook"

    def __init__(self, folder: Path, chance: random.Random) -> None:
        super().__init__(folder, chance)
        self.listener = hooked.listen()

    def run_and_kill(self) -> list[list[Any]]:
        self.taken = self.folder / f"taken-{self.round}.txt"
        with self.opened() as store:
            self.hook = hooked.add_hook(store, self.listener)
        dies_at = (self.chance.randrange(1, 12), self.chance.choice(hooked.MOMENTS))
        receiver, unused = self.forked(lambda _: hooked.receive(self.listener, self.taken, dies_at))
        try:
            return super().run_and_kill()
        finally:
            kill(receiver)
            unused.close()

    def serve(self, listener: Any) -> None:
        server.run(open_ledger(self.store), hooked.HOUSE, listener)

    def read_and_kill(self, told: Any, end: Callable[[], None]) -> list[list[Any]]:
        def end_later() -> None:
            time.sleep(self.chance.random())  # a look for changes comes twice a second
            end()

        return super().read_and_kill(told, end_later)

    def check(self, acknowledged: list[list[Any]]) -> None:
        super().check(acknowledged)
        with self.opened() as store:
            missing = hooked.lost(store, self.hook, self.listener, self.taken)
        self.expect(not missing, f"messages of the changes {missing[:10]}")
        if not hooked.is_in_order(hooked.sequences(self.taken)):
            self.faults.append(f"kill {self.kills}: messages came in another order")


class Propose(Http):
    """Clients who propose, are asked, answer and are accepted; of each that was acknowledged nothing is undone."""

    name = "proposals, decisions, 2 workers"
    workers = 2
    made = "p2"

    def write(self, address: str, key: str, made: str, most: int, say: Say) -> None:
        proposals = f"{address}/api/proposals"
        feature = made_up_feature(made, name=f"{made} proposed")
        body = {"kind": "create", "feature": feature, "comment": "So."}
        number = self.ask_for(proposals, key, body)["id"]
        say(made, number, "open")
        decisions = [("ask", "asked"), ("answer", "open"), ("accept", "accepted")]
        for version, (decision, state) in enumerate(decisions[: most - 1], 1):
            said = {"decision": decision, "version": version, "text": f"{decision} {version}"}
            self.ask_for(f"{proposals}/{number}/decision", key, said)
            say(made, number, state)

    def ask_for(self, address: str, key: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(address, json.dumps(body).encode(), headers, method="POST")
        with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
            return json.load(answer)

    def check(self, acknowledged: list[list[Any]]) -> None:
        known: dict[tuple[str, int], list[str]] = collections.defaultdict(list)
        for made, number, state in acknowledged:
            if not number:
                self.faults.append(f"kill {self.kills}: {made} was answered {state}")
            else:
                known[made, number].append(state)
        with self.opened() as store:
            for (made, number), states in known.items():
                found = store.proposals.get(number)
                history = ["open", *(remark.state for remark in found.remarks)]
                self.expect(found.draft.name == f"{made} proposed" and history[: len(states)] == states, made)
                is_there = found.state == "accepted"
                self.expect(is_there == (store.proposals.behind(found.revisions) != {}), f"the revision of {made}")
                if is_there:
                    written = [revision.sequence for revision in store.revisions(made)]
                    self.expect(written == [*found.revisions], f"{made} as accepted")


class Keys(Killed):
    name = "keys create, keys revoke"

    def act(self, say: Say) -> None:
        ring = open_ledger(self.store).store.keys
        for number in range(100_000):
            name = f"key {self.round} {number}"
            create_key(ring, name, "editor")
            say("made", name)
            if number % 2:
                ring.revoke(name)
                say("revoked", name)

    def check(self, acknowledged: list[list[Any]]) -> None:
        with self.opened() as store:
            found = {key.name: key.revoked for key in store.keys.all()}
        for what, name in acknowledged:
            self.expect(name in found and (what == "made" or found[name] is not None), f"{what} {name}")


class Load(Killed):
    """Files of which each load changes every record; it is all or nothing."""

    name = "load"
    records = 40

    def act(self, say: Say) -> None:
        store = open_ledger(self.store).store
        for number in range(100_000):
            file = self.folder / "loaded.geojson"
            features = [made_up_feature(f"bo-load-{n}", name=f"{self.round} {number}") for n in range(self.records)]
            file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
            load_files(store, [file], overwrite=True)
            say(self.round, number)

    def check(self, acknowledged: list[list[Any]]) -> None:
        with self.opened() as store:
            loaded = [r.project.properties.name for r in store.current("bo-load", "bo-loae")]
        newest = {tuple(map(int, name.split())) for name in loaded}
        if loaded and (len(newest) != 1 or len(loaded) != self.records):
            self.faults.append(f"kill {self.kills}: half a load")
        for each in acknowledged:
            self.expect(bool(newest) and max(newest) >= tuple(each), f"load {each}")


class Import(Killed):
    name = "import --write"

    def __init__(self, folder: Path, chance: random.Random) -> None:
        super().__init__(folder, chance)
        self.data = folder / "data"
        write_dataset(self.data / "projects", [made_up()])

    def act(self, say: Say) -> None:
        usual = {"minerals": ["Lithium"], "operationGroup": "Advanced exploration project", "province": "Alberta"}
        usual |= {"status": "Active", "operator": "Made-up Mines"}
        for number in range(100_000):
            row = self.round * 1_000 + number
            place = {"latitude": 45 + row % 97 / 10, "longitude": -120 + row % 389 / 10}
            named = {"name": f"Lake {row}", "nrcanObjectId": row, "developmentStage": "Advanced project"}
            file = self.folder / "rows.json"
            file.write_text(json.dumps([{**usual, **place, **named}]))
            write_import(import_file(read_profile("nrcan"), file, self.data), self.data)
            say(row)

    def check(self, acknowledged: list[list[Any]]) -> None:
        read_dataset_points(self.data)
        known = {e.id for p in read_projects(self.data / "projects") for e in p.properties.external_ids}
        for (row,) in acknowledged:
            self.expect(str(row) in known, f"row {row}")


class Export(Killed):
    name = "export"

    def act(self, say: Say) -> None:
        store = open_ledger(self.store).store
        while True:
            say(*map(str, export(store, self.folder / "exported")))

    def check(self, acknowledged: list[list[Any]]) -> None:
        folder = self.folder / "exported"
        for file in folder.glob("projects/*.geojson"):
            read_features(file)  # raises where it is not whole
        for files in acknowledged[-1:]:
            self.expect(all(Path(file).exists() for file in files), "an exported file")
        with self.opened() as store:
            files = export(store, folder)
            bytes_before = [file.read_bytes() for file in files]
            self.expect(bytes_before == [file.read_bytes() for file in export(store, folder)], "the same bytes")


class Backup(Killed):
    name = "backup --keep 3"

    def __init__(self, folder: Path, chance: random.Random) -> None:
        super().__init__(folder, chance)
        self.copies = folder / "copies"
        self.copies.mkdir()

    def act(self, say: Say) -> None:
        while True:
            made = back_up(self.store, self.copies, keep=3)
            say(made.file.name, made.of.sequence)

    def check(self, acknowledged: list[list[Any]]) -> None:
        whole = {}
        for file in self.copies.glob("ledger-*.gpkg"):
            with contextlib.closing(connect(file, "ro&immutable=1")) as connection:
                self.faults += [f"{file.name}: {fault}" for fault in damages(connection)]
                whole[file.name] = connection.execute("SELECT max(sequence) FROM revisions").fetchone()[0]
        for name, sequence in acknowledged[-1:]:
            self.expect(whole.get(name) == sequence, f"backup {name}")


class Restore(Killed):
    """The other store is there at any moment, as the backup has it."""

    name = "restore --replace"

    def __init__(self, folder: Path, chance: random.Random) -> None:
        super().__init__(folder, chance)
        self.other, self.copy = folder / "other.gpkg", folder / "copy.gpkg"
        back_up(self.store, self.copy)
        restore(self.copy, self.other)
        with contextlib.closing(open_ledger(self.other).store) as store:
            self.history = [(r.sequence, r.project_id, r.number, r.project) for r in store.changes_since(0)]

    def act(self, say: Say) -> None:
        while True:
            say(restore(self.copy, self.other, replace=True).sequence)

    def check(self, acknowledged: list[list[Any]]) -> None:
        for left in self.folder.glob("other-former-*"):
            left.unlink()
        with contextlib.closing(open_ledger(self.other).store) as store:
            found = [(r.sequence, r.project_id, r.number, r.project) for r in store.changes_since(0)]
            self.faults += map(str, store.verify())
        self.expect(found == self.history, "a revision of the restored store")


class ReadyFile(Killed):
    name = "ready file"

    def act(self, say: Say) -> None:
        store = open_ledger(self.store).store
        for number in range(100_000):
            made = f"bo-ready-r{self.round}-{number}"
            store.write([Edit(made, made_up(made), None, "kills")])
            Following(store, NOBODY, Ready(ready_path(self.store)), ALL).lay()
            say(made)

    def check(self, acknowledged: list[list[Any]]) -> None:
        with self.opened() as store:
            catalog = MemoryCatalog(store, NOBODY, ready=Ready(ready_path(self.store)), limits=ALL)
            answered = set(catalog.columns(Query(), ["id"])["id"])
            current = set(store.current_ids())
        self.expect(answered == current, "a record in answers")
        for (made,) in acknowledged:
            self.expect(made in current, made)


class NewStore(Killed):
    """A store's making, and its first key."""

    name = "a new store"

    def act(self, say: Say) -> None:
        for number in range(100_000):
            file = self.folder / f"new-{self.round}-{number}.gpkg"
            with contextlib.closing(open_ledger(file).store) as store:
                create_key(store.keys, "first", "editor")
            say(file.name)

    def check(self, acknowledged: list[list[Any]]) -> None:
        for number in range(len(acknowledged) + 1):
            file = self.folder / f"new-{self.round}-{number}.gpkg"
            with contextlib.closing(open_ledger(file).store) as store:
                names = [key.name for key in store.keys.all()]
                self.faults += map(str, store.verify())
            self.expect(number == len(acknowledged) or names == ["first"], f"the key of {file.name}")
            for each in self.folder.glob(f"{file.name}*"):
                each.unlink()


PATHS = (Http, HttpTwo, Hooks, Propose, Keys, Load, Import, Export, Backup, Restore, ReadyFile, NewStore)


class Whole:
    """Whether the store of all paths is whole, after every kill."""

    def __init__(self, store: Path) -> None:
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
    options = parser.parse_args()
    server.prepare(Settings())
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    with contextlib.closing(open_ledger(folder / "ledger.gpkg").store) as store:
        store.write([Edit(f"bo-first-{n}", made_up(f"bo-first-{n}"), None, "kills") for n in range(100)])
    paths = [path(folder, random.Random(f"{options.seed} {path.name}")) for path in PATHS]
    whole, began = Whole(folder / "ledger.gpkg"), time.monotonic()
    for number in range(options.kills):
        path = paths[number % len(paths)]
        path.kill_once()
        path.faults += whole.faults()
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
