"""A receiver of web hooks that has on disk what it has taken before it says so, and may die at any message."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from receiving import Message, server, serving

from api.hooks.delivering import Deliverer
from api.hooks.pace import Pace
from api.services import Services
from api.settings import Settings
from geo.hooks import Hook, new_id, new_secret
from geo.opening import Ledger
from geo.store import Store

HOUSE = Settings(hook_networks="127.0.0.0/8")
MOMENTS = ("before it is on disk", "before it is answered", "once it is answered")
_QUICK = Pace(looks_every=0.02, first=0.02, most=0.1)
_SECONDS = 60


def add_hook(store: Store, listener: socket.socket) -> Hook:
    """Make a hook of all records from now on, without asking who is there."""
    hook = Hook(
        id=new_id(),
        owner="kills",
        address=f"http://127.0.0.1:{listener.getsockname()[1]}/",
        question="",
        base="http://127.0.0.1",
        language="en",
        secret=new_secret(),
        created="2026-11-28T00:00:00.000Z",
        cursor=store.latest_sequence(),
    )
    store.hooks.add(hook)
    return hook


def receive(listener: socket.socket, file: Path, dies_at: tuple[int, str] | None = None) -> None:
    """Take messages, until the one at which it is killed, at one of three moments."""
    server(listener, *_onto_disk(file, dies_at)).serve_forever(0.02)


def _onto_disk(file: Path, dies_at: tuple[int, str] | None) -> tuple[Callable[[Message], int], Callable[[], None]]:
    taken = 0

    def die(moment: str) -> None:
        if (taken, moment) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def take(message: Message) -> int:
        nonlocal taken
        taken += 1
        die(MOMENTS[0])
        with file.open("a") as out:
            out.write(json.dumps(message.sequences) + "\n")
            out.flush()
            os.fsync(out.fileno())
        die(MOMENTS[1])
        return 204

    return take, lambda: die(MOMENTS[2])


@contextlib.contextmanager
def receiving(listener: socket.socket, file: Path) -> Iterator[None]:
    """Take messages in this process."""
    with socket.socket(fileno=os.dup(listener.fileno())) as own, serving(server(own, *_onto_disk(file, None))):
        yield


def sequences(file: Path) -> list[int]:
    """Return the changes that have been taken, as they came; a line that was cut off was never answered."""
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    return [each for line in lines if line.endswith("]\n") for each in json.loads(line[line.rindex("[") :])]


def lost(store: Store, hook: Hook, listener: socket.socket, file: Path) -> list[int]:
    """Let everything be told that has not arrived, and return the changes since the hook was made that still have not.

    The hook goes afterwards.
    """
    store.hooks.resume(hook.id)
    given = Services(Ledger(store), HOUSE)
    newest, ends = store.latest_sequence(), time.monotonic() + _SECONDS
    with receiving(listener, file):
        deliverer = Deliverer(given, _QUICK)
        deliverer.begin()
        while _cursor(store, hook) < newest and time.monotonic() < ends:
            time.sleep(0.02)
        deliverer.end()
    store.hooks.remove(hook.id, "kills")
    return sorted({*range(hook.cursor + 1, newest + 1)} - {*sequences(file)})


def _cursor(store: Store, hook: Hook) -> int:
    found = store.hooks.get(hook.id)
    return found.cursor if found else 0


def is_in_order(told: list[int]) -> bool:
    """Return whether each change came first after all before it, however often it came."""
    first = list(dict.fromkeys(told))
    return first == sorted(first)
