"""What is to be reached: for 100,000 records, which holds below that too, and for a million."""

from __future__ import annotations

from bench.report import Goal

MILLION = 1_000_000

_AT_LEAST: dict[str, tuple[float, float]] = {
    "tipg: item": (10, 15),
    "tipg: first page of 10": (30, 50),
    "tipg: page of 10": (30, 50),
    "tipg: box of 1,000": (50, 50),
    "tipg: box + status": (50, 50),
    "durable writes": (0.3, 0.3),
}
_AT_MOST: dict[str, tuple[float, float, str]] = {
    "nginx: cold": (3, 3, "x"),
    "nginx: kept": (1.5, 1.5, "x"),
    "nginx: p99": (3, 3, "x"),
    "growth": (2, 2, "x"),
    "growth: text, facets": (2, 4, "x"),
    "second answer": (1, 1, " ms"),
    "a write": (1, 2, " ms"),
    "longest wait": (20, 50, " ms"),
    "start": (2, 8, " s"),
    "start without the ready file": (20, float("inf"), " s"),
    "memory": (300, 2500, " MB"),
    "second worker": (100, 500, " MB"),
    "load: CPU": (45, float("inf"), " s"),
    "load: memory": (500, 500, " MB"),
}


def goal(name: str, size: int) -> Goal | None:
    """Return the goal of this name for so many records; None where only the figure is asked for."""
    place = size >= MILLION
    if name in _AT_LEAST:
        return Goal(_AT_LEAST[name][place], True, "x")
    few, many, unit = _AT_MOST[name]
    bound = many if place else few
    return None if bound == float("inf") else Goal(bound, False, unit)
