"""A shorter way to records, and to pages of them, where a database has to be asked.

The router, and what stands before it, take more than the answer does. Whoever asks is answered by a thread, which may
wait, and of one moment: a page and its tag are of the same records.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.collections import OF_PROJECTS
from api.links import ITEMS
from api.quick import OWN, UNUSUAL_OR_KEYED, Answers, Moment, asked_of, is_for_programs, route_of
from api.routes import features
from api.seen import seen_of
from api.services import Services
from geo import dates, freshness
from geo.catalog import Catalog
from geo.errors import LedgerError

_ITEMS, _ITEM = ITEMS.encode(), f"{ITEMS}/".encode()
_PLAIN_ITEM = re.compile(re.escape(_ITEM) + rb"[a-z0-9-]{1,200}")
_UNUSUAL = UNUSUAL_OR_KEYED - {b"origin"}  # this layer is within the one that answers other origins
_OTHER_FORMS = frozenset(["f", "at"])  # files, pages to read, and what stood at a time

Refused = Callable[[Request, Exception], Awaitable[Response]]


class Shortcut:
    """The layer of the application behind which requests go the long way."""

    def __init__(self, app: ASGIApp, given: Services, refused: Refused) -> None:
        self.app, self._refused = app, refused
        self._answers = AnswersOfDatabases(given)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope) if scope["type"] == "http" and is_short(scope) else None
        if answer is None:
            await self.app(scope, receive, send)
            return
        scope["state"]["route"] = route_of(scope["path"])

        async def hand_on(message: Message) -> None:
            """Hand on what may be kept without what other layers add to it."""
            await send({**message, "headers": [*message["headers"]]} if "headers" in message else message)

        await answer(scope, receive, hand_on)

    async def _answer(self, scope: Scope) -> Response | None:
        try:
            return await run_in_threadpool(self._answers.of, scope)
        except LedgerError as error:
            return await self._refused(Request(scope), error)


def is_short(scope: Scope) -> bool:
    """Return whether a request may be one that is answered here."""
    path: bytes = scope.get("raw_path") or b""
    if scope["method"] != "GET" or not path.startswith(_ITEMS) or not (path == _ITEMS or _PLAIN_ITEM.fullmatch(path)):
        return False
    return {name for name, _ in scope["headers"]}.isdisjoint(_UNUSUAL) and is_for_programs(Request(scope))


class AnswersOfDatabases(Answers):
    """Answers requests by what a catalog asks of a database; raises what the functions of the routes raise."""

    def of(self, scope: Scope) -> Response | None:
        """Return the answer of a request that may be one of these; None where it is none."""
        path, query = scope["raw_path"], scope["query_string"]
        with freshness.asked(seen_of(scope)):
            if path != _ITEMS:
                return self._made(scope, path, query, self._given)
            is_kept = OWN.isdisjoint(name for name, _ in scope["headers"])
            return self._still_holds(scope, query) if is_kept else self._of_a_moment(scope, query, is_kept=False)

    def _still_holds(self, scope: Scope, query: bytes) -> Response | None:
        """Return a page that was given before, where nothing has changed since; or one that is made."""
        catalog, last = self._given.catalog, self._moment
        asked = asked_of(scope, _ITEMS, query)
        answer = last.answers.get(asked) if asked else None
        if answer is not None and _now(catalog) == last[:3]:
            return answer
        return self._of_a_moment(scope, query, is_kept=True)

    def _of_a_moment(self, scope: Scope, query: bytes, *, is_kept: bool) -> Response | None:
        history = self._given.catalog.history()

        def ask(still: Catalog) -> Response | None:
            given = self._given.with_catalog(still)
            if not is_kept or still.history() != history:  # of which of both it is, nobody knows
                return self._made(scope, _ITEMS, query, given)
            return self._kept(scope, _ITEMS, query, self._moment_of(still)._replace(given=given))

        return self._given.catalog.at_one_moment(ask)

    def _moment_of(self, catalog: Catalog) -> Moment:
        """Return the moment of a catalog with what was answered of it; it is the last one from now on, unless older."""
        now, last = _now(catalog), self._moment
        if now == last[:3]:
            return last
        moment = Moment(*now, self._given, OrderedDict())
        if moment.version > last.version or (moment.history, moment.day) != (last.history, last.day):
            self._moment = moment
        return moment

    def _made(self, scope: Scope, path: bytes, query: bytes, given: Services) -> Response | None:
        request = Request(scope)
        if path == _ITEMS:
            return self._page(request, query, given)
        if not self._may_be_made(request, given):
            return None
        return features.item(path.removeprefix(_ITEM).decode(), request, given, OF_PROJECTS)

    def _may_be_made(self, request: Request, given: Services) -> bool:
        return request.query_params.keys().isdisjoint(_OTHER_FORMS)


def _now(catalog: Catalog) -> tuple[int, int, dt.date]:
    return catalog.history(), catalog.version(), dates.today()
