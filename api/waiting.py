"""A few turns at something, which come to those who wait in the order in which they came."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

_LOOKS_EVERY = 0.5  # seconds, for whether to wait on; a turn comes by itself

Look = Callable[[], Awaitable[None]]  # raises why to wait no longer


class Turns:
    """So many turns; whoever gives one back hands it to the one who has waited longest."""

    def __init__(self, number: int) -> None:
        self._free = number
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._guard = threading.Lock()

    @asynccontextmanager
    async def one(self, look: Look) -> AsyncIterator[None]:
        """Wait for a turn, and give it back at the end."""
        await self._take(look)
        try:
            yield
        finally:
            self.give_back()

    def take_free(self) -> bool:
        """Take a turn where one is free and nobody waits."""
        with self._guard:
            is_free = bool(self._free) and not self._waiting
            self._free -= is_free
            return is_free

    def give_back(self) -> None:
        """Let the next one have a turn."""
        with self._guard:
            if not self._waiting:
                self._free += 1
                return
            following = self._waiting.popleft()
        following.get_loop().call_soon_threadsafe(following.set_result, None)

    async def _take(self, look: Look) -> None:
        if self.take_free():
            return
        waiting = asyncio.get_running_loop().create_future()
        with self._guard:
            self._waiting.append(waiting)
        try:
            while not waiting.done():
                await asyncio.wait([waiting], timeout=_LOOKS_EVERY)
                if not waiting.done():
                    await look()
        except BaseException:
            self._leave(waiting)
            raise

    def _leave(self, waiting: asyncio.Future[None]) -> None:
        with self._guard:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
                return
        self.give_back()  # it had been handed one just now
