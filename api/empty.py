"""Parameters without a value, as forms send the fields that nobody filled in: each is as if it were not there."""

from __future__ import annotations

import functools
import re
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Receive, Scope, Send

from api.collections import COLLECTIONS
from api.counting import NAMES
from api.hints import ABOUT, ALIKE, PLACES
from api.parameters import FORMED, parameters_of
from api.proposals_definition import PARAMETERS

_EMPTY = re.compile(rb"(?:^|&)[^=&]*=?(?:&|$)")


class WithoutEmpty:
    """Takes parameters that have no value out of a question; names that nobody knows stay, and are refused."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and has_empty(scope["query_string"]):
            scope = {**scope, "query_string": without_empty(scope["query_string"])}
        await self.app(scope, receive, send)


def has_empty(query: bytes) -> bool:
    """Return whether a question has a parameter without a value."""
    return bool(query) and _EMPTY.search(query) is not None


def without_empty(query: bytes) -> bytes:
    """Return a question without the parameters of ours that have no value."""
    return b"&".join(pair for pair in query.split(b"&") if not _is_empty(pair))


def _is_empty(pair: bytes) -> bool:
    name, _, value = pair.partition(b"=")
    return not value and unquote_plus(name.decode("latin-1")) in _names()


@functools.cache
def _names() -> frozenset[str]:
    """Return the names of parameters that may be empty.

    Not so the marks of pages: a program that lost one would begin again without end.
    """
    of_columns = {name for each in COLLECTIONS.values() for name in parameters_of(each.columns)}
    others = {"limit", "collections", "at", *PARAMETERS, *(each.name for each in (*ABOUT, *ALIKE, *PLACES))}
    return frozenset({*of_columns, *NAMES, *FORMED, *others} - {"after", "before"})
