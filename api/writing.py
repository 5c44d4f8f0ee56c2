"""Whose turn it is to change something: a few at a time, so that who waits for the disk never holds all threads."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.problems import NotWritten
from api.services import Services


@asynccontextmanager
async def turn_to_write(given: Services) -> AsyncIterator[None]:
    """Wait for a turn; raises NotWritten where none comes in time."""
    deadline = time.monotonic() + given.settings.writer_seconds

    async def look() -> None:
        if time.monotonic() > deadline:
            raise NotWritten("writers-waiting")

    async with given.slots.one(look):
        yield
