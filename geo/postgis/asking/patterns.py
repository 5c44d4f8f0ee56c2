"""Patterns of LIKE as PostgreSQL has them."""

from __future__ import annotations

import re

_PARTS = re.compile(r"\\.|[^\\]|\\$", re.DOTALL)  # as `geo/patterns.py` has them


def like_of(pattern: str) -> str:
    r"""Return a pattern in the form of PostgreSQL, which takes no single \ at the end."""
    return "".join(part if part in ("%", "_") else literal(part[-1]) for part in _PARTS.findall(pattern))


def literal(text: str) -> str:
    """Return a text as a pattern that matches just it."""
    return re.sub(r"([\\%_])", r"\\\1", text)
