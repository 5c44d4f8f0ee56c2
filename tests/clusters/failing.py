"""Kills, cuts and promotes at random under load, and looks whether all that was acknowledged is there afterwards.

    PYTHONPATH=tests .venv/bin/python -m clusters.failing --events 200 --seed 7

A primary and two streaming standbys on hosts of their own, with synchronous replication to any one of the two; a client
that writes all the time. It takes root, for the network. The same seed does the same things in the same order.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median
from typing import TypeVar

from clusters.failures import FAILURES, WRONG_CLOCKS, Failure
from clusters.scene import Scene, scene
from clusters.server import clock_setter, folder_for_clusters, make

SomeScene = TypeVar("SomeScene", bound=Scene)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", metavar="TEXT", help="the failures in whose names it stands")
    parser.add_argument("--asynchronous", action="store_true", help="see what is lost then")
    options = parser.parse_args()
    settings = {"synchronous_standby_names": "''"} if options.asynchronous else {}
    failures = [each for each in (*FAILURES, *wrong_clocks()) if options.only in each.__name__]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with folder_for_clusters() as folder, scene(make(folder / "made"), folder, **settings) as begun:
        return fail(begun, failures, options.events, options.seed)


def wrong_clocks() -> tuple[Failure, ...]:
    """Return what goes wrong with clocks, where they can be set wrong."""
    if clock_setter() is None:
        print("NOT TRIED: wrong clocks, since Debian's libfaketime is not installed.")
        return ()
    return WRONG_CLOCKS


def fail(
    begun: SomeScene, failures: Sequence[Callable[[SomeScene, random.Random], None]], events: int, seed: int
) -> int:
    """Let these things happen, so many in all, print what came of it, and return how many faults it had."""
    chance, pauses, faults = random.Random(seed), defaultdict[str, list[float]](list), list[str]()
    once = chance.sample(failures, len(failures))
    for number in range(events):
        failure = once[number] if number < len(once) else chance.choice(failures)
        name = failure.__name__.replace("_", " ")
        last = len(begun.noted()) - 1
        failure(begun, chance)
        pauses[name].append(_settled(begun, last))
        found = [f"event {number}, {name}: {each}" for each in begun.faults()]
        print(
            f"{number:>4}  {name}, writing paused for {pauses[name][-1]:.2f} s", *found, sep="\n      ", file=sys.stderr
        )
        faults += found
    faults += begun.check_again()
    _show(pauses, len(begun.noted()), faults)
    return len(faults)


def _settled(begun: Scene, last: int) -> float:
    """Wait until all is well again, and return the longest pause in writing since the last before it."""
    begun.running.wait_until_streaming()
    begun.wait_until_written()
    return begun.longest_pause(last)


def _show(pauses: dict[str, list[float]], acknowledged: int, faults: list[str]) -> None:
    row = "{:<58}{:>8}{:>14}{:>14}".format
    print(row("what happened", "times", "median pause", "longest"))
    for name, seconds in sorted(pauses.items()):
        print(row(name, len(seconds), f"{median(seconds):.2f} s", f"{max(seconds):.2f} s"))
    print(f"all: {sum(map(len, pauses.values()))} events, {acknowledged} acknowledged, {len(faults)} faults")
    for each in faults:
        print(each)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
