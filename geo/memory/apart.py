"""Many records made ready by several processes, each of which opens the store for itself."""

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

from geo.memory.block import Arrays

BATCH = 4_096
_LEAST = 4  # batches that are worth other processes: to begin one takes a second

Make = Callable[[str, str | None], Arrays]  # the arrays of the records after an id, up to another with it


def in_batches(ids: Sequence[str], make: Make, *, may_be_apart: bool) -> Iterator[Arrays]:
    """Yield the arrays of all records, batch after batch; `make` can be pickled where it may be called elsewhere."""
    ends = [*ids[BATCH - 1 :: BATCH][: (len(ids) - 1) // BATCH]]
    spans = list(pairwise(["", *ends, None]))
    workers = min(os.cpu_count() or 1, len(spans))
    if not may_be_apart or workers < 2 or len(spans) < _LEAST:
        yield from (make(str(after), until) for after, until in spans)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_begin) as pool:
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
