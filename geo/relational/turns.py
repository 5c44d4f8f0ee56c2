"""Whose turn it is to write: one at a time, and whoever has the turn may do the work of those who wait."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from geo.errors import StoreError
from geo.relational.database import WAIT_SECONDS


class Waiting:
    """Somebody who wants to write. It is `called` when it `leads`, or when another has done its work."""

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds  # how long it waits for that, where it is not WAIT_SECONDS
        self.called = threading.Event()
        self.leads = False


S = TypeVar("S", bound=Waiting)


class Turns(Generic[S]):
    """Threads queue here, first come first served, instead of polling the file's lock.

    Work of the kind `shared` may be done by whoever has the turn; other work has a turn of its own. Whatever happens
    to one who leads, those whose work it has taken are called when its turn ends, and the next one has the turn.
    """

    def __init__(self, place: str, shared: type[S]) -> None:
        self._place, self._shared = place, shared
        self._guard = threading.Lock()
        self._queue: deque[Waiting] = deque()
        self._taken: list[S] = []
        self._is_free = True

    @contextmanager
    def turn(self, one: Waiting) -> Iterator[bool]:
        """Wait, and yield whether it is one's turn; False where another has done the work meanwhile.

        Raises StoreError when neither has begun in time.
        """
        try:
            self._enter(one)
            self._wait(one)
            yield one.leads
        finally:
            self._leave(one)

    def others(self) -> Iterator[S]:
        """Yield those next in the queue whose work can be shared, for who has the turn; also who comes meanwhile."""
        while True:
            with self._guard:
                other = self._queue[0] if self._queue else None
                if not isinstance(other, self._shared):
                    return
                self._taken.append(other)
                self._queue.popleft()
            yield other

    def _enter(self, one: Waiting) -> None:
        with self._guard:
            if self._is_free:
                self._is_free, one.leads = False, True
                one.called.set()
            else:
                self._queue.append(one)

    def _wait(self, one: Waiting) -> None:
        if one.called.wait(one.seconds or WAIT_SECONDS):
            return
        with self._guard:
            if one in self._queue:
                self._queue.remove(one)
                raise StoreError("store-busy", path=self._place)
        one.called.wait()  # its work is being done, which ends

    def _leave(self, one: Waiting) -> None:
        with self._guard:
            if one in self._queue:
                self._queue.remove(one)
            if one.leads:
                self._hand_on()

    def _hand_on(self) -> None:
        for other in self._taken:
            other.called.set()
        self._taken.clear()
        self._is_free = not self._queue
        if self._queue:
            following = self._queue.popleft()
            following.leads = True
            following.called.set()
