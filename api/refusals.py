"""Who asked for what their role or their countries do not allow: noted in the audit log, now and then."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from api.health import Health
from geo.audit import AuditLog
from geo.errors import StoreError
from geo.permissions import Person, Right

AGAIN_SECONDS = 3_600
MOST = 1_000  # refusals that are noted within these seconds; the log of requests has those beyond


class Refusals:
    """Notes a refusal the first time, and once an hour as long as it goes on: whoever asks again costs no write.

    At most MOST are noted in an hour, however many people ask, since nothing in the audit log is ever taken away.
    """

    def __init__(self, log: AuditLog, health: Health) -> None:
        self._log, self._health = log, health
        self._noted: OrderedDict[tuple[Person, Right], float] = OrderedDict()
        self._guard = threading.Lock()

    def note(self, person: Person, right: Right, asked: str) -> None:
        """Note that somebody may not do what they asked for (a method and a path)."""
        if not self._is_due(person, right):
            return
        try:
            self._log.note(person.name, "refused", right, role=person.role, asked=asked)
        except StoreError as error:
            self._health.met(error)

    def _is_due(self, person: Person, right: Right) -> bool:
        now = time.monotonic()
        with self._guard:
            while self._noted and now - next(iter(self._noted.values())) >= AGAIN_SECONDS:
                self._noted.popitem(last=False)
            if (person, right) in self._noted or len(self._noted) >= MOST:
                return False
            self._noted[person, right] = now
            return True
