"""What routes work with: the store, the catalog over it, and the server's settings."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.parameters import Pages
from api.settings import Settings
from geo.catalog import Catalog
from geo.curated.organisations import Organisations, read_organisations
from geo.opening import with_catalog
from geo.paths import data_folder
from geo.store import Store


@dataclass(frozen=True)
class Services:
    """Everything a route needs, made by the command line or a test and passed in."""

    store: Store
    catalog: Catalog
    settings: Settings
    organisations: Organisations
    slots: threading.BoundedSemaphore  # how many changes are made at a time

    @property
    def pages(self) -> Pages:
        """How many records a page has."""
        return Pages(self.settings.page_size, self.settings.most_features)


def services_over(store: Store, settings: Settings) -> Services:
    """Return the services of an application over an open store."""
    organisations = read_organisations(data_folder())
    catalog = with_catalog(store, organisations).catalog
    return Services(store, catalog, settings, organisations, threading.BoundedSemaphore(settings.writers))


def services(request: Request) -> Services:
    """Return the services of the app that serves this request."""
    found: Services = request.app.state.services
    return found


ServicesDep = Annotated[Services, Depends(services)]


def base_url(request: Request) -> str:
    """Return the server's address as the client sees it, without a slash at the end."""
    found = services(request).settings.public_url
    return found or str(request.base_url).rstrip("/")
