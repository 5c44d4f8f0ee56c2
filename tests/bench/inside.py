"""Measures a store and its catalog in this process: `python -m bench.inside STORE ASKED` takes commands from its input.

`queries ROUND` answers with the CPU milliseconds of each kind of query, `writes COUNT` with what writes cost and how
long readers wait meanwhile, `durable COUNT` with writes a second by 16 writers beside append and fsync; each a line of
JSON. Only `open_ledger`, `Query` and filters are used, whatever answers behind them.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import json
import os
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
from bench.generate import more_features

from api.server import favour_answers
from geo.catalog import Catalog
from geo.columns import PROJECTS
from geo.editing import Edit
from geo.filter import And, Box, Compare, Expression, In, Intersects, Words
from geo.opening import open_ledger
from geo.query import Query
from geo.records.project import Project
from geo.store import Store
from geo.vocabulary import STATUSES

FACETS = ("kind", "status", "country")
COMMON_WORDS = ("lithium", "battery", "mine", "plant", "factory", "energy", "storage", "refinery", "salar", "project")
TIMES = 20  # a kind of query is asked in a round, at most
KIND_SECONDS = 15  # after which no further one of a kind is asked
WRITERS = 16
READERS = 2

Asked = dict[str, list[Any]]
Act = Callable[[], object]


def queries(catalog: Catalog, asked: Asked, turn: int) -> dict[str, float]:
    """Return the median thread CPU, in ms, of each kind of query; another turn asks other ones."""
    kinds = _kinds(catalog, asked, _owners(catalog))
    return {name: _median_cpu(make, turn) for name, make in kinds.items()}


def _median_cpu(make: Callable[[int], Act], turn: int) -> float:
    make(turn * (TIMES + 1) + TIMES)()  # what is made once, when a kind is asked first, is not what a query costs
    spent, until = [], time.monotonic() + KIND_SECONDS
    for number in range(turn * (TIMES + 1), turn * (TIMES + 1) + TIMES):
        act = make(number)
        began = time.thread_time()
        act()
        spent.append(1000 * (time.thread_time() - began))
        if time.monotonic() > until:
            break
    return statistics.median(spent)


def _kinds(catalog: Catalog, asked: Asked, owners: Sequence[str]) -> dict[str, Callable[[int], Act]]:
    """Return for each kind of query what makes the n-th of them: each asks for something else."""
    made = {**_filters(asked, owners), **_orders(asked)}

    def searching(make: Callable[[int], Query]) -> Callable[[int], Act]:
        return lambda number: functools.partial(catalog.search, make(number))

    return {
        "item": lambda number: functools.partial(catalog.get, _one(asked["ids"], 13 * number)),
        **{name: searching(make) for name, make in made.items()},
        "facets": lambda number: functools.partial(catalog.count, Query(filter=_status(number)), FACETS),
    }


def _filters(asked: Asked, owners: Sequence[str]) -> dict[str, Callable[[int], Query]]:
    def box(number: int) -> Expression:
        return Intersects(Box(*_one(asked["boxes"], number)))

    def country(number: int) -> Expression:
        return Compare("country", "=", _one(asked["ids"], 11 * number)[:2].upper())

    filters: dict[str, Callable[[int], Expression]] = {
        "status": _status,
        "country": country,
        "text, one record": lambda n: Words(_one(asked["words"], 17 * n)),
        "text, many records": lambda n: Words(_one(COMMON_WORDS, n)),
        "owner": lambda n: In("owner", frozenset({_one(owners, n)})),
    }

    def ten(of: Callable[[int], Expression]) -> Callable[[int], Query]:
        return lambda number: Query(filter=of(number), limit=_ten(number))

    return {
        "box": lambda n: Query(filter=box(n), limit=2000),
        "box + status": lambda n: Query(filter=And((box(n), _status(n))), limit=2000),
        **{name: ten(of) for name, of in filters.items()},
    }


def _orders(asked: Asked) -> dict[str, Callable[[int], Query]]:
    def after(number: int, limit: int) -> Query:
        return Query(after=(_one(asked["ids"], 7 * number),), limit=limit)

    def sorting(column: str) -> Callable[[int], Query]:
        return lambda number: Query(sort=((column, number % 2 == 0),), limit=_ten(number))

    def by_status(number: int) -> Query:
        return Query(as_of=_day(number), sort=(("status", number % 2 == 0),), limit=_ten(number))

    return {
        "page": lambda number: Query(limit=_ten(number)),
        "deep page": lambda number: after(number, 100),
        "page of 1,000": lambda number: after(number, 1000),
        **{f"sort by {column}": sorting(column) for column in PROJECTS.sorts},
        "as_of": lambda number: Query(as_of=_day(number), limit=_ten(number)),
        "as_of + sort by status": by_status,
    }


def _one(values: Sequence[Any], number: int) -> Any:
    return values[number % len(values)]


def _ten(number: int) -> int:
    return 10 + number // 7 % 7


def _status(number: int) -> Expression:
    return Compare("status", "=", _one(tuple(STATUSES.codes), number))


def _day(number: int) -> dt.date:
    return dt.date(2014, 1, 1) + dt.timedelta(days=37 * number % 4_300)


def _owners(catalog: Catalog) -> list[str]:
    """Return the commonest parties of one country's records."""
    held = catalog.columns(Query(filter=Compare("country", "=", "DE")), ["owner"])["owner"]
    return [name for name, _ in Counter(itertools.chain.from_iterable(held)).most_common(40)] or ["catl"]


