"""A primary, two standbys, two servers of ours and their clients, on hosts of a network: all that is asked of them."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from clusters.clients import Client, Lister, OwnReader, Reader, Writer
from clusters.databases import working_on
from clusters.journal import Acknowledged, Journal
from clusters.network import Network, network
from clusters.noting import TABLE
from clusters.replicated import Replicated, replicated_over, wait_until
from clusters.scene import CLIENT, HOSTS, Noted, Scene
from clusters.server import Server
from clusters.web import Web
from psycopg.sql import SQL, Identifier

from geo.keys import create_key
from geo.opening import open_ledger

WEBS = {"web1": "memory", "web2": "postgis"}
DATABASE, BEHIND = "ledger", 1
# Long questions on a standby are ended where they are in the way of what it has to show.
SETTINGS = {"max_standby_streaming_delay": "0"}
_WRITTEN = """
SELECT project_id, number, record::json -> 'properties' ->> 'name', sequence FROM revisions
WHERE sequence = ANY(%s)
"""
_TWICE = """
SELECT record::json -> 'properties' ->> 'name', count(*) FROM revisions
WHERE record::json -> 'properties' ->> 'name' = ANY(%s) GROUP BY 1 HAVING count(*) > 1
"""


@contextlib.contextmanager
def stage(made: Path, folder: Path, writers: int = 3, **settings: str) -> Iterator[Stage]:
    """Set it up from a data folder that was made; raises Unavailable."""
    with (
        network([*HOSTS, *WEBS, CLIENT]) as connected,
        replicated_over(connected, HOSTS, made, folder, **SETTINGS, **settings) as running,
    ):
        with working_on(running.primary) as connection:
            connection.execute(TABLE)
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(DATABASE)))
        with _served(connected, running, folder) as webs:
            began = Stage(connected, running, webs)
            with began.asked(writers):
                began.wait_until_written()
                yield began


@contextlib.contextmanager
def _served(connected: Network, running: Replicated, folder: Path) -> Iterator[dict[str, Web]]:
    everywhere = " ".join(each.address(DATABASE) for each in running.servers)
    asked = {"store": running.addresses(DATABASE), "replicas": everywhere, "behind": str(BEHIND)}
    webs = {host: Web(connected, host, folder, catalog=catalog, **asked) for host, catalog in WEBS.items()}
    try:
        for each in webs.values():
            each.begin()
            each.wait()
        yield webs
    finally:
        for each in webs.values():
            each.kill()


class Stage(Scene):
    """What happens on it, and what is to be true of it afterwards."""

    def __init__(self, connected: Network, running: Replicated, webs: dict[str, Web]) -> None:
        self.network, self.running, self.webs = connected, running, webs
        self.journal = Journal(BEHIND)
        self._checked = self._told_faults = 0
        self.replaced = 0  # standbys that ended by themselves

    @contextlib.contextmanager
    def asked(self, writers: int) -> Iterator[None]:
        """Let clients ask all the time."""
        ended = threading.Event()
        with contextlib.closing(open_ledger(self.running.primary.url(DATABASE)).store) as store:
            _, key = create_key(store.keys, "ana", "editor")
            before = sum(1 for _ in store.current_ids())
        servers = {host: each.address for host, each in self.webs.items()}
        given = (self.network.space(CLIENT), servers, self.journal, ended)
        clients: list[Client] = [Writer(*given, key=key, number=number) for number in range(writers)]
        clients += [Reader(*given), Reader(*given), OwnReader(*given), Lister(*given, before=before)]
        for each in clients:
            each.start()
        try:
            yield
        finally:
            ended.set()
            for each in clients:
                each.join()

    def noted(self) -> list[Noted]:
        return self.journal.noted()

    def wait_until_written(self) -> None:
        before = len(self.noted())

        def is_written() -> bool:
            self._replace_who_ended()
            return len(self.noted()) > before + 1  # one may have been on its way

        wait_until(is_written)

    def _replace_who_ended(self) -> None:
        """Make standbys anew that ended by themselves, as an operator does.

        PostgreSQL 15 does so now and then where a promotion falls on the end of a file of the log: "invalid contrecord
        length", then "could not open file".
        """
        for each in self.running.standbys:
            if each.process is not None and each.process.poll() == 1:
                self.replaced += 1
                self.running.copy_again(each)

    def faults(self) -> Iterator[str]:
        """Yield what is not as it has to be, of all that was acknowledged and read since this was asked last."""
        new = self.journal.acknowledged[self._checked :]
        self._checked += len(new)
        self.running.wait_until_followed()
        for server in self.running.servers:
            yield from _missing(server, new)
        yield from _made_twice(self.running.primary, new)
        yield from (f"{each.host} ended: {each.last_words()}" for each in self.webs.values() if not each.is_running())
        yield from self._found_by_clients()
        yield from self._found_by_verifying(records=False)

    def check_again(self) -> Iterator[str]:
        self._checked = 0
        yield from self.faults()
        yield from self._found_by_verifying(records=True)

    def _found_by_clients(self) -> Iterator[str]:
        found = self.journal.faults[self._told_faults :]
        self._told_faults += len(found)
        yield from found

    def _found_by_verifying(self, *, records: bool) -> Iterator[str]:
        with contextlib.closing(open_ledger(self.running.primary.url(DATABASE)).store) as store:
            yield from map(str, store.verify(records=records))

    def cut_from(self, web: Web, server: Server) -> None:
        """Let nothing more come from one of our servers to one of the cluster, which both others reach."""
        self._neighbour(web, server, "replace", "lladdr 02:00:00:00:00:01 nud permanent")

    def mend_to(self, web: Web, server: Server) -> None:
        self._neighbour(web, server, "del", "")

    def _neighbour(self, web: Web, server: Server, what: str, address: str) -> None:
        words = f"ip neigh {what} {server.host} {address} dev cable"
        subprocess.run([*self.network.inside(web.host), *words.split()], check=True)

    def failovers(self) -> list[tuple[float, float, float]]:
        """Return of each promotion how long nothing had been acknowledged, how long it took, and how long after."""
        times = [each.at for each in self.noted()]
        found = []
        for begun, ended in self.running.promotions:
            before = max((at for at in times if at < begun), default=begun)
            after = min((at for at in times if at > ended), default=ended)
            found.append((begun - before, ended - begun, after - ended))
        return found


def _ask(server: Server, question: LiteralString, value: Any) -> list[tuple[Any, ...]]:
    """Return what a server answers, asked again where a standby has ended it."""
    while True:
        with (
            contextlib.suppress(psycopg.OperationalError),  # also as it is connected to
            contextlib.closing(psycopg.connect(server.url(DATABASE), autocommit=True)) as connection,
        ):
            return connection.execute(question, [value]).fetchall()


def _missing(server: Server, new: list[Acknowledged]) -> Iterator[str]:
    """Yield what a server does not have of what was acknowledged, or has otherwise."""
    wanted = {each.sequence: (each.project_id, each.number, each.name) for each in new if each.sequence}
    found = {row[3]: tuple(row[:3]) for row in _ask(server, _WRITTEN, list(wanted))}
    for sequence, told in wanted.items():
        if found.get(sequence) != told:
            yield f"{server.data.name} has {found.get(sequence)} as {sequence}, and {told} was acknowledged"


def _made_twice(primary: Server, new: list[Acknowledged]) -> Iterator[str]:
    """Yield what was made more than once: a standby would cancel a question of all changes again and again."""
    for name, count in _ask(primary, _TWICE, [each.name for each in new]):
        yield f"{primary.data.name} has {name} {count} times"
