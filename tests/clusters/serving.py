"""Kills, cuts and promotes at random while our servers are asked, and looks at what their clients were told.

    PYTHONPATH=tests .venv/bin/python -m clusters.serving --events 200 --seed 7

A primary and two streaming standbys with synchronous replication, two servers of ours (one answers from memory, one
from PostGIS) and their clients, on hosts of their own. It takes root, for the network. Everything that was acknowledged
has to be there, once; no answer may be further behind than is said; who has written reads it at once.
"""

from __future__ import annotations

import argparse
import signal
import sys
from statistics import median

from clusters.failing import fail, wrong_clocks
from clusters.failures import FAILURES
from clusters.journal import outcomes, share
from clusters.outages import OUTAGES
from clusters.server import folder_for_clusters, make
from clusters.stage import Stage, stage


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", metavar="TEXT", help="the failures in whose names it stands")
    parser.add_argument("--asynchronous", action="store_true", help="see what is lost then")
    options = parser.parse_args()
    settings = {"synchronous_standby_names": "''"} if options.asynchronous else {}
    failures = [each for each in (*OUTAGES, *FAILURES, *wrong_clocks()) if options.only in each.__name__]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with folder_for_clusters() as folder, stage(make(folder / "made"), folder, **settings) as begun:
        try:
            return fail(begun, failures, options.events, options.seed)
        except BaseException:
            for each in begun.webs.values():
                print(f"{each.host} runs: {each.is_running()}; {each.last_words()}")
            for server in begun.running.servers:
                print(f"{server.data.name} runs: {server.is_running()}; {server.last_words()}")
            raise
        finally:
            show(begun)


def show(begun: Stage) -> None:
    """Print how clients fared."""
    told = list(begun.journal.told)
    for kind in ("read", "write"):
        number, failed, why = share(told, kind)
        print(f"{kind}s: {number}, of which {failed} failed ({failed / max(number, 1):.3%}): {dict(why.most_common())}")
    for (kind, what), seconds in sorted(outcomes(told).items()):
        print(f"  {kind:<6}{what:<70}{len(seconds):>8}{median(seconds):>9.3f} s{max(seconds):>9.3f} s at most")
    print(f"{begun.replaced} standbys ended by themselves and were made anew")
    print(f"reads were {begun.journal.most_behind:.2f} s behind at most")
    names = ("lost before", "promoting", "until written")
    for name, parts in zip(names, zip(*begun.failovers(), strict=True), strict=False):
        print(f"promotions, {name:<14}{median(parts):>9.2f} s{max(parts):>9.2f} s at most")


if __name__ == "__main__":
    sys.exit(min(main(), 1))
