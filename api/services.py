"""What routes work with: the store, the catalog over it, and the server's settings."""

from __future__ import annotations

import copy
import functools
import threading
from typing import Annotated

from fastapi import Depends, Request

from api.accounts import Accounts
from api.ground import Ground
from api.health import Health
from api.hooks.sending import Sender
from api.hosts import Hosts
from api.kept import Kept, Newest
from api.logs import Log
from api.metrics import Metrics
from api.noted import Requests
from api.rates import Rates
from api.refusals import Refusals
from api.releases import Reports
from api.settings import Settings
from api.waiting import Turns
from geo.catalog import Catalog
from geo.curated.release import read_release
from geo.opening import Ledger
from geo.past import Pasts

_TILES_BYTES = 2**26  # of tiles that are kept


class Services:
    """Everything a route needs, made by the command line or a test and passed in."""

    def __init__(
        self, ledger: Ledger, settings: Settings, ground: Ground | None = None, log: Log | None = None
    ) -> None:
        """`ground` is what the settings name, where it has been read already; without it, raises OverlayRefused."""
        self.store, self.catalog, self.settings = ledger.store, ledger.catalog, settings
        self.organisations, self.gathered = ledger.organisations, ledger.gathered
        self.hosts = Hosts(settings)
        self.kept, self.newest = Kept(), Newest()
        self.reports, self.pasts = Reports(ledger.store), Pasts(ledger.store, ledger.organisations)
        self.tiles = Kept(_TILES_BYTES, beside=1024)
        self.log, self.metrics, self.rates = log or Log(), Metrics(), Rates(settings)
        self.requests = Requests(self.log, self.metrics)
        self.health = Health(ledger, settings, self.log, self.metrics)
        self.accounts = Accounts(settings)
        self.refusals = Refusals(ledger.store.audit, self.health)
        self.sender = Sender(settings.hook_networks)
        self.ground = ground or Ground.read(settings.basemap, settings.overlays)
        self.files = threading.BoundedSemaphore(2)  # how many files are made at a time
        self.file_waiters = threading.BoundedSemaphore(4)  # how many wait for that, each of which holds a thread
        self.turns = Turns(2)  # how many answers that are dear to make are made at a time
        self.uploads = Turns(4)  # how many files are sent at a time, each of which lies on the disk while it is
        self.slots = Turns(settings.writers)  # how many changes are made at a time

    def with_catalog(self, catalog: Catalog) -> Services:
        """Return the same services, with another catalog of the same store."""
        other = copy.copy(self)
        other.catalog = catalog
        return other

    def release(self) -> str | None:
        """Return the data release that the store was filled from; None for a store of somebody's own records."""
        loaded = self.store.dataset_loaded()
        return (loaded.release or read_release().former) if loaded else None


def services(request: Request) -> Services:
    """Return the services of the app that serves this request."""
    found: Services = request.app.state.services
    return found


ServicesDep = Annotated[Services, Depends(services)]


def base_url(request: Request) -> str:
    """Return the server's address as the client sees it, without a slash at the end."""
    scope, host = request.scope, request.headers.get("host")
    stated = services(request).settings.public_url
    return stated or _base_url(scope["scheme"], host, tuple(scope["server"] or ()), scope.get("root_path", ""))


@functools.lru_cache(maxsize=256)
def _base_url(scheme: str, host: str | None, server: tuple[str | int | None, ...], root: str) -> str:
    """Return what Starlette makes of these, which takes as long as all else of a short answer."""
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    scope = {
        "type": "http",
        "scheme": scheme,
        "server": server or None,
        "path": "/",
        "headers": headers,
        "root_path": root,
    }
    return str(Request({**scope, "query_string": b"", "app_root_path": root}).base_url).rstrip("/")
