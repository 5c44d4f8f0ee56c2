"""How often a client may ask: reads, files, changes and wrong keys, each a minute. Each worker counts for itself."""

from __future__ import annotations

import math
import time
from typing import Literal, get_args

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.problems import TooMany
from api.settings import Settings

Kind = Literal["reads", "files", "writes", "wrong_keys", "proposed"]


class Rates:
    """Counts by kind and client, over a minute that slides; a bound of 0 is none."""

    def __init__(self, settings: Settings) -> None:
        bounds = {kind: getattr(settings, kind) for kind in get_args(Kind)}
        self._bounds = {kind: RateLimitItemPerMinute(most) for kind, most in bounds.items() if most}
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def allows(self, kind: Kind, client: str) -> bool:
        """Count one more, and return whether it is within the bound."""
        bound = self._bounds.get(kind)
        return bound is None or self._limiter.hit(bound, kind, client)

    def take(self, kind: Kind, client: str) -> None:
        """Count one more; raises TooMany, which says when to come again."""
        if not self.allows(kind, client):
            raise self.refusal(kind, client)

    def check(self, kind: Kind, client: str) -> None:
        """Raise TooMany where the bound is reached already, without counting."""
        bound = self._bounds.get(kind)
        if bound is not None and not self._limiter.test(bound, kind, client):
            raise self.refusal(kind, client)

    def refusal(self, kind: Kind, client: str) -> TooMany:
        """Return why a client has to wait, and for how many seconds."""
        bound = self._bounds[kind]
        ends = self._limiter.get_window_stats(bound, kind, client).reset_time
        return TooMany(kind, most=bound.amount, seconds=max(1, math.ceil(ends - time.time())))
