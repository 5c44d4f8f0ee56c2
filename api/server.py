"""Running the application under uvicorn, in one process or several that share a store."""

from __future__ import annotations

import os
import socket
from typing import Any

import uvicorn

from api.app import create_app
from api.protocol import MOST_HEADER_BYTES, BoundedProtocol
from api.services import Services
from api.settings import Settings
from geo.catalog import MemoryCatalog
from geo.errors import AtlasError
from geo.store import Store

_OPTIONS: dict[str, Any] = {
    "http": BoundedProtocol,
    "h11_max_incomplete_event_size": MOST_HEADER_BYTES,
    "limit_concurrency": 1_000,
    "timeout_keep_alive": 15,
    "server_header": False,
    "log_level": "warning",
    "access_log": False,
}


class AddressTaken(AtlasError):
    """Something else listens at this address, or it is not ours to listen at."""


def check_free(host: str, port: int) -> None:
    """Raise AddressTaken when a server could not listen there, before anything else is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AddressTaken(
                f"{host}:{port}: {error.strerror}; give another port with --port (make: PORT=)."
            ) from None


def run(store: Store, settings: Settings, workers: int) -> None:
    """Serve until interrupted; several workers open the store each for itself and follow each other's writes."""
    options = {**_OPTIONS, "host": settings.host, "port": settings.port}
    if workers == 1:
        uvicorn.run(create_app(Services(store, MemoryCatalog(store), settings)), **options)
        return
    store.close()
    os.environ["ATLAS_STORE"] = settings.store
    uvicorn.run("api.app:app_from_environment", factory=True, workers=workers, **options)
