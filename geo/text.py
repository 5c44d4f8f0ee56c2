"""Text made comparable: without case, accents or script."""

from __future__ import annotations

from anyascii import anyascii


def fold(text: str) -> str:
    """Return text in lower-case ASCII, so that `Росатом`, `ROSATOM` and `Rosátom` meet."""
    return " ".join(anyascii(text).lower().split())
