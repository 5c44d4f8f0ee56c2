"""Which addresses are no source, whatever stands there: results of a search, networks, chatbots (`no_sources.toml`)."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from geo.faults import Fault, fault

MOST_CHECKED = 200  # sources of a record


@dataclass(frozen=True)
class NoSource:
    """A kind of address that is no source: its rule, how grave it is in records that there are and in proposed ones."""

    rule: str
    addresses: Sequence[str]
    severity: str = "error"
    proposed: str = "error"


def no_source(url: str) -> NoSource | None:
    """Return the kind of an http(s) address that is no source; None for one that may be a source."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    address = f"{host}{parts.path or '/'}"
    return next((kind for kind, pattern in _patterns() if pattern.search(address)), None)


def is_front_page(url: str) -> bool:
    """Return whether an address is that of a whole site, and not of a text."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def faults_of_proposed_sources(sources: Any) -> list[Fault]:
    """Return what is wrong with the addresses of a proposed record's sources, as they were sent: pointers, rules.

    Errors are of kinds that count nowhere; what a source needs besides, the schema says.
    """
    return list(_faults(sources if isinstance(sources, list) else []))


def _faults(sources: Sequence[Any]) -> Iterator[Fault]:
    for index, source in enumerate(sources[:MOST_CHECKED]):
        url = source.get("url") if isinstance(source, dict) else None
        kind = no_source(url) if isinstance(url, str) else None
        if kind is not None:
            yield fault(f"/properties/sources/{index}/url", kind.rule, kind.proposed)


@functools.cache
def _patterns() -> list[tuple[NoSource, re.Pattern[str]]]:
    text = resources.files("geo.addresses").joinpath("no_sources.toml").read_text(encoding="utf-8")
    kinds = [NoSource(**stated) for stated in tomllib.loads(text)["kind"]]
    # The longer an address is, the more it says: x.com/i/grok is a chatbot, and x.com a network.
    known = [(address, kind) for kind in kinds for address in kind.addresses]
    known.sort(key=lambda each: -each[0].count("/") - each[0].count(".") / 10)
    return [(kind, _pattern(address)) for address, kind in known]


def _pattern(address: str) -> re.Pattern[str]:
    host, slash, path = address.partition("/")
    name = re.escape(host).replace(r"\*", r"[a-z]+(?:\.[a-z]+)?")
    return re.compile(rf"(?:^|\.){name}/" + (rf"{re.escape(path)}(?:/|$)" if slash else ""))
