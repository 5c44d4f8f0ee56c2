"""Work in other processes, each of which opens the store for itself."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess

from geo.memory.block import Arrays

BATCH = 4_096
_LEAST = 4  # batches that are worth other processes: to begin one takes a second

_SPAWN = multiprocessing.get_context("spawn")

Make = Callable[[str, str | None], Arrays]  # the arrays of the records after an id, up to another with it


def are_many(ids: Sequence[str]) -> bool:
    """Return whether so many records are worth another process."""
    return len(ids) > BATCH * (_LEAST - 1)


class Helper:
    """Does one work in a process of its own, as often as it is wanted, once at a time."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._begun: SpawnProcess | None = None

    def do(self) -> None:
        """Let it be done, and wait for the end."""
        process = self._process(is_daemon=False)
        process.start()
        try:
            process.join()
        finally:
            process.terminate()

    def is_at_it(self) -> bool:
        """Return whether it is being done, begun where it is not; False, once, where it has failed."""
        if self._begun is None or self._begun.exitcode == 0:
            self._begun = self._process(is_daemon=True)  # it ends with this process
            self._begun.start()
        if self._begun.exitcode is None:
            return True
        self._begun = None
        return False

    def _process(self, *, is_daemon: bool) -> SpawnProcess:
        return _SPAWN.Process(target=_alone, args=(self._work,), daemon=is_daemon)


def _alone(work: Callable[[], None]) -> None:
    _begin()
    work()


def in_batches(ids: Sequence[str], make: Make, *, may_be_apart: bool) -> Iterator[Arrays]:
    """Yield the arrays of all records, batch after batch; `make` can be pickled where it may be called elsewhere."""
    ends = [*ids[BATCH - 1 :: BATCH][: (len(ids) - 1) // BATCH]]
    spans = list(pairwise(["", *ends, None]))
    workers = min(os.cpu_count() or 1, len(spans))
    if not may_be_apart or workers < 2 or not are_many(ids):
        yield from (make(str(after), until) for after, until in spans)
        return
    with ProcessPoolExecutor(workers, _SPAWN, initializer=_begin) as pool:
        yield from pool.map(make, *zip(*spans, strict=True))


def _begin() -> None:
    """Leave Ctrl-C to the process that waits, end when that one is killed, and look for no circles: there are none."""
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
