"""How a file that was made beside is handed on, and what it is called."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from geo import product
from geo.text import ascii_words

_CHUNK = 2**18
_MOST_LETTERS = 120


def made_beside(name: str, make: Callable[[Path], None]) -> Iterator[bytes]:
    """Yield the bytes of a file of this name, which `make` writes into a folder of its own.

    The folder is gone before the first byte is handed on: what is not fetched to its end leaves nothing behind.
    """
    with tempfile.TemporaryDirectory(prefix=f"{product.COMMAND}-") as folder:
        file = Path(folder) / name
        make(file)
        opened = file.open("rb")  # which stays readable without its name
    with opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def file_name(asked: Mapping[str, Sequence[str]], day: dt.date, suffix: str) -> str:
    """Return a name that tells what was asked for, on which day: letters, digits, hyphens and one dot.

    `asked` holds the values of each parameter; a name that would be too long breaks off before the day.
    """
    words = [part for name, values in asked.items() for part in (name, *values)]
    told = "-".join([product.COMMAND, *map(_word, words)])[:_MOST_LETTERS]
    return f"{re.sub('-+', '-', told).strip('-')}-{day.isoformat()}.{suffix}"


def _word(text: str) -> str:
    """Return a text in plain letters; codes of countries keep their capitals."""
    plain = text if text.isascii() else ascii_words(text)
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
