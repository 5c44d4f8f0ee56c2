"""What a client may ask at a time and a minute; whoever asks for more is told when to come again."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import carries_key, client_of, key_of
from api.problems import ServerBusy, ledger_problem
from api.rates import Kind
from api.services import Services
from geo.errors import LedgerError

ALWAYS = frozenset(["/healthz", "/readyz", "/metrics"])  # what those ask who look after the server
_READS = frozenset(["GET", "HEAD", "OPTIONS"])


class Bounded:
    """A layer of the application that refuses what is over a bound, before anything is done for it."""

    def __init__(self, app: ASGIApp, given: Services) -> None:
        self.app, self._given = app, given
        self._at_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self.app(scope, receive, send)
            return
        self._at_work += 1
        try:
            refusal = await self._refusal(Request(scope))
            if refusal is None:
                await self.app(scope, receive, send)
            else:
                answer = await ledger_problem(Request(scope), refusal)
                await answer(scope, receive, send)
        finally:
            self._at_work -= 1

    async def _refusal(self, request: Request) -> LedgerError | None:
        if self._at_work > self._given.settings.requests:
            return ServerBusy("server-busy")
        try:
            key = await run_in_threadpool(key_of, request) if carries_key(request) else None
            kind: Kind = "reads" if request.method in _READS else "writes"
            if not request.scope["state"].get("is_counted"):
                self._given.rates.take(kind, client_of(request, key))
        except LedgerError as refusal:
            return refusal
        return None
