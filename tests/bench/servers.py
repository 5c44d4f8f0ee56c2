"""Our server, nginx with the same bytes, and the server that people write first."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.processes import Running, Unavailable, answers, free_port, process, wait_for

ROOT = Path(__file__).resolve().parents[2]
# No bounds for one address, and no check of the whole store, which comes once an hour: whatever is timed then would be
# slower than what is timed before.
UNDISTURBED = {"LEDGER_READS": "0", "LEDGER_FILES": "0", "LEDGER_WRITES": "0", "LEDGER_CHECK_SECONDS": "0"}
READY_SECONDS = 3600  # a million records may take long to be made ready
COLLECTION = "/api/collections/projects"


@contextlib.contextmanager
def ours(store: Path, workers: int = 1) -> Iterator[Running]:
    """Serve a store as `lithium-ledger serve` does."""
    port, log = free_port(), store.with_suffix(".log.txt")
    with serving(["--store", str(store), "--workers", str(workers)], port, log) as started:
        yield Running("ours", port, [started.pid], log)


@contextlib.contextmanager
def serving(
    options: Sequence[str], port: int, log: Path, variables: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `lithium-ledger serve` with these options, until it has answered."""
    command = [sys.executable, "-m", "api", "serve", "--port", str(port), *options]
    with process(command, log, {**UNDISTURBED, **(variables or {})}, ROOT) as started:
        # The port takes connections early; whoever asks then waits for the first answer.
        wait_for(lambda: answers(port, f"{COLLECTION}/items?limit=1"), started, log, READY_SECONDS)
        yield started


NGINX = """
worker_processes {workers};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=100000;
  default_type application/geo+json;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
  server {{ listen 127.0.0.1:{copying}; root {folder}/files; sendfile off; }}
}}
"""


@contextlib.contextmanager
def nginx(folder: Path, bodies: Iterator[tuple[str, bytes]], workers: int = 1) -> Iterator[tuple[Running, Running]]:
    """Serve these bodies as files; `file_path` says under which address each of ours lies.

    Yields it twice: as it is, by sendfile, which copies nothing on this side of a loopback, and copying what it sends,
    as every server must whose bytes are made and lie in no file.
    """
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if binary is None:
        raise Unavailable("nginx is not installed")
    (folder / "files").mkdir(parents=True)
    for path, body in bodies:
        (folder / "files" / file_path(path)[1:]).write_bytes(body)
    port, copying, config, log = free_port(), free_port(), folder / "nginx.conf", folder / "log.txt"
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(NGINX.format(folder=folder, port=port, copying=copying, workers=workers, user=user))
    (folder / "files" / "ready").write_text("yes")
    with process([binary, "-c", str(config)], log) as started:
        wait_for(lambda: answers(port, "/ready"), started, log, 30)
        yield Running("nginx", port, [started.pid], log), Running("nginx, copying", copying, [started.pid], log)


def file_path(path: str) -> str:
    """Return the address under which nginx has the bytes that we answer at an address."""
    return f"/{hashlib.sha1(path.encode()).hexdigest()}.json"


def file_paths(paths: Sequence[str]) -> list[str]:
    return [file_path(path) for path in paths]


@contextlib.contextmanager
def naive(folder: Path, features: Path, workers: int = 1) -> Iterator[Running]:
    """Serve a file of features, one a line, by plain Python: a dictionary, a loop and `json`."""
    port, log = free_port(), folder / "naive.log.txt"
    options = ["--factory", "--port", str(port), "--workers", str(workers), "--log-level", "warning", "--no-access-log"]
    variables = {"NAIVE_FEATURES": str(features), "PYTHONPATH": str(ROOT / "tests")}
    command = [sys.executable, "-m", "uvicorn", "bench.naive:application", *options]
    with process(command, log, variables) as started:
        wait_for(lambda: answers(port, "/items?limit=1"), started, log, READY_SECONDS)
        yield Running("naive", port, [started.pid], log)
