"""How large a CQL2 filter may be."""

from __future__ import annotations

from geo.errors import InvalidQuery

MOST_BYTES = 32_768
MOST_DEPTH = 24  # conditions within conditions, and sums of so many
MOST_VERTICES = 5_000


def too_deep() -> InvalidQuery:
    """Return the refusal of a filter that is nested too deeply."""
    return InvalidQuery("filter", "filter-too-deep", most=MOST_DEPTH)
