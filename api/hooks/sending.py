"""One message on its way to one address: within a time, to what hooks may reach, without following anything."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass

from api.hooks.reach import HookRefused, Reach, Target
from api.hooks.signing import headers
from geo import product
from geo.hooks import Hook

SECONDS = 15  # from the name to the first line of the answer, whose body nobody reads
_MOST_WAIT = 86_400


@dataclass(frozen=True)
class Answer:
    """What came of a message: the status, or why there is none; `wait` are the seconds that the receiver asks for."""

    told: str
    status: int | None = None
    wait: int = 0

    @property
    def is_well(self) -> bool:
        """Whether the message has arrived; one that is sent elsewhere has not."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_final(self) -> bool:
        """Whether the receiver wants no more messages (410, as the specification has it)."""
        return self.status == 410


class Sender:
    """Sends messages."""

    def __init__(self, networks: str, seconds: float = SECONDS) -> None:
        self.reach, self._seconds = Reach(networks), seconds
        self._trusted: ssl.SSLContext | None = None

    async def send(self, hook: Hook, message_id: str, body: bytes) -> Answer:
        """Send a message and return what came of it."""
        from api.hooks import connecting  # which a server without hooks has no use for

        try:
            target = self.reach.target(hook.address)
            self._trusted = self._trusted or connecting.trusted()
            sent = _headers(target, hook, message_id, body)
            async with asyncio.timeout(self._seconds):
                status, told = await connecting.posted(self.reach, target, sent, body, self._trusted)
        except HookRefused as error:
            return Answer(str(error))
        except connecting.LATE:
            return Answer("no answer in time")
        except connecting.FAILURES as error:
            return Answer(_words(error))
        return Answer(str(status), status, _wait(told))


def _headers(target: Target, hook: Hook, message_id: str, body: bytes) -> dict[str, str]:
    return {
        "Host": target.named,
        "User-Agent": f"{product.COMMAND}-hooks",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers(hook.secret, message_id, body),
    }


def _words(error: BaseException) -> str:
    """Return why there is no answer, in a line."""
    inner = error.__cause__ or error
    return (str(inner) or type(inner).__name__).splitlines()[0][:200]


def _wait(found: list[tuple[bytes, bytes]]) -> int:
    """Return for how many seconds a receiver wants to be left alone (RFC 9110 section 10.2.3, the number alone)."""
    told = next((value for name, value in found if name.lower() == b"retry-after"), b"")
    return min(int(told), _MOST_WAIT) if re.fullmatch(rb"\d{1,9}", told) else 0
