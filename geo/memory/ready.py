"""The ready file: arrays beside the store that several processes map into memory. It is a cache, never a truth.

A file is a line that says what it is, the arrays one behind the other, each from a multiple of 64 bytes on, and at the
end a table of contents in JSON with its length. It names the store, the revision, the code and the organisations that
made it: where any of them differs, or it is cut off, it is as if it were not there.
"""

from __future__ import annotations

import logging
import mmap
import os
import weakref
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson

from geo import product
from geo.memory.texts import Array
from geo.unfinished import unfinished

_MAGIC = f"{product.COMMAND} ready 1\n".encode()
_ALIGNED = 64
_FOOT = 16  # length and checksum of the table of contents, each 8 bytes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """What a ready file was made of; `sequence` is the newest change that is in it."""

    store: str
    code: str
    sequence: int


class Unusable(Exception):
    """A ready file that cannot be used; the text says why."""


class Mapped(np.ndarray[Any, np.dtype[np.generic]]):
    """An array that lies in a file: the file's descriptor, and at which byte it begins."""

    file: int | None = None
    start: int = 0
    address: int = 0  # in memory


def place_of(view: object) -> tuple[int, int] | None:
    """Return the descriptor of the file in which bytes lie, and where; None for what is in memory only.

    It is open as long as the bytes are there. What has been written to them since they were mapped is not in the file.
    """
    if not isinstance(view, memoryview):
        return None
    array = view.obj
    if not isinstance(array, Mapped) or array.file is None:
        return None
    return array.file, array.start + _address(np.frombuffer(view, np.uint8)) - array.address


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]  # a third of what asking `ctypes` for it takes
    return address


def path_of(store: Path) -> Path:
    """Return where the ready file of a store's file lies."""
    return store.with_name(f"{store.name}-ready")


def read(file: Path) -> tuple[Made, dict[str, Array]]:
    """Map a ready file; changes of the arrays stay in this process. Raises Unusable, FileNotFoundError, OSError."""
    with file.open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        if size < len(_MAGIC) + _FOOT or opened.read(len(_MAGIC)) != _MAGIC:
            raise Unusable("it is no ready file of this version")
        mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)
        descriptor = os.dup(opened.fileno())
    weakref.finalize(mapped, os.close, descriptor)
    contents = _contents(mapped, size)
    return Made(**contents["made"]), {
        name: _array(descriptor, mapped, *place) for name, place in contents["arrays"].items()
    }


def _array(file: int, mapped: mmap.mmap, kind: str, start: int, count: int) -> Array:
    array = np.frombuffer(mapped, dtype=np.dtype(kind), count=count, offset=start)
    if kind != np.dtype(np.uint8).str:
        return array
    found = array.view(Mapped)
    found.file, found.start, found.address = file, start, _address(found)
    return found


def _contents(mapped: mmap.mmap, size: int) -> dict[str, Any]:
    foot = mapped[size - _FOOT :]
    length, checksum = (int.from_bytes(part, "little") for part in (foot[:8], foot[8:]))
    text = mapped[max(0, size - _FOOT - length) : size - _FOOT]
    if len(text) != length or zlib.crc32(text) != checksum:
        raise Unusable("it is cut off or damaged")
    found: dict[str, Any] = orjson.loads(text)
    return found


def write(file: Path, made: Made, arrays: Mapping[str, Array], streamed: Mapping[str, Iterable[memoryview]]) -> None:
    """Write a ready file whole or not at all; `streamed` are bytes that come in pieces. Raises OSError, Taken."""
    with unfinished(file) as out:
        writer = Writer(out)
        for name, pieces in streamed.items():
            writer.add(name, np.dtype(np.uint8), pieces)
        for name, array in arrays.items():
            writer.add(name, array.dtype, [np.ascontiguousarray(array).data.cast("B")] if array.size else [])
        text = orjson.dumps({"made": made, "arrays": writer.contents})
        out.write(text + len(text).to_bytes(8, "little") + zlib.crc32(text).to_bytes(8, "little"))


class Writer:
    """Writes arrays one behind the other and remembers where they lie."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self._at = out.write(_MAGIC)
        self.contents: dict[str, tuple[str, int, int]] = {}

    def add(self, name: str, kind: np.dtype[np.generic], pieces: Iterable[memoryview]) -> None:
        self._at += self.out.write(b"\0" * (-self._at % _ALIGNED))
        start = self._at
        for piece in pieces:
            self._at += self.out.write(piece)
        self.contents[name] = (kind.str, start, (self._at - start) // kind.itemsize)
