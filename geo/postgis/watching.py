"""Which servers of a store are there, and how new they are: asked all the time, so that nobody who reads waits for it.

No clock is compared with another: that a server is no further behind than some seconds means that it has every change
of which this process has known for so long, from any server or by having written it.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psycopg

from geo import freshness
from geo.errors import NoPrimary, StoreError
from geo.postgis.connection import Psycopg
from geo.postgis.pool import Pool, words_of
from geo.postgis.servers import TIMELINE, WAS_PRIMARY, hang_up
from geo.store import Figure

EVERY_SECONDS = 0.2  # between two looks at a server
LOST_SECONDS = 2.0  # after which a server that says nothing counts as lost
# What a server knows: its newest change, how often authors were hidden, and whether it follows another one.
_LOOK = f"""
SELECT coalesce((SELECT max(sequence) FROM revisions), 0), (SELECT moves FROM hidden_authors_moves), {TIMELINE}
""".encode()  # noqa: S608
_MARK = b"SELECT md5(revisions::text) FROM revisions WHERE sequence = %s"


@dataclass
class Server:
    """One server, and what it said last."""

    pool: Pool
    is_primary: bool
    sequence: int = -1
    moves: int = 0
    said: float = float("-inf")  # by the monotonic clock of this process
    behind_since: float | None = None  # since when it does not know what is known
    reason: str = ""  # why it says nothing
    timeline: int = 0  # that it writes; 0 where it follows another
    is_of_primary: bool | None = None  # whether its changes are those of the primary; None where that is not known
    mark: tuple[int, str] | None = None  # a change that it has, by which that is found out
    looking: Psycopg | None = field(default=None, repr=False)
    began: float = float("inf")  # when a look began that has not ended

    @property
    def is_there(self) -> bool:
        """Whether it may be asked; a primary that says nothing for a moment is waited for, as there is no other one."""
        is_told_of = self.is_primary or not self.reason
        return is_told_of and time.monotonic() - self.said < LOST_SECONDS


class Watch:
    """Looks at a primary and at what follows it, each in a thread of its own: one that hangs delays no other."""

    def __init__(self, primary: Pool, followers: Sequence[Pool], behind: float) -> None:
        self.primary = Server(primary, is_primary=True)
        self.followers = [Server(each, is_primary=False) for each in followers]
        self.behind = behind
        self._known = deque([(float("-inf"), 0)])  # when which sequence became known, rising
        self._answered = 0  # what answers have known: none knows less afterwards
        self.timeline = 0  # of the server that was promoted last
        self._guard, self._ended = threading.Lock(), threading.Event()
        for server in (*self.followers, self.primary):
            self._look_for_once(server)
            threading.Thread(target=self._look_on, args=(server,), daemon=True).start()
        threading.Thread(target=self._hang_up, daemon=True).start()

    @property
    def known(self) -> int:
        """The newest sequence that is known of."""
        return self._known[-1][1]

    @property
    def moves(self) -> int:
        """How often authors were hidden or shown again, as far as is known."""
        return max(each.moves for each in (self.primary, *self.followers) if not self._is_former(each))

    def note(self, sequence: int) -> None:
        """Note that there is a change of a sequence."""
        with self._guard:
            if sequence > self.known:
                self._known.append((time.monotonic(), sequence))
                self._forget(time.monotonic() - self.behind)

    def _forget(self, before: float) -> None:
        while len(self._known) > 1 and self._known[1][0] <= before:
            self._known.popleft()

    @property
    def settled(self) -> int:
        """The newest sequence that was known so long ago that every answer has to know it."""
        with self._guard:
            self._forget(time.monotonic() - self.behind)
            return self._known[0][1]

    def may_answer(self, sequence: int) -> bool:
        """Return whether answers that know a sequence are new enough for whoever asks."""
        return sequence >= max(self.settled, freshness.least())

    def to_read(self) -> Iterator[Pool]:
        """Yield where to read, best first: followers that are new enough, the primary; raises StoreError without any.

        One that calls itself primary and does not know what is settled was one once.
        """
        fit = self._fit(self._answered)
        yield from (each.pool for each in random.sample(fit, len(fit)))
        if self._has_primary:
            yield self.primary.pool
        elif not fit:
            raise self.refusal()

    def newest_to_read(self) -> int:
        """Return a sequence that is known wherever it is read from now on, and never a lower one than before.

        Where nothing can be read, that is what was known before, as long as it is new enough; raises StoreError. Who
        hears of no server knows nothing of what others write, and may only answer as long as it may be behind.
        """
        fit = self._fit(self._answered)
        if fit:
            self._answered = max(each.sequence for each in fit)
        elif self._has_primary:
            self._answered = max(self._answered, self.primary.sequence, 0 if self.followers else self.known)
        elif not self._has_heard or not self.may_answer(self._answered):
            raise self.refusal()
        return self._answered

    @property
    def _has_heard(self) -> bool:
        last = max(each.said for each in (self.primary, *self.followers))
        return time.monotonic() - last < max(self.behind, LOST_SECONDS)

    def note_answered(self, sequence: int) -> None:
        """Note that an answer knew a sequence."""
        self._answered = max(self._answered, sequence)
        self.note(sequence)

    def _fit(self, least: int) -> list[Server]:
        there = [each for each in self.followers if each.is_there and self._is_of_this_history(each)]
        return [each for each in there if self._is_new(each, least) and self.may_answer(each.sequence)]

    def _is_new(self, server: Server, least: int) -> bool:
        return server.sequence >= least and server.moves >= self.moves

    def _is_of_this_history(self, server: Server) -> bool:
        """Return whether what a server has is part of what is, as far as anybody can know who asks it now.

        While the primary says nothing, one that was not compared with it is believed unless it has more than anybody
        is known to have: that may be what was lost with a former primary.
        """
        if self._is_former(server):
            return False
        if server.is_of_primary is not None:
            return server.is_of_primary
        return not self.primary.is_there and (self.timeline == 0 or server.sequence <= self.known)

    @property
    def _has_primary(self) -> bool:
        return self.primary.is_there and self.primary.sequence >= self.settled

    def newest(self) -> Iterator[Pool]:
        """Yield where what is newest is read: the primary, or while there is none, followers that are new enough.

        That there is none may turn out as it is asked.
        """
        was_there = self.primary.is_there
        if was_there:
            yield self.primary.pool
        if not was_there or not self.primary.is_there:
            yield from self.to_read()

    def refusal(self) -> StoreError:
        """Return why nothing can be read, or written."""
        place = self.primary.pool.place
        if self.primary.is_there:
            return StoreError("database-behind", path=place)
        return NoPrimary("database-no-primary", path=place, reason=self.primary.reason or "no answer")

    def figures(self) -> list[Figure]:
        """Return how many servers are there, and how far behind the last of them is."""
        now = time.monotonic()
        behind = [now - each.behind_since for each in self.followers if each.behind_since is not None]
        lost = sum(not each.is_there or each.is_of_primary is False for each in self.followers)
        return [
            Figure("database_primary", float(self.primary.is_there)),
            Figure("database_replicas", len(self.followers)),
            Figure("database_replicas_lost", lost),
            Figure("database_behind_seconds", max(behind, default=0)),
        ]

    def _look_on(self, server: Server) -> None:
        while not self._ended.wait(EVERY_SECONDS):
            self._look_for_once(server)
        _let_go(server)

    def _look_for_once(self, server: Server) -> None:
        try:
            self._look_at(server)
        except (psycopg.Error, OSError, RuntimeError) as error:  # no file or thread may be free either
            self._lose(server, words_of(error))
        finally:
            server.began = float("inf")

    def _look_at(self, server: Server) -> None:
        looking = server.looking = server.looking or server.pool.connect()
        begun = server.began = time.monotonic()
        [(sequence, moves, timeline)] = looking.execute(_LOOK).fetchall()
        self._note_timeline(timeline, sequence)
        if server.is_primary and timeline < self.timeline:
            self._lose(server, WAS_PRIMARY if timeline else "it is a standby")
            return  # by another connection the primary may be found
        server.sequence, server.moves, server.timeline, server.said = sequence, moves, timeline, begun
        server.reason = ""
        if server.is_primary:
            self._compare(looking)
        elif server.is_of_primary is None and server.mark is None:
            server.mark = sequence, _mark(looking, sequence)
        if server.is_primary or self._is_of_this_history(server):
            self.note(sequence)
        if self._is_new(server, self.known):
            server.behind_since = None
        elif server.behind_since is None:
            server.behind_since = begun

    def _compare(self, looking: Psycopg) -> None:
        """Find out of new followers whether the primary has the change that each of them has.

        One that has another was the primary once, or followed one, and has what was lost with it: it answers, and can
        never follow again. One that has more may only be told of it sooner, and is asked for once the primary has it.
        """
        timeline = self.primary.timeline
        for each in self.followers:
            if each.is_of_primary is None and each.mark is not None and each.mark[0] <= self.primary.sequence:
                is_same = _mark(looking, each.mark[0]) == each.mark[1]
                if timeline == self.timeline:  # or all are asked anew
                    each.is_of_primary = is_same
                    if not is_same:
                        self._forget_beyond(self.primary.sequence)

    def _lose(self, server: Server, reason: str) -> None:
        server.reason, server.is_of_primary, server.mark = reason, None, None
        _let_go(server)

    def _is_former(self, server: Server) -> bool:
        """Return whether a server was the primary once, and does not know that it is no longer."""
        return 0 < server.timeline < self.timeline

    def _note_timeline(self, timeline: int, sequence: int) -> None:
        """Begin a new line of history where a server was promoted that has changes up to a sequence.

        What was known beyond that was read from the former primary, or of a standby of its before any primary was heard
        of, and is nowhere any more: no standby had confirmed it.
        """
        with self._guard:
            if timeline <= self.timeline:
                return
            is_first, self.timeline = self.timeline == 0, timeline
        self._forget_beyond(sequence)
        if not is_first:
            for each in self.followers:
                each.is_of_primary, each.mark = None, None
        self.primary.pool.leave_former(timeline)

    def _forget_beyond(self, sequence: int) -> None:
        with self._guard:
            self._known = deque((since, min(each, sequence)) for since, each in self._known)
            self._answered = min(self._answered, sequence)

    def _hang_up(self) -> None:
        """End what waits for a server that says nothing, so that nobody does."""
        while not self._ended.wait(EVERY_SECONDS):
            for server in (self.primary, *self.followers):
                looking = server.looking
                if looking is not None and time.monotonic() - server.began > LOST_SECONDS:
                    hang_up(looking)
                server.pool.is_lost = not server.is_there
                if server.pool.is_lost:
                    server.pool.abandon()

    def end(self) -> None:
        self._ended.set()


def _mark(looking: Psycopg, sequence: int) -> str:
    """Return what a server has as its change of a sequence, in short."""
    found = looking.execute(_MARK, (sequence,)).fetchone()
    return str(found[0]) if found else ""


def _let_go(server: Server) -> None:
    if server.looking is not None:
        server.looking.close()
        server.looking = None
