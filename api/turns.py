"""Turns for what is dear to make: a few at a time, in order that whoever asks for little is not kept waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import Depends, Request

from api.problems import Abandoned
from api.services import ServicesDep


async def turn(request: Request, given: ServicesDep) -> AsyncIterator[None]:
    """Let a few dear answers be made at a time.

    Raises Abandoned where the client has gone while it waited: nothing is made for it.
    """

    async def look() -> None:
        if await request.is_disconnected():
            raise Abandoned("client-gone")

    async with given.turns.one(look):
        yield


Turn = Depends(turn, scope="function")
