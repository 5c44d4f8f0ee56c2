"""The features as our server answers them, in a file, one a line: what every peer is filled from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson
from bench.processes import Running, get
from bench.servers import COLLECTION

Kind = Literal["text", "number", "integer", "flag", "nested"]
PAGE = 5_000


@dataclass(frozen=True)
class FeatureFile:
    """Features, one a line, in the order of their ids, and the kinds of their properties."""

    path: Path
    kinds: dict[str, Kind]
    count: int

    def features(self) -> Iterator[dict[str, Any]]:
        with self.path.open("rb") as lines:
            yield from map(orjson.loads, lines)


def copy_features(server: Running, path: Path) -> FeatureFile:
    """Copy all features of our server, page by page, into a file."""
    kinds: dict[str, Kind] = {}
    count = 0
    with path.open("wb") as out:
        for features in pages(server, f"{COLLECTION}/items?limit={PAGE}"):
            for feature in features:
                out.write(orjson.dumps(feature) + b"\n")
                _note_kinds(kinds, feature["properties"])
                count += 1
    return FeatureFile(path, kinds, count)


def pages(server: Running, path: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the features of a page and of those that follow it."""
    asked: str | None = path
    while asked is not None:
        page = orjson.loads(get(server.port, asked))
        yield page["features"]
        asked = next_path(page)


def next_path(page: dict[str, Any]) -> str | None:
    """Return the address of the page that follows, without host and port."""
    link = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    return None if link is None else "{0.path}?{0.query}".format(urlsplit(link))


def _note_kinds(kinds: dict[str, Kind], properties: dict[str, Any]) -> None:
    for name, value in properties.items():
        if value is not None and (name not in kinds or kinds[name] == "integer"):
            kinds[name] = "number" if isinstance(value, float) else _kind(value)


def _kind(value: Any) -> Kind:
    by_type: dict[type, Kind] = {bool: "flag", int: "integer", float: "number", str: "text"}
    return by_type.get(type(value), "nested")
