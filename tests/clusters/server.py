"""One PostgreSQL server on a folder of its own: made, started, stopped, and gone for sure."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from clusters.installed import Unavailable, as_ordinary_user, binaries, ordinary_user

SECONDS = 60  # to start or to stop, on a busy machine
HOST = "127.0.0.1"
# Sorting by a language's rules, as most clusters do: a forgotten COLLATE "C" shows.
INITDB = ("--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=und")
EXTENSIONS = ("postgis", "pg_trgm")
# The socket lies in a folder that nobody else may enter.
WHO_MAY_CONNECT = """
local all,replication all trust
host all,replication all all scram-sha-256
"""
# mmap, since docker's /dev/shm has 64 MB, and what lies in the folder goes with it.
# Nothing is vacuumed or written out behind a test's back.
SETTINGS = {
    "dynamic_shared_memory_type": "mmap",
    "max_connections": "200",
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "4GB",
    "jit": "off",
}
# What is committed outlasts the death of a server even so, and not that of the machine.
HASTY = {"fsync": "off", "full_page_writes": "off"}
ALONE = {"wal_level": "minimal", "max_wal_senders": "0"}


@contextlib.contextmanager
def throw_away(host: str = "", **settings: str) -> Iterator[Server]:
    """Run a cluster in a folder of its own, which goes with it; settings are further ones of postgresql.conf."""
    with folder_for_clusters() as folder:
        port = free_port() if host else 5432
        server = Server(make(folder / "data"), {**HASTY, **ALONE, **settings}, host=host, port=port)
        with server.running():
            yield server


@contextlib.contextmanager
def folder_for_clusters() -> Iterator[Path]:
    """A folder into which the ordinary user may go, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    try:
        folder.chmod(0o711)
        yield folder
    finally:
        shutil.rmtree(folder)


def make(data: Path) -> Path:
    """Make a data folder in which every new database has PostGIS and trigrams, and return it."""
    own(data)
    run("initdb", *INITDB, "--auth=trust", "--no-sync", "--no-instructions", "-D", data)
    password = secrets.token_hex(16)
    write(data / "password", password)
    write(data / "pg_hba.conf", WHO_MAY_CONNECT)
    commands = [f"ALTER ROLE postgres PASSWORD '{password}'", *(f"CREATE EXTENSION {each}" for each in EXTENSIONS)]
    # A server of one process without connections reads a command a line.
    run("postgres", "--single", "-F", "-D", data, "template1", stdin="\n".join([*commands, ""]))
    return data


def copied(data: Path, to: Path) -> Path:
    """Copy the data folder of a server that does not run: to PostgreSQL the same cluster; return where it is."""
    own(to)
    subprocess.run(["cp", "-a", "--reflink=auto", f"{data}/.", to], check=True)
    return to


def own(data: Path) -> None:
    """Make a folder that is the ordinary user's alone."""
    data.mkdir(0o700, exist_ok=True)
    if user := ordinary_user():
        os.chown(data, *user)


def write(file: Path, text: str) -> None:
    """Write a file of the ordinary user's."""
    file.write_text(text)
    file.chmod(0o600)
    if user := ordinary_user():
        os.chown(file, *user)


