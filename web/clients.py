"""What to type in programs that read this server, each line with its own address in it."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

_EXAMPLE = "https://ledger.example"


@dataclass(frozen=True)
class Line:
    """What a client takes, by an id that is also the key of the text on what it does.

    `runs` says what takes it: `sh`, `python`, `r`, `qgis`, `html` or `address`. `needs` are programs or packages.
    """

    id: str
    runs: str
    needs: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Client:
    """A program that reads this server, by its own name."""

    name: str
    lines: tuple[Line, ...]


def clients(base: str) -> list[Client]:
    """Return every client with its lines, which ask the server whose address is `base` (no slash at the end)."""
    return [Client(each["name"], tuple(_line(line, base) for line in each["line"])) for each in _read()]


def _line(line: dict[str, Any], base: str) -> Line:
    return Line(line["id"], line["runs"], tuple(line["needs"]), line["text"].strip().replace(_EXAMPLE, base))


@functools.cache
def _read() -> list[dict[str, Any]]:
    told = tomllib.loads(files("web").joinpath("clients.toml").read_text(encoding="utf-8"))
    return list(told["client"])
