"""Serves what a peer would answer, from this process, for benchmarks."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from api.server import address_of, listen


@contextlib.contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve an application; yields its address."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield address_of(listener)
    server.should_exit = True
    thread.join()
