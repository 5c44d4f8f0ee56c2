"""Text made comparable: without case, accents or script."""

from __future__ import annotations

import functools
import re

from anyascii import anyascii

# Controls, text-reordering characters (Unicode UAX #9: embeddings, overrides, isolates; names need none of them),
# surrogates, private-use characters and noncharacters.
UNWANTED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)


def visible(text: str) -> str:
    """Return text in one line whose unwanted characters are seen and do nothing: `\\u001b` for an escape."""
    if text.isprintable():  # as nearly all is: nothing unwanted is printable
        return text
    return UNWANTED.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\n", "\\n"))


MOST_SLUG = 80


@functools.lru_cache(maxsize=16_384)
def slug(text: str) -> str:
    """Return text as lower-case ASCII words joined by hyphens, at most 80 characters."""
    return re.sub(r"[^a-z0-9]+", "-", ascii_words(text)).strip("-")[:MOST_SLUG].strip("-")


@functools.lru_cache(maxsize=16_384)  # the names of parties and places come again and again
def ascii_words(text: str) -> str:
    """Return text in lower-case ASCII, so that `Росатом`, `ROSATOM` and `Rosátom` meet."""
    return " ".join(anyascii(text).lower().split())