def writes(store: Store, catalog: Catalog, asked: Asked, count: int) -> dict[str, float]:
    """Return what a write costs the catalog and how long a reader waits at most, in ms.

    Creations are made alone, for their CPU; changes of records all over the store while readers ask. `background` is
    the CPU of the whole process an edit, without what the store takes: it holds what is merged behind the scenes.
    """
    creations = _creations(store, count)
    catalog.search(Query(limit=10))
    began, in_store, followed = time.process_time(), 0.0, []
    for edit in creations:
        before = time.thread_time()
        store.write([edit])
        written = time.thread_time()
        catalog.get(edit.project_id)
        followed.append(1000 * (time.thread_time() - written))
        in_store += written - before
    time.sleep(1)
    spent = time.process_time() - began
    changes = list(_changes(store, asked, count))
    favour_answers()  # as a server does at its start: what we ask with is not what answers wait for
    idle = _longest_wait(catalog, asked, lambda: time.sleep(3))
    busy = _longest_wait(catalog, asked, lambda: _write_and_read(store, catalog, changes))
    return {
        "catalog_ms": statistics.median(followed),
        "catalog_max_ms": max(followed),
        "background_ms": 1000 * (spent - in_store) / count,
        "wait_ms": busy,
        "idle_wait_ms": idle,
    }


def _write_and_read(store: Store, catalog: Catalog, edits: Sequence[Edit]) -> None:
    for edit in edits:
        store.write([edit])
        catalog.get(edit.project_id)


def _creations(store: Store, count: int) -> list[Edit]:
    """Return edits that make records of which no number was used: twice the sequence is above all that were."""
    start = 2 * store.latest_sequence() + 10_000
    projects = [Project.from_feature(feature) for feature in more_features(start, count)]
    return [Edit(project.id, project, None, "benchmark") for project in projects]


def _changes(store: Store, asked: Asked, count: int) -> Iterator[Edit]:
    for number in random.Random(4).sample(range(len(asked["ids"])), min(count, len(asked["ids"]))):
        head = store.head(asked["ids"][number])
        assert head.project is not None
        feature = head.project.to_feature()
        feature["properties"]["summary"] = f"Changed: {feature['properties'].get('summary')}"[:500]
        yield Edit(head.project_id, Project.from_feature(feature), head.number, "benchmark")


def _longest_wait(catalog: Catalog, asked: Asked, work: Act) -> float:
    """Return the longest that a reader waited for an answer while a work was done, in ms."""
    ended = threading.Event()
    with ThreadPoolExecutor(READERS) as readers:
        waits = [readers.submit(_read, catalog, asked, ended) for _ in range(READERS)]
        try:
            work()
        finally:
            ended.set()
        return 1000 * max(wait.result() for wait in waits)


def _read(catalog: Catalog, asked: Asked, ended: threading.Event) -> float:
    """Return the seconds of the longest answer until a work has ended."""
    longest, boxes = 0.0, itertools.cycle(asked["boxes"])
    while not ended.is_set():
        for query in (Query(limit=10), Query(filter=Intersects(Box(*next(boxes))), limit=100)):
            began = time.perf_counter()
            catalog.search(query)
            longest = max(longest, time.perf_counter() - began)
        time.sleep(0.001)
    return longest


def durable(store: Store, count: int, log: Path) -> dict[str, list[float]]:
    """Return writes a second that 16 writers have acknowledged, and appends of the same bytes with fsync, by round."""
    ours, theirs = [], []
    for _ in range(3):
        edits = _creations(store, count)
        lines = [orjson.dumps(each.project.to_feature()) + b"\n" for each in edits if each.project]
        theirs.append(count / _seconds(lambda lines=lines: _append(log, lines)))  # type: ignore[misc]
        ours.append(count / _seconds(lambda edits=edits: _write_all(store, edits)))  # type: ignore[misc]
    return {"ours": ours, "theirs": theirs}


def _seconds(work: Act) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _write_all(store: Store, edits: Sequence[Edit]) -> None:
    def write(own: Sequence[Edit]) -> None:
        for edit in own:
            store.write([edit])

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, [edits[number::WRITERS] for number in range(WRITERS)]))


def _append(log: Path, lines: Sequence[bytes]) -> None:
    with log.open("ab", buffering=0) as out:
        for line in lines:
            out.write(line)
            os.fsync(out.fileno())


def main() -> None:
    """Take commands until the input ends."""
    location, asked = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    ledger = open_ledger(location)
    for line in sys.stdin:
        command, number = line.split()
        if command == "queries":
            found: object = queries(ledger.catalog, asked, int(number))
        elif command == "writes":
            found = writes(ledger.store, ledger.catalog, asked, int(number))
        else:
            found = durable(ledger.store, int(number), location.with_suffix(".appended"))
        print(json.dumps(found), flush=True)
    ledger.store.close()


if __name__ == "__main__":
    main()
