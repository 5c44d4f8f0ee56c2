"""Text made comparable: without case, accents or script."""

from __future__ import annotations

import re

from anyascii import anyascii


def slug(text: str) -> str:
    """Return text as lower-case ASCII words joined by hyphens, at most 60 characters."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60].strip("-")


def fold(text: str) -> str:
    """Return text in lower-case ASCII, so that `Росатом`, `ROSATOM` and `Rosátom` meet."""
    return " ".join(anyascii(text).lower().split())
