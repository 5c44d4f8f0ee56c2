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
_MOST = 10_000  # people and rights that are remembered


class Refusals:
    """Notes a refusal the first time, and once an hour as long as it goes on: whoever asks again costs no write."""

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
            last = self._noted.get((person, right))
            if last is not None and now - last < AGAIN_SECONDS:
                return False
            self._noted[person, right] = now
            self._noted.move_to_end((person, right))
            if len(self._noted) > _MOST:
                self._noted.popitem(last=False)
            return True
