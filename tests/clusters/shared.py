"""The cluster of one run of the tests, which all its processes share: begun by the first that needs it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from clusters.installed import Unavailable
from clusters.server import SECONDS, Server

TESTS = Path(__file__).resolve().parent.parent
# Environment variables, which reach the workers of a run: where its cluster will be, and the process that is the run.
FOLDER, RUN = "CLUSTER_OF_TESTS", "CLUSTER_UNTIL_END_OF"


def name_run() -> None:
    """Say where the cluster of the run that this process leads will be; nothing is made."""
    os.environ[FOLDER] = f"{tempfile.gettempdir()}/cluster-{os.getpid()}-{secrets.token_hex(4)}"
    os.environ[RUN] = str(os.getpid())


def end_run() -> None:
    """Stop the cluster of the run, if there is one, and wait until nothing of it is left."""
    folder = Path(os.environ[FOLDER])
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((folder / "keeper").read_text()), signal.SIGTERM)
        until = time.monotonic() + SECONDS
        while folder.exists() and time.monotonic() < until:
            time.sleep(0.01)
    shutil.rmtree(folder, ignore_errors=True)  # of a cluster that did not start


def cluster() -> Server:
    """Return the cluster of this run, begun by whoever comes first; raises Unavailable."""
    folder = Path(os.environ[FOLDER])
    folder.mkdir(0o711, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "keeper").exists():
            _begin(folder)
    return Server(folder / "data", {})


def made() -> Path:
    """Return the data folder of which the cluster of this run was made, for further ones to be copied from."""
    return cluster().data.with_name("made")


def _begin(folder: Path) -> None:
    command = [sys.executable, "-m", "clusters.keeper", str(folder), os.environ[RUN]]
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(command, cwd=TESTS, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        said.seek(0)
        if done.returncode:
            raise Unavailable(said.read()[-2000:])
