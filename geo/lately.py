"""What was asked for last, kept for the next who asks for it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Lately:
    """The last few things that were made, by what they are of; several threads may ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept of this, or make it; two threads that ask at once may both make it."""
        with self._guard:
            found = self._kept.pop(what, None)
        found = make() if found is None else found
        with self._guard:
            self._kept[what] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found
