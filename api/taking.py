"""Answers that are files: the records of a question as one file, with a name that tells what was asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from api.asked import asked, question, words
from api.auth import client_of, key_of
from api.collections import OF_PROJECTS, Collection
from api.languages import BY_LANGUAGE, language_of
from api.links import address_of
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


def cited_selection(
    request: Request,
    given: Services,
    language: Language,
    query: Query,
    count: int,
    collection: Collection = OF_PROJECTS,
) -> Cited:
    """Return the records of a question as what is cited."""
    return cited_question(given, language, base_url(request), request.query_params, query, count, collection)


def cited_question(
    given: Services,
    language: Language,
    base: str,
    params: QueryParams,
    query: Query,
    count: int,
    collection: Collection = OF_PROJECTS,
) -> Cited:
    """Return the records that parameters ask for as what is cited; `base` is the server's address."""
    return Cited(
        title=words(given, language, params, query, collection),
        work=given.settings.title,
        address=f"{base}{collection.items}{question(params, columns=collection.columns)}",
        accessed=dates.today(),
        release=given.release(),
        count=count,
        collection=collection.id,
    )


def named_file(request: Request, suffix: str, collection: Collection = OF_PROJECTS) -> dict[str, str]:
    """Return the headers that give a file its name, which follows from what was asked for and the day."""
    of: dict[str, list[str]] = {} if collection is OF_PROJECTS else {collection.id: []}
    name = file_name({**of, **asked(request.query_params, collection.columns)}, dates.today(), suffix)
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def selection_of(
    given: Services,
    language: Language,
    base: str,
    features: Iterable[bytes],
    told: Sequence[tuple[str, str]],
    collection: Collection = OF_PROJECTS,
) -> Selection:
    """Return the records of a question as what is written into a file; `base` is the server's address."""
    release, of_each = given.release(), partial(address_of, base, collection)

    def cited(feature: Feature) -> Reference:
        stated = feature["properties"]
        record = Cited(
            title=stated["name"],
            work=given.settings.title,
            address=of_each(feature["id"]),
            accessed=dates.today(),
            release=release,
            id=feature["id"],
            revision=stated["revision"],
        )
        return reference(language, record)

    licence = (LICENCE, LICENCE_ADDRESS) if release else (None, None)
    return Selection(features, Origin(of_each, release, *licence), told, cited, collection.contents)


def file_answer(
    request: Request, given: Services, query: Query, form: Format, tag: str, collection: Collection
) -> Response:
    """Answer all records of a question as one file, or as many as `limit` names; raises SelectionTooLarge.

    The tag is weak: files of one content differ in their bytes by the time at which they were made.
    """
    params, catalog = request.query_params, collection.catalog(given)
    check_size(form, _asked_for(params, query, catalog.count(query, ())[0]))

    def chunks() -> Iterator[bytes]:
        count_file(request, given)
        language = language_of(request)
        with _turn(given):
            number, features = _found(given, params, query, form, collection)
            cited = cited_selection(request, given, language, query, number, collection)
            told = about(language, cited, query.as_of)
            selection = selection_of(given, language, base_url(request), features, told, collection)
            made = form.write(selection)
            first = next(made)
        return itertools.chain([first], made)

    headers = {**named_file(request, form.ending, collection), "Vary": f"Accept, {BY_LANGUAGE}"}
    return streamed(request, tag, chunks, form.media_type, headers)


def records_in_file(
    given: Services,
    language: Language,
    base: str,
    params: QueryParams,
    query: Query,
    form: Format,
    collection: Collection = OF_PROJECTS,
) -> tuple[int, Iterator[bytes]]:
    """Return how many records a file has, and the file in parts; raises SelectionTooLarge."""
    number, features = _found(given, params, query, form, collection)
    told = about(language, cited_question(given, language, base, params, query, number, collection), query.as_of)
    return number, form.write(selection_of(given, language, base, features, told, collection))


def _found(
    given: Services, params: QueryParams, query: Query, form: Format, collection: Collection
) -> tuple[int, Iterator[bytes]]:
    """Return how many records a question has, or `limit` names, and these; raises SelectionTooLarge."""
    number, features = collection.catalog(given).found(query, query.limit if "limit" in params else None)
    number = _asked_for(params, query, number)
    check_size(form, number)
    return number, features


def _asked_for(params: QueryParams, query: Query, number: int) -> int:
    return min(number, query.limit) if "limit" in params else number


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
