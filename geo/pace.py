"""Work in the background that lets those go on who answer."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

_WORKED, _PAUSED = 0.0005, 0.001  # seconds

T = TypeVar("T")


def unhurried(steps: Iterable[T]) -> Iterator[T]:
    """Yield each step of a long work, with a pause wherever a while has gone by.

    A thread that makes many short calls which let go of Python's lock takes it back each time before another thread
    has woken up, and the interval after which it would have to give it up begins anew: the others wait for its end.
    """
    since = time.perf_counter()
    for each in steps:
        if time.perf_counter() - since > _WORKED:
            time.sleep(_PAUSED)
            since = time.perf_counter()
        yield each
