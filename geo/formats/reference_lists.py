"""Records as lists of references, an entry a record: BibTeX, and CSL-JSON."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from geo.formats.references import Reference, as_bibtex, as_csl
from geo.formats.selection import Selection

_PART = 500  # records that are sent at once


def write_bibtex(selection: Selection) -> Iterator[bytes]:
    """Yield the file in parts."""
    for part in _references(selection):
        yield "\n".join(map(as_bibtex, part)).encode() + b"\n"


def write_csl(selection: Selection) -> Iterator[bytes]:
    """Yield the file in parts: one JSON array."""
    begin = b"[\n"
    for part in _references(selection):
        items = b",\n".join(orjson.dumps(as_csl(reference)) for reference in part)
        yield begin + items
        begin = b",\n"
    yield b"\n]\n"


def _references(selection: Selection) -> Iterator[list[Reference]]:
    return ([selection.reference(feature) for feature in part] for part in selection.parts(_PART))
