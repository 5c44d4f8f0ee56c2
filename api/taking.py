"""Answers that are files: the records of a question as one file, with a name that tells what was asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import quote

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from api.asked import asked, question, words
from api.auth import client_of, key_of
from api.languages import BY_LANGUAGE, language_of
from api.links import ITEMS
from api.problems import FilesWaiting
from api.responses import streamed
from api.services import Services, base_url
from geo import dates
from geo.errors import SelectionTooLarge
from geo.formats.files import file_name
from geo.formats.references import Reference
from geo.formats.registry import Format
from geo.formats.selection import Feature, Origin, Selection
from geo.query import Query
from web.citing import LICENCE, LICENCE_ADDRESS, Cited, about, reference
from web.language import Language


def cited_selection(request: Request, given: Services, language: Language, query: Query, count: int) -> Cited:
    """Return the records of a question as what is cited."""
    return cited_question(given, language, base_url(request), request.query_params, query, count)


def cited_question(
    given: Services, language: Language, base: str, params: QueryParams, query: Query, count: int
) -> Cited:
    """Return the records that parameters ask for as what is cited; `base` is the server's address."""
    return Cited(
        title=words(given, language, params, query),
        work=given.settings.title,
        address=f"{base}{ITEMS}{question(params)}",
        accessed=dates.today(),
        release=given.release(),
        count=count,
    )


def named_file(request: Request, suffix: str) -> dict[str, str]:
    """Return the headers that give a file its name, which follows from what was asked for and the day."""
    name = file_name(asked(request.query_params), dates.today(), suffix)
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def selection_of(
    given: Services, language: Language, base: str, features: Iterable[bytes], told: Sequence[tuple[str, str]]
) -> Selection:
    """Return the records of a question as what is written into a file; `base` is the server's address."""
    release = given.release()

    def address_of(project_id: str) -> str:
        return f"{base}/projects/{quote(project_id)}"

    def cited(feature: Feature) -> Reference:
        stated = feature["properties"]
        record = Cited(
            title=stated["name"],
            work=given.settings.title,
            address=address_of(feature["id"]),
            accessed=dates.today(),
            release=release,
            id=feature["id"],
            revision=stated["revision"],
        )
        return reference(language, record)

    licence = (LICENCE, LICENCE_ADDRESS) if release else (None, None)
    return Selection(features, Origin(address_of, release, *licence), told, cited)


def file_answer(request: Request, given: Services, query: Query, form: Format, tag: str) -> Response:
    """Answer all records of a question as one file, or as many as `limit` names; raises SelectionTooLarge.

    The tag is weak: files of one content differ in their bytes by the time at which they were made.
    """
    number, features = given.catalog.found(query)
    if "limit" in request.query_params:
        number, features = min(number, query.limit), itertools.islice(features, query.limit)
    check_size(form, number)

    def chunks() -> Iterator[bytes]:
        count_file(request, given)
        language = language_of(request)
        told = about(language, cited_selection(request, given, language, query, number), query.as_of)
        selection = selection_of(given, language, base_url(request), features, told)
        with _turn(given):
            made = form.write(selection)
            first = next(made)
        return itertools.chain([first], made)

    headers = {**named_file(request, form.ending), "Vary": f"Accept, {BY_LANGUAGE}"}
    return streamed(request, tag, chunks, form.media_type, headers)


def records_in_file(
    given: Services, language: Language, base: str, params: QueryParams, query: Query, form: Format
) -> tuple[int, Iterator[bytes]]:
    """Return how many records a question has, and all of them as a file in parts; raises SelectionTooLarge."""
    number, features = given.catalog.found(query)
    check_size(form, number)
    told = about(language, cited_question(given, language, base, params, query, number), query.as_of)
    return number, form.write(selection_of(given, language, base, features, told))


def check_size(form: Format, number: int) -> None:
    """Raise SelectionTooLarge for more records than a file of this format holds."""
    if number > form.most:
        raise SelectionTooLarge("selection-too-large", count=number, format=form.name, most=form.most)


def count_file(request: Request, given: Services) -> None:
    """Count a file that is about to be made for a client; raises TooMany."""
    given.rates.take("files", client_of(request, key_of(request)))


@contextmanager
def _turn(given: Services) -> Iterator[None]:
    """Wait until few enough files are being made; whoever waits too long is told to come again."""
    if not given.file_waiters.acquire(blocking=False):
        raise FilesWaiting("files-waiting")
    try:
        has_turn = given.files.acquire(timeout=given.settings.writer_seconds)
    finally:
        given.file_waiters.release()
    if not has_turn:
        raise FilesWaiting("files-waiting")
    try:
        yield
    finally:
        given.files.release()
