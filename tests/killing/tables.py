"""Tables that are imported: by commands, and on the page, where a process of its own works on them."""

from __future__ import annotations

import contextlib
import csv
import functools
import io
import json
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from killing.over_http import Http
from killing.path import START_SECONDS, Killed, Say
from killing.signed_in import Browser
from starlette.testclient import TestClient
from stored import sql

from api.app import create_app
from api.importing.jobs import Job, JobGone
from api.services import Services
from api.settings import Settings
from geo.opening import open_ledger

NEW, CHANGED = 60, 20  # rows of a table
_HEAD = ("id", "name", "kind", "country", "lat", "lon", "location_accuracy", "source_addresses")


def table(comment: str, changed: str, chance: random.Random) -> bytes:
    """Return a table of new records, and of some whose names it changes."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEAD)
    made = comment.replace(" ", "-")
    for id_ in (*(f"bo-{changed}-{n}" for n in range(CHANGED)), *(f"bo-{made}-{n}" for n in range(NEW))):
        place = (f"{chance.uniform(-22, -11):.4f}", f"{chance.uniform(-68, -60):.4f}")
        if id_.startswith(f"bo-{changed}-"):
            place = ("-17.4", "-66.2")
        writer.writerow((id_, f"{id_} of {comment}", "cell_factory", "BO", *place, "site", "https://example.org/a"))
    return text.getvalue().encode()


def of_comments(store: str, what: str) -> Counter[str]:
    """Return how many revisions, or proposals, have a comment."""
    with sql(store) as connection:
        return Counter(dict(connection.execute(f"SELECT comment, count(*) FROM {what} GROUP BY comment").fetchall()))  # noqa: S608


class ImportTable(Killed):
    """Each table is in the store once and whole, or not at all; what was killed is imported again."""

    name = "import FILE --write"
    what, options = "revisions", ("--write",)
    made = "table"
    most_seconds = 0.8

    def act(self, say: Say) -> None:
        tempfile.tempdir = str(self.folder)
        file = self.folder / f"{self.made}.csv"
        if file.exists():
            self.bring_in(file, (self.folder / f"{self.made}.txt").read_text(), say)
        for number in range(100_000):
            comment = f"{self.made} {self.round} {number}"
            with contextlib.suppress(FileNotFoundError):
                file.unlink()  # so that a comment never stands beside another's table
            (self.folder / f"{self.made}.txt").write_text(comment)
            unfinished = self.folder / f"unfinished-{file.name}"
            unfinished.write_bytes(table(comment, self.made, self.chance))
            unfinished.replace(file)
            self.bring_in(file, comment, say)

    def bring_in(self, file: Path, comment: str, say: Say) -> None:
        options = ("--author", "kills", "--comment", comment, "--doubtful", "new")
        if code := self.command("import", "--store", self.store, *self.options, *options, file):
            raise AssertionError(f"exit code {code}")
        say(comment)

    def check(self, acknowledged: list[list[Any]]) -> None:
        found = of_comments(self.store, self.what)
        for comment, count in found.items():
            if comment and comment.startswith(f"{self.made} ") and count != CHANGED + NEW:
                self.faults.append(f"kill {self.kills}: {count} rows of {comment}")
        for (comment,) in acknowledged:
            self.expect(found[comment] == CHANGED + NEW, comment)


class ImportProposals(ImportTable):
    name = "import FILE --write --propose"
    what, options = "proposals", ("--write", "--propose")
    made = "proposing"


class ImportPage(Http):
    """Somebody uploads tables and has them written; killed are the server, who works on a table, or both."""

    name = "/import and its worker"
    made = "page"
    moments = ("kept", "compared", "asked", "written")

    def run_and_kill(self) -> list[list[Any]]:
        self.moment = self.chance.choice(self.moments)
        self.dies = self.chance.choice(("server", "worker", "both"))
        return super().run_and_kill()

    def serve(self, listener: Any) -> None:
        os.environ["TMPDIR"] = str(self.folder)
        super().serve(listener)

    def ask(self, address: str, key: str, say: Say) -> None:
        browser = Browser(address)
        browser.sign_in(key)
        for number in range(3):  # as many as one may have
            comment = f"{self.made} {self.round} {number}"
            file = ("table.csv", table(comment, self.made, self.chance))
            path = browser.upload("/import", file=file, profile=("profile.toml", b'doubtful = "new"'))
            say(path.rpartition("/")[2], comment, "kept")
            write(browser.read, browser.send, path, comment, functools.partial(say, path.rpartition("/")[2], comment))
        time.sleep(START_SECONDS)  # until it is killed

    def read_and_kill(self, told: Any, end: Callable[[], None]) -> list[list[Any]]:
        """Wait for a moment of a table, and a while."""
        lines = []
        try:
            while not lines or f'"{self.moment}"' not in lines[-1]:
                lines.append(told.readline())
                assert lines[-1], "nobody uploads any more"
            time.sleep(self.chance.random())
            if self.dies == "worker":
                self.kill_workers()
                time.sleep(self.chance.random() / 4)
        finally:
            end()
            if self.dies == "both":
                self.kill_workers()
        with told:
            return [json.loads(line) for line in (*lines, *told) if line.endswith("\n")]

    def kill_workers(self) -> None:
        for pid in self.workers_of_tables():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.await_workers()

    def await_workers(self) -> None:
        ends = time.monotonic() + START_SECONDS
        while self.workers_of_tables() and time.monotonic() < ends:
            time.sleep(0.02)

    def workers_of_tables(self) -> list[int]:
        """Return the processes that work on tables of this store; they are nobody's children once a server is gone."""
        asked = b"\0".join((b"-m", b"api.importing.working", str(self.jobs).encode()))
        return [int(each.name) for each in Path("/proc").glob("[0-9]*") if asked in said_by(each)]

    def check(self, acknowledged: list[list[Any]]) -> None:
        self.await_workers()
        found, jobs = of_comments(self.store, "revisions"), dict[str, list[str]]()
        for job_id, comment, state in acknowledged:
            jobs.setdefault(job_id, [comment]).append(state)
        for job_id, (comment, *states) in jobs.items():
            self.look_at(Job(self.jobs / job_id), comment, states, found[comment])
        if jobs and not self.lost:
            self.begin_again(*list(jobs.items())[-1])
        shutil.rmtree(self.jobs, ignore_errors=True)

    @functools.cached_property
    def jobs(self) -> Path:
        with self.opened() as store:
            return Path(store.path.with_name(f"{store.path.name}-imports").absolute())

    def look_at(self, job: Job, comment: str, acknowledged: list[str], count: int) -> None:
        try:
            if job.state().is_at_work:
                os.utime(job.folder / "state.json", (1, 1))  # as if it had been silent for long
            state = job.state()
        except JobGone:
            self.expect(False, f"the upload of {comment}")
            return
        if count not in (0, CHANGED + NEW) or state.phase not in ("stopped", "compared", "written"):
            self.faults.append(f"kill {self.kills}: {state.phase}, {count} rows of {comment}: {state.error}")
        is_said = "written" in acknowledged or state.phase == "written"
        self.expect(count == CHANGED + NEW or not is_said, f"{comment}, {state.phase}")

    def begin_again(self, job_id: str, said: list[str]) -> None:
        """Have the last table compared and written by whoever uploaded it, as a page says that it can be."""
        pid, told = self.forked(functools.partial(self.bring_in, job_id, said[0]))
        with told:
            is_done = any(told)
        os.waitpid(pid, 0)
        count = of_comments(self.store, "revisions")[said[0]]
        if not is_done or count != CHANGED + NEW:
            self.faults.append(f"kill {self.kills}: {said[0]} begun again, {count} rows")

    def bring_in(self, job_id: str, comment: str, say: Say) -> None:
        app = create_app(Services(open_ledger(self.store), Settings()))
        client = TestClient(app, headers={"Accept": "text/html"})
        client.post("/sign-in", data={"key": self.key, "to": ""})
        token, path = client.get("/session").json()["csrf"], f"/import/{job_id}"

        def send(path: str, **fields: str) -> None:
            client.post(path, data={"csrf": token, **fields}).raise_for_status()

        send(path, do="compare", doubtful="new")
        write(lambda path: client.get(path).raise_for_status().text, send, path, comment, lambda _: None)
        say(comment)


def write(read: Callable[[str], str], send: Callable[..., object], path: str, comment: str, say: Say) -> None:
    """Await that a table is compared, and have it written where there is something to write."""
    page = compared(read, path)
    say("compared")
    if 'value="write"' in page:
        send(path, do="write", comment=comment)
        say("asked")
        compared(read, path)
        say("written")


def compared(read: Callable[[str], str], path: str) -> str:
    """Return the page of a table that nobody works on any more."""
    while 'http-equiv="refresh"' in (page := read(path)):
        time.sleep(0.1)
    return page


def said_by(process: Path) -> bytes:
    """Return the command line of a process, which may have ended."""
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""
