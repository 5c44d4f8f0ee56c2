"""Which bases may a reader choose in place of our own map, and which other hosts do browsers ask for them?

Our own needs no other host. Credits are those that the services ask for, as the package xyzservices has them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

OPERATOR = "operator"


class Base(NamedTuple):
    """A base of another host: where its tiles are, its deepest zoom, whom to credit and where that leads."""

    id: str
    url: str
    zoom: int
    credit: str
    link: str | None

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


ONLINE = (
    Base(
        "osm",
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        19,
        "© OpenStreetMap contributors",
        "https://www.openstreetmap.org/copyright",
    ),
    Base(
        "imagery",
        "https://server.arcgisonline.com/ArcGIS/rest/services/World_Imagery/MapServer/tile/{z}/{y}/{x}",
        17,
        "Tiles © Esri. Source: Esri, i-cubed, USDA, USGS, AEX, GeoEye, Getmapping, Aerogrid, IGN, IGP, UPR-EGP, "
        "and the GIS User Community",
        None,
    ),
)


def online_hosts(overlay_hosts: Iterable[str | None]) -> list[str]:
    """Return every other host that the map may ask once its reader has chosen so, as sources of a page's policy."""
    hosts = {base.host for base in ONLINE} | {host for host in overlay_hosts if host}
    return [f"https://{host}" for host in sorted(hosts)]


def plain_credit(credit: str) -> str:
    """Return a credit without its tags: files of tiles have it as HTML, which nobody here may write into a page."""
    return html.unescape(re.sub(r"<[^>]*>", "", credit)).strip()


def online_bases() -> list[dict[str, Any]]:
    """Return the bases of other hosts as the map's page takes them."""
    return [
        {
            "id": base.id,
            "title": None,
            "credit": base.credit,
            "link": base.link,
            "host": base.host,
            "source": {"type": "image", "url": base.url, "zoom": base.zoom},
        }
        for base in ONLINE
    ]
