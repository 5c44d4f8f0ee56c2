"""What is a PostgreSQL server's own: that it is killed itself, and that a store is made in an empty database."""

from __future__ import annotations

import contextlib
import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clusters import databases
from clusters.server import Server
from killing.over_http import HttpTwo
from killing.path import START_SECONDS, Killed, Say
from made_up import made_up_feature

from geo.keys import create_key
from geo.opening import open_ledger


class Postgres(HttpTwo):
    """Its server is killed under clients who ask under one Idempotency-Key until they are answered, and started again.

    Our servers live on, and go on; what is acknowledged is there once, whatever became of the first attempt.
    """

    name = "PostgreSQL itself, POST, 2 workers"
    made = "pg"

    def __init__(self, folder: Path, chance: random.Random, store: str, server: Server) -> None:
        super().__init__(folder, chance, store)
        self._server = server

    def write(self, address: str, key: str, made: str, most: int, say: Say) -> None:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/geo+json", "Idempotency-Key": made}
        url, body = f"{address}/api/collections/projects/items", json.dumps(made_up_feature(made)).encode()
        while True:
            try:
                with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=START_SECONDS) as told:
                    return say(made, 1, json.load(told)["properties"]["revision"])
            except urllib.error.HTTPError as refused:
                if refused.code != 503:
                    raise
                time.sleep(0.02)

    def read_and_kill(self, told: Any, end: Callable[[], None]) -> list[list[Any]]:
        def end_later() -> None:
            try:
                self._await_answer()  # who finds no database at its start ends
                for _ in range(2):
                    self._server.kill()
                    time.sleep(self.chance.random() / 5)
                    self._server.start()
                    self._await_answer()
                    time.sleep(self.chance.random() * self.most_seconds)
            finally:
                end()

        return super().read_and_kill(told, end_later)

    def _await_answer(self) -> None:
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/healthz", timeout=10):
                return
            time.sleep(0.02)
        raise AssertionError("our servers do not come to themselves")

    def check(self, acknowledged: list[list[Any]]) -> None:
        for made, number, revision in acknowledged:
            if (number, revision) != (1, 1):
                self.faults.append(f"kill {self.kills}: {made} was answered {revision}")
        with self.opened() as store:
            there = [each.project_id for each in store.changes_since(0) if each.project_id.startswith("bo-pg-")]
        if len(there) != len({*there}):
            self.faults.append(f"kill {self.kills}: something was made twice")
        for made, *_ in acknowledged:
            self.expect(made in there, made)


class NewDatabase(Killed):
    """A store's making in an empty database, and its first key."""

    name = "a new store in a database"

    def __init__(self, folder: Path, chance: random.Random, store: str, server: Server) -> None:
        super().__init__(folder, chance, store)
        self._server = server

    def run_and_kill(self) -> list[list[Any]]:
        self._names = [databases.create(self._server) for _ in range(4)]
        return super().run_and_kill()

    def act(self, say: Say) -> None:
        for name in self._names:
            with contextlib.closing(open_ledger(self._server.url(name)).store) as store:
                create_key(store.keys, "first", "editor")
            say(name)
        time.sleep(START_SECONDS)  # until it is killed

    def check(self, acknowledged: list[list[Any]]) -> None:
        made = [name for (name,) in acknowledged]
        for name in self._names:
            with contextlib.closing(open_ledger(self._server.url(name)).store) as store:
                keys = [key.name for key in store.keys.all()]
                self.faults += map(str, store.verify())
            self.expect(name not in made or keys == ["first"], f"the key of {name}")
            databases.drop(self._server, name)
