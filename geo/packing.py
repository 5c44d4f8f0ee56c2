"""How columns of numbers and texts become one file: that which `web/static/base/columns.js` reads."""

from __future__ import annotations

from itertools import accumulate
from typing import Any, NamedTuple

import numpy.typing as npt
import orjson

Array = npt.NDArray[Any]
Column = Array | list[str]

_TYPES = {"u1": "u8", "u2": "u16", "u4": "u32", "i4": "i32", "f4": "f32", "f8": "f64"}


class Part(NamedTuple):
    """A part of a snapshot: what is said once, and columns of one value a row (or several, by their `…_starts`)."""

    header: dict[str, Any]
    columns: dict[str, Column]


def pack(part: Part) -> bytes:
    """Return a part as one file: the header's length (uint32, little-endian), the header (JSON), then the columns.

    The header's `columns` say for each its type, its offset from the header's end, and its length in values or bytes;
    each begins at a multiple of 8 bytes of the file.
    """
    bodies = {name: _body(column) for name, column in part.columns.items()}
    ends = list(accumulate((_padded(len(body)) for _, _, body in bodies.values()), initial=0))
    places = {
        name: {"type": kind, "offset": offset, "length": length}
        for (name, (kind, length, _)), offset in zip(bodies.items(), ends, strict=False)
    }
    header = orjson.dumps({**part.header, "columns": places})
    header += b" " * (-(4 + len(header)) % 8)
    bodies_padded = (body.ljust(_padded(len(body)), b"\0") for _, _, body in bodies.values())
    return b"".join([len(header).to_bytes(4, "little"), header, *bodies_padded])


def _body(column: Column) -> tuple[str, int, bytes]:
    if isinstance(column, list):
        text = "\n".join(column).encode()
        return "text", len(text), text
    return _TYPES[column.dtype.str[1:]], len(column), column.tobytes()


def _padded(length: int) -> int:
    return length + -length % 8
