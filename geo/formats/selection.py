"""What is written into a file: the records of one question, where they come from, and what is said of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from geo.formats.references import Reference

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
class Selection:
    """The records of a question in its order, as GeoJSON features; they can be gone through once.

    `about` are titles and texts that say what the file is; `reference` is how one of the records is cited.
    """

    encoded: Iterable[bytes]
    origin: Origin
    about: Sequence[tuple[str, str]]
    reference: Callable[[Feature], Reference]

    def features(self) -> Iterator[Feature]:
        """Yield each record."""
        return map(orjson.loads, self.encoded)

    def parts(self, size: int) -> Iterator[list[Feature]]:
        """Yield the records in lists of this size; at least one list, which may be empty."""
        features = self.features()
        yield list(itertools.islice(features, size))
        while part := list(itertools.islice(features, size)):
            yield part
