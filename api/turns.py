"""Turns for what is dear to make: a few at a time, in order that whoever asks for little is not kept waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import Depends, Request

from api.problems import Abandoned
from api.services import ServicesDep

_LOOKS_EVERY = 0.005  # seconds


async def turn(request: Request, given: ServicesDep) -> AsyncIterator[None]:
    """Wait for a turn, and give it back when the answer is made.

    Raises Abandoned where the client has gone while it waited: nothing is made for it.
    """
    while not given.turns.acquire(blocking=False):
        if await request.is_disconnected():
            raise Abandoned("client-gone")
        await asyncio.sleep(_LOOKS_EVERY)
    try:
        yield
    finally:
        given.turns.release()


Turn = Depends(turn, scope="function")
