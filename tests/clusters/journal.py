"""What clients were told and when, by one clock, and whether what they read was as new as it had to be."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from clusters.scene import Noted

from geo.postgis.watching import EVERY_SECONDS, LOST_SECONDS

# A change is known at the next look, and a server that says nothing counts as lost after a while; half a second is for
# answers of a busy machine to come.
ALLOWED = EVERY_SECONDS + 0.5


class Acknowledged(NamedTuple):
    """A revision that a client was told of, and when."""

    at: float
    project_id: str
    number: int
    name: str
    sequence: int


class Told(NamedTuple):
    """What became of a request: `what` is a status, the rule of a problem, or why there was no answer."""

    at: float
    kind: str
    host: str
    what: str
    seconds: float


@dataclass
class Journal:
    """All of it; any thread may add to it."""

    behind: float
    acknowledged: list[Acknowledged] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    most_behind: float = 0.0
    _of: dict[str, list[Acknowledged]] = field(default_factory=lambda: defaultdict(list))
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def bound(self) -> float:
        """How many seconds an answer may be behind at most, as a client sees it."""
        return max(self.behind, LOST_SECONDS) + ALLOWED

    def acknowledge(self, project_id: str, number: int, name: str, sequence: int) -> None:
        with self._guard:
            made = Acknowledged(time.monotonic(), project_id, number, name, sequence)
            self.acknowledged.append(made)
            self._of[project_id].append(made)

    def tell(self, kind: str, host: str, what: str, begun: float) -> None:
        now = time.monotonic()
        with self._guard:
            self.told.append(Told(now, kind, host, what, now - begun))

    def noted(self) -> list[Noted]:
        with self._guard:
            return [Noted(each.sequence, each.at) for each in self.acknowledged]

    def newest(self) -> Acknowledged | None:
        """Return what was acknowledged with the highest sequence."""
        with self._guard:
            return max(self.acknowledged[-20:], key=lambda each: each.sequence, default=None)

    def some(self, number: int) -> Acknowledged | None:
        """Return one of those that were acknowledged last."""
        with self._guard:
            return self.acknowledged[-1 - number % min(len(self.acknowledged), 40)] if self.acknowledged else None

    def records(self, before: float) -> int:
        """Return how many records were made that were acknowledged before a time."""
        with self._guard:
            return sum(made[0].number == 1 and made[0].at < before for made in self._of.values())

    def read(self, host: str, project_id: str, number: int, begun: float, how: str) -> None:
        """Note that reading began at a time and found the record as of a revision: 0 where it was not there."""
        with self._guard:
            of = self._of[project_id]
            missed = [each for each in of[bisect_right([each.number for each in of], number) :] if each.at < begun]
        if missed:
            lag = begun - missed[0].at
            self.most_behind = max(self.most_behind, lag)
            if lag > self.bound:
                self.faults.append(f"{how} on {host}: {project_id} was at {number}, {lag:.2f} s behind {missed[0]}")

    def listed(self, host: str, number: int, begun: float) -> None:
        """Note that a list which was asked for at a time had so many of the records that were made."""
        wanted = self.records(begun - self.bound)
        if number < wanted:
            self.faults.append(f"a list on {host} had {number} records of {wanted}")

    def read_own(self, host: str, wanted: Acknowledged, number: int) -> None:
        """Note what somebody found who had named the sequence of what they had written."""
        if number < wanted.number:
            self.faults.append(f"who had written did not read it on {host}: {number} instead of {wanted}")


def outcomes(told: Sequence[Told]) -> dict[tuple[str, str], list[float]]:
    """Return how long requests took, by their kind and what became of them."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for each in told:
        found[each.kind, each.what].append(each.seconds)
    return found


def share(told: Sequence[Told], kind: str) -> tuple[int, int, Counter[str]]:
    """Return how many requests of a kind there were, how many failed, and why."""
    of = [each for each in told if each.kind == kind]
    failed = Counter(each.what for each in of if each.what not in ("200", "201"))
    return len(of), failed.total(), failed
