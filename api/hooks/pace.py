"""How soon a message is sent again, and when a hook is given up."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

_DAY = 86_400


@dataclass(frozen=True)
class Pace:
    """Seconds: between two looks for changes, before a first and a last repetition, and until a hook is given up."""

    looks_every: float = 0.5
    first: float = 2
    most: float = 6 * 3_600
    gives_up_after: float = 3 * _DAY

    def next_attempt(self, failures: int, failing_since: str | None, wait: int) -> str | None:
        """Return when a message is sent again that has failed so often since then; None where it is not any more.

        Each time it is about twice as long, by chance a little more or less: receivers that failed together are not
        asked together again.
        """
        now = dt.datetime.now(dt.UTC)
        if failing_since is not None and (now - dt.datetime.fromisoformat(failing_since)).total_seconds() > (
            self.gives_up_after
        ):
            return None
        longer = min(self.first * 2.0 ** min(failures, 30), self.most)
        after = dt.timedelta(seconds=max(longer * random.uniform(0.5, 1.5), wait))
        return (now + after).isoformat(timespec="milliseconds").replace("+00:00", "Z")
