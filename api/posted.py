"""What a form of our pages sends, read within bounds, and known to be sent from one of our pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.auth import asker, require_asker
from api.bodies import received
from api.parameters import check_known
from api.problems import BodyTooLarge, BodyTooLate, FormUnreadable, MediaTypeRefused, NotFromHere
from api.services import services
from api.sessions import TOKEN, check_origin, is_by_session, is_token
from geo.permissions import Person, Right

MOST_FIELDS = 1_000
_MOST_FIELD = 2**20  # bytes of one that comes beside files
_PLAIN, _WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"


class Posted:
    """The fields of a form, and who sent it (None: nobody known)."""

    def __init__(self, form: FormData, person: Person | None) -> None:
        self._form, self._person = form, person

    @property
    def person(self) -> Person:
        """Who sent it, where somebody had to."""
        assert self._person is not None
        return self._person

    @property
    def sender(self) -> Person | None:
        """Who sent it, if anybody known."""
        return self._person

    def text(self, name: str) -> str:
        """Return a field without blanks around it; "" where there is none."""
        value = self._form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def names(self) -> list[str]:
        """Return the names of all fields."""
        return [*self._form]

    def texts(self, name: str) -> list[str]:
        """Return every field of a name that says something."""
        return [value.strip() for value in self._form.getlist(name) if isinstance(value, str) and value.strip()]

    def file(self, name: str) -> UploadFile | None:
        """Return a file that was chosen."""
        value = self._form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    async def close(self) -> None:
        """Close the files."""
        await self._form.close()

    def check_known(self, names: Iterable[str]) -> None:
        """Raise WrongParameter for a field that the form does not have."""
        check_known(self._form, (*names, TOKEN))  # type: ignore[arg-type]


async def posted(request: Request) -> Posted:
    """Return what somebody, or nobody known, sends by a form without files; for `Depends`.

    Raises what `asker` does, NotFromHere, MediaTypeRefused, FormUnreadable, BodyTooLarge and BodyTooLate.
    """
    return await _read(request, await run_in_threadpool(asker, request))


PostedDep = Annotated[Posted, Depends(posted)]


def posted_by(
    right: Right, most: int | None = None, files: int = 0, countries: Iterable[str] = ()
) -> Callable[..., AsyncGenerator[Posted, None]]:
    """Return what gives a route the form of somebody who has a right, which is asked before its body is read.

    About records of these `countries`; at most `most` bytes (None: as many as any body) with `files` files. Raises what
    `posted` does, KeyMissing, RoleMissing and ScopeMissing.
    """

    # As a default, since FastAPI reads annotations outside of this function.
    asked = Depends(require_asker(right, *countries))

    async def read(request: Request, person: Person = asked) -> AsyncGenerator[Posted, None]:
        form = await _read(request, person, most, files)
        try:
            yield form
        finally:
            await form.close()

    return read


async def _read(request: Request, person: Person | None, most: int | None = None, files: int = 0) -> Posted:
    check_origin(request)
    settings = services(request).settings
    bound, seconds = most or settings.body_bytes, settings.body_seconds
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == _PLAIN:
        form = _fields(await received(request, bound, seconds))
    elif media_type == _WITH_FILES:
        form = await _parts(request, bound, seconds, files)
    else:
        raise MediaTypeRefused("media-type-refused", wanted=_PLAIN, named=media_type[:100] or "none")
    if is_by_session(request) and not is_token(request, str(form.get(TOKEN, ""))):
        await form.close()
        raise NotFromHere("token-missing")
    return Posted(form, person)


def _fields(body: bytes) -> FormData:
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise FormUnreadable("form-unreadable", reason=str(error)[:200]) from None
    return FormData([*fields])


async def _parts(request: Request, most: int, seconds: int, files: int) -> FormData:
    parser = MultiPartParser(
        request.headers, _bounded(request, most), max_files=files, max_fields=MOST_FIELDS, max_part_size=_MOST_FIELD
    )
    try:
        async with asyncio.timeout(seconds):
            return await parser.parse()
    except TimeoutError:
        raise BodyTooLate("body-too-late", seconds=seconds) from None
    except (MultiPartException, LookupError, ValueError) as error:  # no boundary, an unknown charset, no UTF-8
        raise FormUnreadable("form-unreadable", reason=str(error)[:200]) from None


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > most:
            raise BodyTooLarge("body-too-large", most=most)
        yield chunk
