"""Bodies of requests: received within bounds and in time, read as JSON that cannot be read in two ways."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import Any

from fastapi import Request

from api import crs
from api.parameters import ONCE_FORM
from api.problems import BodyNotJson, BodyTooLarge, BodyTooLate, MediaTypeRefused, NoIdempotencyKey
from geo.editing import Once
from geo.errors import NotJson
from geo.strict_json import read_json

MOST_DEPTH = 50
_QUOTE = '"'


async def received(request: Request, most: int, seconds: int) -> bytes:
    """Return a body of at most `most` bytes; refuses one over that before it is read, and one that comes too late."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise BodyTooLarge("body-too-large", most=most)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise BodyTooLarge("body-too-large", most=most)
    except TimeoutError:
        raise BodyTooLate("body-too-late", seconds=seconds) from None
    return bytes(body)


def json_of(request: Request, sent: bytes, media_types: tuple[str, ...]) -> Any:
    """Return what a body of one of these media types says; raises MediaTypeRefused and BodyNotJson."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in media_types:
        named = {"named": media_type[:100]} if media_type else {}
        raise MediaTypeRefused("media-type-refused", wanted=media_types[0], **named)
    return document_of(sent)


def document_of(sent: bytes) -> Any:
    """Return what JSON says that somebody sends; raises BodyNotJson."""
    try:
        document = read_json(sent)
    except NotJson as error:
        raise BodyNotJson(error.rule, **error.values) from None
    if _is_deeper(document, MOST_DEPTH):
        raise BodyNotJson("body-too-deep", most=MOST_DEPTH)
    return document


def _is_deeper(document: Any, most: int) -> bool:
    level = [document]
    for _ in range(most):
        inner = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [each for parts in inner for each in parts]
        if not level:
            return False
    return True


def once_of(request: Request, asker: str, sent: bytes) -> Once | None:
    """Return by what a change is known that must not be made twice, from the Idempotency-Key of one who asks.

    In the manner of draft-ietf-httpapi-idempotency-key-header; raises NoIdempotencyKey for one that is none.
    """
    name = request.headers.get("idempotency-key")
    if name is None:
        return None
    if not re.fullmatch(ONCE_FORM, name):
        raise NoIdempotencyKey("idempotency-key-form")
    system = crs.stated(request)
    asked = f"{request.url.query}\n{'' if system is crs.DEFAULT else system.uri}".encode() + sent
    return Once(hashlib.sha256(f"{asker}\n{name.strip(_QUOTE)}".encode()).digest(), hashlib.sha256(asked).digest())
