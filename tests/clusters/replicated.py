"""A primary and standbys that follow it by streaming, with what an operator does to them."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, LiteralString

from clusters.databases import working_on
from clusters.network import Network
from clusters.server import HOST, SECONDS, Server, copied, free_port, own, run, write

# A former primary is rewound by the pages that the log has whole (full_page_writes is on) and by its own traces.
REPLICATING = {
    "fsync": "off",
    "wal_level": "replica",
    "max_wal_senders": "10",
    "wal_keep_size": "1GB",
    "wal_log_hints": "on",
    "hot_standby": "on",
    "wal_retrieve_retry_interval": "100ms",
}
# A cut is noticed in two seconds.
IMPATIENT = {"wal_receiver_timeout": "2s", "wal_sender_timeout": "2s", "wal_receiver_status_interval": "1s"}
STANDBY = "standby.signal"  # the file that makes a server begin as one
REACHED = "greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())"


@contextlib.contextmanager
def replicated(
    made: Path, folder: Path, standbys: int = 2, synchronous: bool = False, **settings: str
) -> Iterator[Replicated]:
    """Run a primary and its standbys on this machine, with copies in a folder of a data folder that was made."""
    names = [f"db{number + 1}" for number in range(standbys + 1)]
    wanted = {**REPLICATING, **(any_one_of(names) if synchronous else {}), **settings}
    servers = [Server(copied(made, folder / name), wanted, host=HOST, port=free_port()) for name in names]
    with contextlib.closing(Replicated(servers)) as running:
        running.start()
        yield running


@contextlib.contextmanager
def replicated_over(
    connected: Network, hosts: Sequence[str], made: Path, folder: Path, **settings: str
) -> Iterator[Replicated]:
    """Run a primary and its standbys on hosts of a network, synchronous; commands to them take no network."""
    wanted = {**REPLICATING, **IMPATIENT, **any_one_of(hosts), **settings}
    servers = [
        Server(copied(made, folder / host), wanted, host=connected.addresses[host], inside=connected.inside(host))
        for host in hosts
    ]
    with contextlib.closing(Replicated(servers)) as running:
        running.start()
        yield running


def any_one_of(names: Sequence[str]) -> dict[str, str]:
    """Return the setting by which a commit is acknowledged when one of these standbys has it on disk."""
    return {"synchronous_standby_names": f"'ANY 1 ({', '.join(names)})'"}


def ask(server: Server, question: LiteralString, *values: Any) -> Any:
    """Return the one value that a server answers with."""
    with working_on(server) as connection:
        row = connection.execute(question, values).fetchone()
    return row[0] if row else None


class Replicated:
    """Servers of which one is the primary, the first at the beginning; each is called as its data folder is."""

    def __init__(self, servers: list[Server]) -> None:
        """Say which they are; a former primary is no standby until it has joined again."""
        self.servers, self.primary, self.standbys = servers, servers[0], servers[1:]
        self.promotions: list[tuple[float, float]] = []  # when each began and ended, by the monotonic clock

    def addresses(self, database: str = "postgres", wanted: str = "read-write") -> str:
        """Return the address of all servers together, of which the client takes one that is as wanted."""
        places = ",".join(f"{each.host}:{each.port}" for each in self.servers)
        return f"postgresql://postgres:{self.primary.password}@{places}/{database}?target_session_attrs={wanted}"

    def start(self) -> None:
        for each in self.standbys:
            self._follow(each, self.primary)
        for each in self.servers:
            each.begin()
        for each in self.servers:
            each.wait()
        self.wait_until_streaming()

    def close(self) -> None:
        for each in self.servers:
            each.close()

    def wait_until_streaming(self) -> None:
        """Wait until every standby that runs receives the primary's log."""
        running = [each for each in self.standbys if each.is_running()]
        wait_until(lambda: all(ask(each, "SELECT status FROM pg_stat_wal_receiver") == "streaming" for each in running))

    def wait_until_followed(self) -> None:
        """Wait until every standby that runs shows what is committed now."""
        running = [each for each in self.standbys if each.is_running()]
        now = ask(self.primary, "SELECT pg_current_wal_lsn()::text")
        wait_until(lambda: all(ask(each, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", now) for each in running))

    def behind(self, standby: Server) -> int:
        """Return how many bytes of the log a standby does not show yet."""
        shown = ask(standby, "SELECT pg_last_wal_replay_lsn()::text")
        return int(ask(self.primary, "SELECT pg_current_wal_lsn() - %s::pg_lsn", shown))

    def pause(self, standby: Server) -> None:
        """Let a standby receive the log and show nothing more of it."""
        ask(standby, "SELECT pg_wal_replay_pause()::text")
        wait_until(lambda: ask(standby, "SELECT pg_get_wal_replay_pause_state()") == "paused")

    def cut_off(self, standby: Server) -> None:
        """Let a standby receive nothing more."""
        self._follow(standby, None)
        wait_until(lambda: ask(standby, "SELECT count(*) FROM pg_stat_wal_receiver") == 0)

    def resume(self, standby: Server) -> None:
        ask(standby, "SELECT pg_wal_replay_resume()::text")

    def promote(self) -> Server:
        """Make the standby that has most of the log the primary, and return it.

        Before that no standby receives from the former one any more, which can acknowledge nothing then, if replication
        is synchronous. Every standby has to run: any of them may be the only one that has what was acknowledged.
        """
        begun = time.monotonic()
        for each in self.standbys:
            self._follow(each, None)
        receivers = "SELECT count(*) FROM pg_stat_wal_receiver"
        wait_until(lambda: not any(ask(each, receivers) for each in self.standbys))
        self.primary = max(self.standbys, key=lambda each: ask(each, f"SELECT {REACHED} - '0/0'"))
        assert ask(self.primary, "SELECT pg_promote(wait_seconds => %s)", SECONDS), self.primary.last_words()
        self.promotions.append((begun, time.monotonic()))
        # Without it the new line of the log is not yet told to who rewinds.
        with working_on(self.primary) as connection:
            connection.execute("CHECKPOINT")
        self.standbys = [each for each in self.standbys if each is not self.primary]
        for each in self.standbys:
            self._follow(each, self.primary)
        return self.primary

    def rejoin(self, former: Server) -> None:
        """Make a former primary a standby: what it alone has is undone."""
        former.close()
        former.write_settings()  # it is begun for a moment, to be put in order
        run("pg_rewind", "-D", former.data, "--source-server", self.primary.url(), "--no-sync")
        self.standbys.append(former)
        self._begin_as_standby(former)

    def copy_again(self, standby: Server) -> None:
        """Make a standby of a new copy of the primary."""
        standby.close()
        shutil.rmtree(standby.data)
        own(standby.data)
        run("pg_basebackup", "-D", standby.data, "-d", self.primary.url(), "--checkpoint=fast", "--no-sync")
        self._begin_as_standby(standby)

    def _begin_as_standby(self, server: Server) -> None:
        self._follow(server, self.primary)
        server.start()

    def _follow(self, standby: Server, primary: Server | None) -> None:
        """Let a standby receive the log of another server, or of none."""
        name = standby.data.name
        told = "" if primary is None else f"{primary.address()}?application_name={name}&connect_timeout=2"
        standby.settings["primary_conninfo"] = f"'{told}'"
        if not standby.is_running():
            write(standby.data / STANDBY, "")
        standby.write_settings()


def wait_until(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(f"not so within {SECONDS} s")
        time.sleep(0.01)
