"""On whose site does a link lead? The name of the host, as it really is."""

from __future__ import annotations

from urllib.parse import urlsplit

from geo import hostnames
from web.words import safe_href


def host_of(address: object) -> str:
    """Return the host of an http(s) address without `www.`; an empty text for any other address.

    A part of it whose letters are not Latin is given in ASCII (`xn--…`): it may pass for another one.
    """
    return hostnames.shown((urlsplit(safe_href(address)).hostname or "").rstrip(".").removeprefix("www."))
