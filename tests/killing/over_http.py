"""Changes over HTTP, by several clients of one or two servers, and the web hooks that tell of them."""

from __future__ import annotations

import contextlib
import functools
import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hooked
from killing.path import START_SECONDS, Killed, Say, kill
from made_up import made_up_feature
from receiving import listen

from api import server
from api.settings import Settings
from geo.errors import NotFound
from geo.keys import create_key
from geo.opening import open_ledger

CLIENTS = 4


class Http(Killed):
    """Clients who create, replace, change and delete records, over servers that share one socket, as workers do."""

    name = "POST, PUT, PATCH, DELETE, 1 worker"
    workers = 1
    made = "w1"

    def run_and_kill(self) -> list[list[Any]]:
        with contextlib.closing(open_ledger(self.store).store) as store:
            self.key = create_key(store.keys, f"{self.name} {self.round}", "editor")[1]
        listener = server.listen("127.0.0.1", 0)
        self.address = server.address_of(listener)
        servers = [self.forked(lambda _: self.serve(listener)) for _ in range(self.workers)]
        listener.close()
        clients, told = self.forked(functools.partial(self.ask, self.address, self.key))

        def end() -> None:
            for pid, _ in servers:
                self.kill(pid)
                time.sleep(self.chance.random() * self.most_seconds / 4)
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

    def __init__(self, folder: Path, chance: random.Random, store: str) -> None:
        super().__init__(folder, chance, store)
        self.listener = listen()

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
