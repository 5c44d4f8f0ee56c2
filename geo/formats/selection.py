"""What is written into a file: the records of one question, and what is said of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from geo.formats.tables import Feature


@dataclass(frozen=True)
class Selection:
    """The records of a question in its order, as GeoJSON features; they can be gone through once.

    `about` are titles and texts that say what the file is; `address_of` an id is where people read that record.
    """

    encoded: Iterable[bytes]
    address_of: Callable[[str], str]
    about: Sequence[tuple[str, str]]

    def features(self) -> Iterator[Feature]:
        """Yield each record."""
        return map(orjson.loads, self.encoded)

    def parts(self, size: int) -> Iterator[list[Feature]]:
        """Yield the records in lists of this size; at least one list, which may be empty."""
        features = self.features()
        yield list(itertools.islice(features, size))
        while part := list(itertools.islice(features, size)):
            yield part