def run(program: str, *options: str | Path, stdin: str = "") -> str:
    """Run a program of PostgreSQL's as the ordinary user, and return what it printed; raises Unavailable."""
    command = [*as_ordinary_user(), str(binaries() / program), *map(str, options)]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, cwd="/")
    if done.returncode or "ERROR:" in done.stderr:  # a server of one process tells of an error, and ends well
        raise Unavailable(f"{program} ended with code {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def free_port() -> int:
    """Return a port that nobody listens at just now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def clock_setter() -> Path | None:
    """Return the library that gives a process a wrong clock: Debian's libfaketime."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def _with_clock_off_by(seconds: int) -> list[str]:
    """Return what stands before a command whose clock is to be wrong; raises Unavailable."""
    if seconds == 0:
        return []
    if clock_setter() is None:
        raise Unavailable("no clock can be set wrong here: Debian's libfaketime is not installed")
    return ["env", f"LD_PRELOAD={clock_setter()}", f"FAKETIME={seconds:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC=1"]


class Server:
    """A server on a data folder, with a socket that only its user and root may use; also at a host, if one is named."""

    def __init__(
        self, data: Path, settings: Mapping[str, str], host: str = "", port: int = 5432, inside: Sequence[str] = ()
    ) -> None:
        """Say what it will be; `inside` is a command that runs another one somewhere, and stays the same process."""
        # Not in the data, of which pg_rewind copies everything.
        self.sockets = data.with_name(f"{data.name}-sockets")
        where = {"unix_socket_directories": f"'{self.sockets}'", "listen_addresses": f"'{host}'", "port": str(port)}
        self.data, self.host, self.port, self.inside = data, host, port, inside
        self.settings = {**SETTINGS, **where, **settings}
        self.log = data.with_name(f"{data.name}.log.txt")
        self.skew = 0  # seconds by which its clock differs from this machine's, from the next start on
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        """Return a database's address over the socket."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self.sockets), safe='')}&port={self.port}"

    def address(self, database: str = "postgres") -> str:
        """Return a database's address over the network."""
        return f"postgresql://postgres:{self.password}@{self.host}:{self.port}/{quote(database)}"

    @property
    def password(self) -> str:
        return (self.data / "password").read_text()

    @contextlib.contextmanager
    def running(self) -> Iterator[Server]:
        """Start it, and end it with all that it has in the system."""
        try:
            self.start()
            yield self
        finally:
            self.close()

    def start(self) -> None:
        """Start it and wait until it answers; raises Unavailable with its last words."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it. When the thread that called this ends, however that comes, the kernel stops the server."""
        own(self.sockets)
        self.write_settings()
        dies_with_us = ["setpriv", "--pdeathsig", "QUIT"]  # after the change of user, which would undo it
        postgres = [*dies_with_us, *_with_clock_off_by(self.skew), str(binaries() / "postgres"), "-D", str(self.data)]
        command = [*self.inside, *as_ordinary_user(), *postgres]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
            )

    def write_settings(self) -> None:
        """Write its settings, which a running server reads then, as far as these change without a new start."""
        write(self.data / "postgresql.conf", "".join(f"{name} = {value}\n" for name, value in self.settings.items()))
        if self.process is not None and self.is_running():
            self.process.send_signal(signal.SIGHUP)

    def wait(self) -> None:
        """Wait until it answers; raises Unavailable with its last words."""
        until = time.monotonic() + SECONDS
        while not self.answers():
            if not self.is_running():
                raise Unavailable(f"PostgreSQL ended: {self.last_words()}")
            if time.monotonic() > until:
                raise Unavailable(f"PostgreSQL did not answer within {SECONDS} s: {self.last_words()}")
            time.sleep(0.01)

    def answers(self) -> bool:
        """Return whether it takes connections, as pg_ctl sees it: by what it has written into its file."""
        lines = self._told()
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7] == "ready"

    def _told(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None, "it was not started"
        return self.process.pid

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-1000:]

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT sends its clients away and writes everything out, SIGQUIT does it at once."""
        if self.process is not None:
            if self.is_running():
                self.process.send_signal(how)
            self.process.wait(SECONDS)

    def kill(self) -> None:
        """Kill the server and all processes of it, as the end of a machine does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)  # or it would begin more of them
        pids = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for pid in (*map(int, pids), self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(SECONDS)
        while any(map(_lives, pids)):  # the next start finds the memory in use as long
            time.sleep(0.005)

    def close(self) -> None:
        """Stop it at once, and remove what a killed one leaves in shared memory."""
        self.stop(signal.SIGQUIT)
        if len(told := self._told()) > 6 and told[6]:  # it is gone where the server ended by itself
            subprocess.run(["ipcrm", "--shmem-id", told[6].split()[1]], capture_output=True)


@contextlib.contextmanager
def standing_still(server: Server) -> Iterator[None]:
    """Let all processes of a server stand still for a while."""
    pids = [server.pid, *map(int, Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split())]
    _signal(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(pids, signal.SIGCONT)


def _signal(pids: list[int], what: signal.Signals) -> None:
    for each in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, what)


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
