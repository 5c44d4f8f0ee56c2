"""Running the application under uvicorn, in one process or several that share a store."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import errno
import gc
import importlib
import os
import signal
import socket
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from api import logs
from api.ground import Ground
from api.metrics import SHARED as SHARED_COUNTS
from api.settings import Settings
from api.signals import end_on_hangup, end_with_parent
from geo import product
from geo.errors import LedgerError
from geo.opening import Ledger, is_missing, open_ledger

if TYPE_CHECKING:
    from fastapi import FastAPI

try:
    import resource
except ImportError:  # Windows bounds open files otherwise
    resource = None  # type: ignore[assignment]

_BACKLOG = 2048
_OPTIONS: dict[str, Any] = {
    "http": "api.protocol:BoundedProtocol",
    "server_header": False,
    "proxy_headers": False,  # `api.clients` reads them, for the quick answers too
    "log_config": None,  # `api.logs` takes what uvicorn says
    "log_level": "error",
    "access_log": False,
}
_OTHER_FILES = 256  # besides the connections: the store's, those that are sent, and what libraries open


def _options(settings: Settings) -> dict[str, Any]:
    bounds = {
        "timeout_keep_alive": settings.keep_alive_seconds,
        "timeout_graceful_shutdown": settings.shutdown_seconds,
    }
    return {**_OPTIONS, **bounds}


class AddressRefused(LedgerError):
    """A server cannot listen at this address; the sentence says why and what to give instead."""

    package = "api"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address of this machine, before anything else is done; raises AddressRefused."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError):
        raise AddressRefused("no-such-host", host=host) from None
    # A name such as localhost may stand for both kinds of address; browsers and scripts try the older one.
    family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    listener = socket.socket(family)
    try:
        if os.name == "posix":  # elsewhere this would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)  # from now on whoever comes waits, and is not refused, until the server is ready
    except OSError as error:
        listener.close()
        raise _refused(error, host, port) from None
    return listener


def _refused(error: OSError, host: str, port: int) -> AddressRefused:
    if error.errno == errno.EADDRINUSE:
        return AddressRefused("port-in-use", host=host, port=port)
    if error.errno in (errno.EACCES, errno.EPERM):
        return AddressRefused("port-not-allowed", host=host, port=port)
    return AddressRefused("address-not-ours", host=host, port=port, reason=str(error.strerror))


def address_of(listener: socket.socket) -> str:
    """Return the address to open in a browser on this machine, without a slash at the end."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def prepare(settings: Settings) -> None:
    """Read the code that answers, where this process does: before it says that it serves, and may be told to stop.

    Raises WrongSetting where telemetry is wanted that is not installed.
    """
    from api import telemetry

    telemetry.is_wanted()
    if settings.workers == 1:
        importlib.import_module("api.app")
        importlib.import_module("api.protocol")


def run(ledger: Ledger, settings: Settings, listener: socket.socket, ground: Ground | None = None) -> None:
    """Serve until a signal ends it, then leave the store closed, its journal folded into it.

    Several workers open the store each for itself and follow each other's writes.
    """
    settings = dataclasses.replace(settings, connections=_connections_of(settings))
    if settings.workers == 1:
        log = logs.begin(settings.log, settings.log_requests)
        app = _application(ledger, settings, ground, log)
        threading.Thread(target=_read_what_makes_the_map, daemon=True).start()
        with contextlib.closing(log):  # uvicorn ends by the signal that ended it
            uvicorn.Server(uvicorn.Config(app, **_options(settings))).run(sockets=[listener])
        return
    ledger.catalog.version()  # what is made ready here is mapped by all workers
    ledger.store.close()
    for name in ("store", "host", "basemap", "overlays", "log"):
        os.environ[f"{product.VARIABLES}{name.upper()}"] = getattr(settings, name) or ""
    config = uvicorn.Config("api.server:worker", factory=True, workers=settings.workers, **_options(settings))
    with tempfile.TemporaryDirectory(prefix=f"{product.COMMAND}-") as counts:
        os.environ[SHARED_COUNTS] = counts
        _Supervisor(config, sockets=[listener]).run()
    if not is_missing(settings.store):
        open_ledger(settings.store).store.close()  # a worker that was cut off has not folded its journal


def _connections_of(settings: Settings) -> int:
    """Return how many connections there may be, each of which takes two open files where it is sent large answers.

    The system is asked for as many files as that takes; where it allows fewer, there are fewer connections.
    """
    if resource is None:
        return settings.connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * settings.connections + _OTHER_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        soft = allowed
    is_enough = soft == resource.RLIM_INFINITY or soft >= wanted
    return settings.connections if is_enough else max(8, (soft - min(_OTHER_FILES, soft // 2)) // 2)


class _Supervisor(Multiprocess):
    """Ends the workers when the terminal is closed, unless that is ignored; uvicorn would start new ones."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        hangup = getattr(signal, "SIGHUP", None)
        is_ignored = hangup is not None and signal.getsignal(hangup) is signal.SIG_IGN
        super().__init__(config, sockets)
        if hangup is not None and is_ignored:
            signal.signal(hangup, signal.SIG_IGN)

    def handle_hup(self) -> None:
        self.should_exit.set()


def worker() -> FastAPI:
    """Return the application as the variables set it; worker processes start with this."""
    end_on_hangup()
    end_with_parent()
    settings = Settings.from_environment()
    settings = dataclasses.replace(settings, connections=_connections_of(settings))
    log = logs.begin(settings.log, settings.log_requests)
    atexit.register(log.close)
    ledger = open_ledger(settings.store, with_helpers=True, reading=settings.reading)
    return _application(ledger, settings, None, log)


def _application(ledger: Ledger, settings: Settings, ground: Ground | None, log: logs.Log) -> FastAPI:
    from api.app import create_app  # and all that answers, which a process that only minds workers has no use for
    from api.services import Services

    app = create_app(Services(ledger, settings, ground, log))
    favour_answers()
    return app


def _read_what_makes_the_map() -> None:
    """Read Folium, which the first visitor would wait for; of several workers each does only when it is asked."""
    importlib.import_module("web.shell")
    gc.freeze()


def favour_answers() -> None:
    """Let answers wait less for what else this process does.

    Python's collector leaves out all that there is now: going through it holds every answer for 0.1 s. Threads take
    turns five times as often: an answer asks the store how new it is, and then waits for its turn again.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(0.001)
