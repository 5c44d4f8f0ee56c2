"""What is written into a file: the records of one question, where they come from, and what is said of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from geo.columns import PROJECTS, Columns
from geo.formats.references import Reference
from geo.schemas import Schema

Feature = Mapping[str, Any]


@dataclass(frozen=True)
class Origin:
    """Where the records of a file come from, which every format says.

    `address_of` an id is where people read that record. `release` is the data release that the store was filled from,
    `licence` and `licence_address` those of it; None for records of somebody's own.
    """

    address_of: Callable[[str], str]
    release: str | None = None
    licence: str | None = None
    licence_address: str | None = None


@dataclass(frozen=True)
class Contents:
    """What the records of a file are: those of the collection of this `name`, with its columns.

    `parts` are the schemas of properties that are lists of objects, by name; `is_placed` says whether records may have
    geometries.
    """

    name: str
    columns: Columns
    parts: Mapping[str, Schema] = field(default_factory=dict)
    is_placed: bool = True


OF_PROJECTS = Contents("projects", PROJECTS)


@dataclass(frozen=True)
class Selection:
    """The records of a question in its order, as GeoJSON features; they can be gone through once.

    `about` are titles and texts that say what the file is; `reference` is how one of the records is cited.
    """

    encoded: Iterable[bytes]
    origin: Origin
    about: Sequence[tuple[str, str]]
    reference: Callable[[Feature], Reference]
    contents: Contents = OF_PROJECTS

    def features(self) -> Iterator[Feature]:
        """Yield each record."""
        return map(orjson.loads, self.encoded)

    def parts(self, size: int) -> Iterator[Iterator[Feature]]:
        """Yield the records in parts of this size; at least one part, which may be empty.

        Each can be gone through once, and is read record by record: of many that are there at once the garbage
        collector goes through every list again and again, which takes longer than to read them.
        """
        encoded = iter(self.encoded)
        yield map(orjson.loads, list(itertools.islice(encoded, size)))
        while part := list(itertools.islice(encoded, size)):
            yield map(orjson.loads, part)
