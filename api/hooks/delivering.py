"""Tells hooks of changes: one process of all that share a store; each hook by itself, in order, until it arrives.

Only so many are told at a time, of each owner as many: whoever has many hooks keeps nobody else waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from api.hooks.messages import changes_message, id_of, question_of
from api.hooks.pace import Pace
from api.hooks.reach import Target
from api.hooks.sending import Answer, Sender
from api.services import Services
from geo.changes import changes
from geo.dates import now
from geo.errors import InvalidQuery, StoreError
from geo.hooks import Hook

T = TypeVar("T")
_READERS = 2  # threads: more would only take turns with answers
_PASSED = 1_000  # changes that are none of a hook's, after which it is kept that they are
_END_SECONDS = 5
_MOST_AT_WORK = 100  # hooks that are told at a time: each has a connection, of which a process may have only so many
_MOST_OF_ONE = 5  # of these of one owner: receivers that do not answer hold up their owner's other hooks, nobody else's


class Deliverer:
    """Sends what has changed to every hook, from `begin` to `end`, in a thread and a loop of its own.

    Its lock lies beside the store, and only while there are hooks. What has arrived is kept in the store after it has:
    whoever takes over sends again what is not known to have arrived.
    """

    def __init__(self, given: Services, pace: Pace = Pace()) -> None:  # noqa: B008
        self._store, self._organisations, self._sender = given.store, given.organisations, given.sender
        self._log, self._metrics, self._pace = given.log, given.metrics, pace
        self._alone = given.store.alone("hooks")
        self._wake: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._thread: threading.Thread | None = None
        self._at_work: dict[str, tuple[str, asyncio.Task[None]]] = {}  # whose hook it is, and what tells it
        self._begun: dict[str, float] = {}  # when each was begun to be told last
        self._cursors: dict[str, int] = {}  # which may be further than what is kept
        self._history = given.store.history
        self._reading: ThreadPoolExecutor | None = None

    def begin(self) -> None:
        """Begin to deliver."""
        has_begun = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(has_begun,), name="hooks", daemon=True)
        self._thread.start()
        has_begun.wait()

    def end(self) -> None:
        """Send nothing more; what is on its way is sent again by whoever comes next."""
        if self._wake is not None and self._thread is not None:
            with contextlib.suppress(RuntimeError):  # it has just ended
                self._wake[0].call_soon_threadsafe(self._wake[1].set)
            self._thread.join(_END_SECONDS)

    def _run(self, has_begun: threading.Event) -> None:
        with ThreadPoolExecutor(_READERS, "hooks") as self._reading:
            asyncio.run(self._deliver_all(has_begun))

    async def _deliver_all(self, has_begun: threading.Event) -> None:
        ended = asyncio.Event()
        self._wake = asyncio.get_running_loop(), ended
        has_begun.set()
        try:
            while not ended.is_set():
                await self._look_carefully()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), self._pace.looks_every)
        finally:
            tasks = [task for _, task in self._at_work.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._alone.release()

    async def _look_carefully(self) -> None:
        try:
            await self._look()
        except (StoreError, OSError):
            return  # whoever looks after the store says so
        except Exception as error:  # whatever it is, it is looked again
            self._log.failure("hooks-failed", error)

    async def _look(self) -> None:
        """Begin to tell every hook that there is something to be told, and is not being told."""
        at_work = set(self._at_work)  # what is read of these may be of before they were given up
        hooks = await self._stored(self._store.hooks.all)
        if not hooks or not await self._stored(self._alone.take):
            self._alone.release()
            self._cursors.clear()
            self._begun.clear()
            return
        newest, asleep = await self._stored(self._store.latest_sequence), await self._stored(self._asleep)
        if self._store.history != self._history:  # what was told of the former one may be nowhere any more
            self._cursors.clear()
            self._history = self._store.history
        resting = [hook for hook in hooks if hook.id not in at_work and hook.owner not in asleep]
        for hook in self._in_turn([hook for hook in resting if self._is_due(hook, newest)]):
            task = asyncio.create_task(self._tell(hook))
            self._at_work[hook.id] = hook.owner, task
            self._begun[hook.id] = time.monotonic()
            task.add_done_callback(functools.partial(self._done, hook.id))

    def _in_turn(self, due: Sequence[Hook]) -> list[Hook]:
        """Return the hooks that are told next: of each owner as many, of these those that have waited longest."""
        of_one = Counter(owner for owner, _ in self._at_work.values())
        ranked = list[tuple[int, float, Hook]]()
        for hook in sorted(due, key=self._waiting_since):
            if hook.id not in self._at_work and of_one[hook.owner] < _MOST_OF_ONE:
                ranked.append((of_one[hook.owner], self._waiting_since(hook), hook))
                of_one[hook.owner] += 1
        ranked.sort(key=lambda each: each[:2])
        return [hook for _, _, hook in ranked[: _MOST_AT_WORK - len(self._at_work)]]

    def _waiting_since(self, hook: Hook) -> float:
        return self._begun.get(hook.id, 0.0)

    def _asleep(self) -> set[str]:
        """Return whose hooks rest: of those who had keys, all of which have ended."""
        keys, time = self._store.keys.all(), now()
        return {key.name for key in keys} - {key.name for key in keys if key.is_active(time)}

    def _is_due(self, hook: Hook, newest: int) -> bool:
        is_behind = self._cursor(hook) < newest
        return hook.state == "active" and is_behind and (hook.next_attempt is None or hook.next_attempt <= now())

    def _cursor(self, hook: Hook) -> int:
        return max(self._cursors.get(hook.id, 0), hook.cursor)

    def _done(self, hook_id: str, task: asyncio.Task[None]) -> None:
        del self._at_work[hook_id]
        if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, StoreError):
            self._log.failure("hooks-failed", error, hook=hook_id)

    async def _tell(self, hook: Hook) -> None:
        """Tell a hook of all that has changed, page by page, until all has arrived or something has not."""
        kept, after = hook.cursor, self._cursor(hook)
        while True:
            try:
                query = question_of(hook, after)
                page = await self._stored(changes, self._store, self._organisations, query)
            except InvalidQuery as error:
                await self._give_up(hook, str(error))
                return
            answer = None
            if page.changes:
                body = await self._stored(changes_message, hook, page)
                answer = await self._sender.send(hook, id_of(hook, after, page.cursor), body)
                self._metrics.hook_message("arrived" if answer.is_well else "failed")
                if not answer.is_well:
                    await self._note_failure(hook, answer)
                    return
            after = self._cursors[hook.id] = page.cursor
            if answer is not None or after - kept >= _PASSED:
                if not await self._note(hook, after, answer):
                    return
                kept = after
            if page.is_last:
                return

    async def _note(self, hook: Hook, cursor: int, answer: Answer | None) -> bool:
        """Keep how far a hook has been told; return whether it is still there."""
        told = None if answer is None else answer.told
        if answer is not None and hook.failures:
            self._log.event("info", "hook-works-again", hook=hook.id, owner=hook.owner, failures=hook.failures)
        return await self._stored(self._store.hooks.note_arrived, hook.id, cursor, told)

    async def _note_failure(self, hook: Hook, answer: Answer) -> None:
        attempt = self._pace.next_attempt(hook.failures, hook.failing_since, answer.wait)
        if answer.is_final or attempt is None:
            await self._give_up(hook, answer.told)
            return
        told = {"hook": hook.id, "owner": hook.owner, "host": _host(self._sender, hook), "says": answer.told}
        self._log.event("warning", "hook-failed", **told, failures=hook.failures + 1, next_attempt=attempt)
        await self._stored(self._store.hooks.note_failed, hook.id, answer.told, attempt)

    async def _give_up(self, hook: Hook, why: str) -> None:
        told = {"hook": hook.id, "owner": hook.owner, "host": _host(self._sender, hook), "says": why}
        self._log.event("error", "hook-given-up", **told, failing_since=hook.failing_since)
        await self._stored(self._store.hooks.note_failed, hook.id, why, None)

    async def _stored(self, ask: Callable[..., T], *values: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reading, ask, *values)


def _host(sender: Sender, hook: Hook) -> str:
    """Return where a hook leads, without its path, which may be a secret."""
    try:
        target: Target = sender.reach.target(hook.address)
    except Exception:  # an address that may be reached no more
        return ""
    return target.host
