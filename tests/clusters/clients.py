"""Clients of our servers, on a host of their own: those who write until it is acknowledged, and those who read."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import itertools
import json
import os
import random
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from clusters.journal import Journal
from made_up import made_up_feature

from api.links import ITEMS

READ_SECONDS, WRITE_SECONDS = 10, 20  # that a client waits for an answer
HOST = "ledger"  # that all ask for, so that tags of one server are those of the other
PORT = 9900
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h


class Answer(NamedTuple):
    """A status, 0 where there was none; a document, and the head."""

    status: int
    body: Any
    head: Mapping[str, str]


class Client(threading.Thread):
    """Asks servers by turns, from within a network."""

    def __init__(self, space: int, servers: Mapping[str, str], journal: Journal, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self._space, self._servers, self.journal, self.ended = space, servers, journal, ended
        self._chance = random.Random(id(self))

    def run(self) -> None:
        _enter(self._space)
        while not self.ended.is_set():
            try:
                self.work()
            except Exception as error:
                self.journal.faults.append(f"{type(self).__name__}: {error!r}")

    def work(self) -> None:
        raise NotImplementedError

    def ask(self, host: str, method: str, path: str, body: Any = None, **head: str) -> Answer:
        """Ask one server, and note what becomes of it."""
        kind, begun = ("read" if method == "GET" else "write"), time.monotonic()
        try:
            answer = self._asked(host, method, path, body, head)
            what = str(answer.status) if answer.status < 500 else f"{answer.status}: {_said(answer.body)}"
        except (OSError, http.client.HTTPException) as error:
            answer, what = Answer(0, {}, {}), f"no answer: {type(error).__name__}"
        self.journal.tell(kind, host, what, begun)
        return answer

    def _asked(self, host: str, method: str, path: str, body: Any, head: Mapping[str, str]) -> Answer:
        seconds = READ_SECONDS if method == "GET" else WRITE_SECONDS
        with contextlib.closing(http.client.HTTPConnection(self._servers[host], PORT, timeout=seconds)) as to:
            to.request(method, path, body and json.dumps(body), {"Host": HOST, "Accept": "application/json", **head})
            found = to.getresponse()
            told = {name.lower(): value for name, value in found.headers.items()}
            return Answer(found.status, _document(found.read()), told)

    def any_host(self) -> str:
        return self._chance.choice(list(self._servers))


def _said(problem: Any) -> str:
    """Return what a problem says, without the name of the database before it and what to do after it."""
    return str(problem.get("detail", "")).rpartition("/ledger: ")[2][:60]


def _document(sent: bytes) -> Any:
    return json.loads(sent) if sent[:1] in (b"{", b"[") else {}


def _enter(space: int) -> None:
    """Let this thread's sockets be those of a network; Python has no such call before 3.12."""
    with open(f"/proc/{space}/ns/net") as network:
        if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), _NEW_NETWORK):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@dataclass
class Own:
    """A record of one writer's, as it was acknowledged, or found, last."""

    project_id: str
    tag: str
    changes: int = 0


class Writer(Client):
    """Makes records and changes them; what has no answer, or a refusal that passes, is sent again."""

    MOST_CHANGES = 5  # of one record, before the next one

    def __init__(self, *given: Any, key: str, number: int) -> None:
        super().__init__(*given)
        self._key, self._number = key, number
        self._count, self._own = itertools.count(1), Own("", "", self.MOST_CHANGES)

    def work(self) -> None:
        name = f"Written {self._number} {next(self._count)}"
        if self._own.changes < self.MOST_CHANGES:
            self._change(name)
        else:
            self._make(name)
        self.ended.wait(0.05)

    def _make(self, name: str) -> None:
        head = {**self._head(), "Idempotency-Key": secrets.token_hex(16)}
        for answer in self._again("POST", ITEMS, {**made_up_feature(name=name), "id": None}, head):
            if answer.status == 201:
                self._own = Own(answer.body["id"], answer.head["etag"])
                self._acknowledge(answer, name)
                return
            self._check_passes(answer)

    def _change(self, name: str) -> None:
        path, own = f"{ITEMS}/{self._own.project_id}", self._own
        own.changes += 1
        feature = made_up_feature(own.project_id, name=name)
        for answer in self._again("PUT", path, feature, {**self._head(), "If-Match": own.tag}):
            if answer.status == 200:
                own.tag = answer.head["etag"]
                self._acknowledge(answer, name)
                return
            if answer.status == 412:  # it was made before, without an answer
                own.changes = self.MOST_CHANGES
                return
            self._check_passes(answer)

    def _again(self, method: str, path: str, body: Any, head: Mapping[str, str]) -> Iterator[Answer]:
        """Send it until somebody has got what they want, to any server."""
        while not self.ended.is_set():
            yield self.ask(self.any_host(), method, path, body, **head)
            self.ended.wait(0.1)

    def _head(self) -> dict[str, str]:
        return {"X-API-Key": self._key, "Content-Type": "application/geo+json"}

    def _acknowledge(self, answer: Answer, name: str) -> None:
        made = answer.body
        self.journal.acknowledge(
            made["id"], made["properties"]["revision"], name, int(answer.head.get("ledger-sequence", 0))
        )

    def _check_passes(self, answer: Answer) -> None:
        if answer.status not in (0, 503):
            self.journal.faults.append(f"a change was answered with {answer.status}: {answer.body}")


class Reader(Client):
    """Reads a record that was changed just now."""

    def work(self) -> None:
        wanted = self.journal.some(self._chance.randrange(40))
        if wanted is not None:
            host, begun = self.any_host(), time.monotonic()
            answer = self.ask(host, "GET", f"{ITEMS}/{wanted.project_id}")
            if answer.status in (200, 404):
                number = answer.body["properties"]["revision"] if answer.status == 200 else 0
                self.journal.read(host, wanted.project_id, number, begun, "a record")
        self.ended.wait(0.03)


class OwnReader(Client):
    """Reads what was acknowledged last, and says so."""

    def work(self) -> None:
        wanted = self.journal.newest()
        if wanted is not None:
            host = self.any_host()
            answer = self.ask(host, "GET", f"{ITEMS}/{wanted.project_id}", **{"Ledger-Sequence": str(wanted.sequence)})
            if answer.status in (200, 404):
                number = answer.body["properties"]["revision"] if answer.status == 200 else 0
                self.journal.read_own(host, wanted, number)
        self.ended.wait(0.05)


class Lister(Client):
    """Reads pages of records, and how many there are."""

    def __init__(self, *given: Any, before: int) -> None:
        super().__init__(*given)
        self._before = before  # how many there were before anything was written

    def work(self) -> None:
        host, begun = self.any_host(), time.monotonic()
        answer = self.ask(host, "GET", f"{ITEMS}?limit=50")
        if answer.status == 200:
            self.journal.listed(host, answer.body["numberMatched"] - self._before, begun)
        self.ended.wait(0.1)
