"""Stores, keys, and files that are read or written beside a store."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path
from typing import Any

from killing.path import Killed, Say
from laying import ALL, NOBODY
from made_up import made_up, made_up_feature

from api.commands.loading import load_files
from geo.backups import back_up, restore
from geo.curated.files import read_features, read_projects, write_dataset
from geo.curated.load import export
from geo.curated.points import read_dataset_points
from geo.editing import Edit
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

    def __init__(self, folder: Path, chance: random.Random, store: str) -> None:
        super().__init__(folder, chance, store)
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

    def __init__(self, folder: Path, chance: random.Random, store: str) -> None:
        super().__init__(folder, chance, store)
        self.copies = folder / "copies"
        self.copies.mkdir()

    def act(self, say: Say) -> None:
        while True:
            made = back_up(Path(self.store), self.copies, keep=3)
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

    def __init__(self, folder: Path, chance: random.Random, store: str) -> None:
        super().__init__(folder, chance, store)
        self.other, self.copy = folder / "other.gpkg", folder / "copy.gpkg"
        back_up(Path(self.store), self.copy)
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
            Following(store, NOBODY, Ready(ready_path(store.path)), ALL).lay()
            say(made)

    def check(self, acknowledged: list[list[Any]]) -> None:
        with self.opened() as store:
            catalog = MemoryCatalog(store, NOBODY, ready=Ready(ready_path(store.path)), limits=ALL)
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
