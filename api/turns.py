"""Turns for what is dear to make: a few at a time, in order that whoever asks for little is not kept waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from threading import BoundedSemaphore

from fastapi import Depends, Request

from api.problems import Abandoned
from api.services import ServicesDep

_LOOKS_EVERY = 0.005  # seconds


@asynccontextmanager
async def one_of(turns: BoundedSemaphore, look: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Wait for one of a few turns, and give it back at the end; `look` raises why to wait no longer."""
    while not turns.acquire(blocking=False):
        await look()
        await asyncio.sleep(_LOOKS_EVERY)
    try:
        yield
    finally:
        turns.release()


async def turn(request: Request, given: ServicesDep) -> AsyncIterator[None]:
    """Let a few dear answers be made at a time.

    Raises Abandoned where the client has gone while it waited: nothing is made for it.
    """

    async def look() -> None:
        if await request.is_disconnected():
            raise Abandoned("client-gone")

    async with one_of(given.turns, look):
        yield


Turn = Depends(turn, scope="function")
