"""The cluster of `api/running/cluster`, run by the scripts and files that we ship: only addresses are others."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clusters.installed import Unavailable, as_ordinary_user, binaries
from clusters.server import HOST, SECONDS, free_port, own, write

SHIPPED = Path(__file__).resolve().parents[2] / "api" / "running" / "cluster"
OURS = SHIPPED / "lithium-ledger.conf"
# Settings that are not shipped: nothing is to outlast the machine, or a test.
HASTY = "fsync = off\ndynamic_shared_memory_type = mmap\n"
ROLE = "/usr/local/bin/lithium-ledger-role"  # where the chapter puts role.sh
GUARD = SHIPPED / "postgresql@15-main.service.d" / "lithium-ledger.conf"
PATHS = f"{os.environ.get('PATH', '')}:/usr/sbin"
NAMES = ("db1", "db2", "db3")


@contextlib.contextmanager
def shipped(folder: Path) -> Iterator[Shipped]:
    """Make the first database, and run it with the two that copy it."""
    with contextlib.closing(Shipped(folder)) as running:
        running.make()
        for names in (NAMES[:1], NAMES[1:]):
            for name in names:
                running.begin(name)
            for name in names:
                running.wait_for(name)
        yield running


class Shipped:
    """The databases, and the pooler where there is one, as compose runs them."""

    def __init__(self, folder: Path) -> None:
        """Lay the files out; nothing is begun."""
        self.folder, self.passfile = folder, folder / "database.pgpass"
        self.ports = {name: free_port() for name in (*NAMES, "pooler")}
        self.primary = NAMES[0]
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ours = folder / "ours"
        for each in (self.ours, *(folder / name for name in self.ports)):
            own(each)
        for file in filter(Path.is_file, SHIPPED.iterdir()):
            write(self.ours / file.name, self.at_ports(file.read_text()))
        write(self.ours / OURS.name, (self.ours / OURS.name).read_text() + HASTY)
        write(self.passfile, "".join(f"*:*:*:{role}:{secrets.token_hex(24)}\n" for role in ("replicator", "ledger")))

    @property
    def _hosts(self) -> str:
        """What stands for the names of all hosts in what libpq reads."""
        return f"{','.join([HOST] * len(NAMES))} port={','.join(str(self.ports[name]) for name in NAMES)}"

    def at_ports(self, text: str) -> str:
        """Return what is written for three hosts as it is for three ports."""
        text = text.replace("host=db1,db2,db3", f"host={self._hosts}").replace("'*'", f"'{HOST}'")
        text = re.sub(r"host=(db\d) ", lambda found: f"host={HOST} port={self.ports[found[1]]} ", text)
        return text.replace("listen_port = 6432", f"listen_port = {self.ports['pooler']}")

    @property
    def addresses(self) -> str:
        """The address of all databases together, as the servers of ours have it."""
        places = ",".join(f"{HOST}:{self.ports[name]}" for name in NAMES)
        return f"postgresql://ledger@{places}/ledger?target_session_attrs=read-write"

    def pooled(self, name: str) -> str:
        """The address of one database through the pooler."""
        return f"postgresql://ledger@{HOST}:{self.ports['pooler']}/{name}"

    def make(self) -> None:
        """Make the first database; raises Unavailable with what was said."""
        done = subprocess.run(**self._call("db1", "database.sh", "make"), capture_output=True, text=True)
        if done.returncode:
            raise Unavailable(f"the first database was not made: {done.stdout}{done.stderr}")

    def begin(self, name: str) -> None:
        """Begin a database. When the thread that called this ends, the kernel ends it."""
        self._begin(name, self._call(name, "database.sh"))

    def begin_pooler(self) -> None:
        self._begin("pooler", self._call("pooler", "pooler.sh"))
        self.wait_for("pooler")

    def _begin(self, name: str, call: dict[str, Any]) -> None:
        with self.log(name).open("ab") as log:
            self._processes[name] = subprocess.Popen(**call, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _call(self, name: str, script: str, *words: str) -> dict[str, Any]:
        """What a process is begun with: a script in its folder, with what compose says to it."""
        command = [*as_ordinary_user(), "setpriv", "--pdeathsig", "QUIT", "sh", self.ours / script, *words]
        return {"args": command, "env": self.environment(name), "cwd": "/"}

    def environment(self, name: str) -> dict[str, str]:
        """Return what compose says to a database, or to the pooler."""
        folder = self.folder / name
        return {
            "PATH": f"{binaries()}:{PATHS}",
            "NAME": name,
            "HOSTS": self._hosts,
            "PGDATA": str(folder / "data"),
            "PGPORT": str(self.ports[name]),
            "PGPASSFILE": str(self.passfile),
            "CONFIGURATION": str(self.ours),
            "SOCKETS": str(folder),
            "RUNNING": str(folder),
        }

    def wait_for(self, name: str) -> None:
        """Wait until a database, or the pooler, takes connections; raises Unavailable with its last words."""
        until = time.monotonic() + SECONDS
        asked = [binaries() / "pg_isready", "--host", HOST, "--port", str(self.ports[name])]
        while subprocess.run(asked, capture_output=True).returncode:
            if self._processes[name].poll() is not None or time.monotonic() > until:
                raise Unavailable(f"{name} did not begin: {self.log(name).read_text()[-2000:]}")
            time.sleep(0.02)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log.txt"

    def psql(self, name: str, command: str) -> str:
        """Return what a database answers its own user with, in its container."""
        where = ["--host", self.folder / name, "--port", str(self.ports[name]), "--dbname", "postgres"]
        asked = [*as_ordinary_user(), binaries() / "psql", "--no-psqlrc", "-At", *where, "--command", command]
        return subprocess.run(asked, capture_output=True, text=True, cwd="/", check=True).stdout.strip()

    def promote(self) -> str:
        """Promote the standby that has most, as the chapter says it, and return its name; the primary has ended."""
        reached = "SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'"
        there = {name: int(self.psql(name, reached)) for name in NAMES if name in self._processes}
        most = max(there, key=lambda name: there[name])
        assert self.psql(most, "SELECT pg_promote()") == "t", self.log(most).read_text()
        self.psql(most, rf"\i {self.ours / 'slots.sql'}")
        self.primary = most
        return most

    def begin_alone(self, name: str) -> None:
        """Begin a standby as a primary that nobody promoted."""
        self.end(name)
        (self.folder / name / "data" / "standby.signal").unlink()
        self.begin(name)
        self.wait_for(name)

    def is_allowed(self, name: str) -> bool:
        """Return whether systemd would start a database: by the condition that is dropped into PostgreSQL's unit."""
        return not self._guard(name).returncode

    def role(self, name: str) -> str:
        """Return what that condition says that a database is."""
        return self._guard(name).stdout.strip()

    def _guard(self, name: str) -> subprocess.CompletedProcess[str]:
        condition = re.search(r"^ExecCondition=/usr/sbin/runuser --user postgres -- (\S+)$", GUARD.read_text(), re.M)
        assert condition
        command = [*as_ordinary_user(), "sh", condition[1].replace(ROLE, str(self.ours / "role.sh"))]
        return subprocess.run(command, env=self.environment(name), capture_output=True, text=True, cwd="/")

    def begin_killed_by(self, name: str, program: str, done: str) -> None:
        """Begin a database whose script is killed in the midst of a program that has `done` so much."""
        folder, call = self.folder / "killing", self._call(name, "database.sh")
        own(folder)
        write(folder / program, f"#!/bin/sh\nPATH=${{PATH#*:}}\n{done}\nkill -KILL $PPID\n")
        (folder / program).chmod(0o700)
        call["env"]["PATH"] = f"{folder}:{call['env']['PATH']}"
        self._begin(name, call)
        assert self.code_of(name) == -signal.SIGKILL, self.log(name).read_text()

    def code_of(self, name: str) -> int:
        """Wait until what runs under a name has ended, and return its exit code."""
        return self._processes.pop(name).wait(SECONDS)

    def end(self, name: str) -> None:
        """End what runs under a name, at once."""
        process = self._processes.pop(name)
        process.send_signal(signal.SIGTERM if name == "pooler" else signal.SIGQUIT)
        process.wait(SECONDS)

    def kill(self, name: str) -> None:
        """Kill a database, as the end of a machine does; its other processes end when it has."""
        left = (self.folder / name / "data" / "postmaster.pid").read_text().splitlines()[6].split()[1]
        process = self._processes.pop(name)
        process.kill()
        process.wait(SECONDS)
        while _attached(left):
            time.sleep(0.01)
        subprocess.run(["ipcrm", "--shmem-id", left], check=True)

    def close(self) -> None:
        for name in [*self._processes]:
            self.end(name)


def _attached(segment: str) -> bool:
    """Return whether a process has a segment of shared memory."""
    rows = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    return any(row[1] == segment and row[6] != "0" for row in rows)


def pooler() -> str | None:
    """Return where PgBouncer is, if it is installed."""
    return shutil.which("pgbouncer", path=PATHS)
