"""What a CQL2 filter may call: the functions of the standard, and those of our own (OGC 21-065r2, section 7.8)."""

from __future__ import annotations

import difflib

from geo.errors import InvalidQuery

OURS = ("words", "year")
SPATIAL = ("intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains")
TEMPORAL = (
    *("after", "before", "contains", "disjoint", "during", "equals", "finishedby", "finishes", "intersects"),
    *("meets", "metby", "overlappedby", "overlaps", "startedby", "starts"),
)
ARRAYS = ("equals", "contains", "containedby", "overlaps")
COMPARED = ("=", "<>", "<", "<=", ">", ">=")
ARITHMETIC = ("+", "-", "*", "/", "^", "%", "div")

VALUES = frozenset([*ARITHMETIC, "casei", "accenti", "year"])
CONDITIONS = frozenset(
    [
        *("and", "or", "not", "isnull", "like", "between", "in", "words", *COMPARED),
        *(f"s_{name}" for name in SPATIAL),
        *(f"t_{name}" for name in TEMPORAL),
        *(f"a_{name}" for name in ARRAYS),
    ]
)


def unknown(name: str) -> InvalidQuery:
    """Return the refusal of a function that there is not, with the nearest one that there is."""
    near = difflib.get_close_matches(name.lower()[:50], sorted(CONDITIONS | VALUES), 1)
    if near:
        return InvalidQuery("filter", "function-misspelt", name=name[:50], meant=near[0])
    return InvalidQuery("filter", "function-unknown", name=name[:50], known=OURS)
