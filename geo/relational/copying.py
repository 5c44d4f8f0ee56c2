"""A whole store from one database into another: what there was at one moment, verified; any copy is gone on with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from geo.errors import StoreError
from geo.relational import arriving, origin
from geo.relational.database import Connection, Database
from geo.relational.merging import merge
from geo.relational.store import MANY_WAIT_SECONDS, RelationalStore
from geo.relational.sums import Sums, rows, sum_of, sums_of
from geo.relational.tables import ALL, OTHERS, REVISIONS

TOGETHER = 2_000  # revisions of one transaction
Told = Callable[[int, int], object]  # how many revisions are there, of how many

_NEWEST = "SELECT coalesce(max(sequence), 0) FROM revisions"
# What every new store has already.
_FIRST = {"store_secret": 1, "hidden_authors_moves": 1}


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy holds: up to which revision, and how many of these have come just now; rows by table."""

    sequence: int
    added: int
    rows: dict[str, int]


def copy(
    source: RelationalStore, target: RelationalStore, verify: Callable[[], object], told: Told = lambda done, of: None
) -> Copied:
    """Bring what one store holds at this moment into another one, which is empty or a copy of it; raises StoreError.

    The target has a secret, keys and sequences as the source has them, and an identity of its own: the next revisions
    of both have the same numbers, and answers that somebody has kept of one must not be taken for those of the other.
    It is committed in parts. Whoever is interrupted goes on with the same call; until the target holds all, and
    `verify` has raised nothing, nobody else opens it. Who calls it has looked that nobody else copies into it.
    """
    database = target.database
    if source.identity == target.identity:
        raise StoreError("copy-into-itself", path=target.place)
    with source.database.at_one_moment() as reading:
        with database.reading() as there:
            _refuse_others(source, reading, target, there)
            before = _newest(there)
        with database.begun(MANY_WAIT_SECONDS) as writing:
            origin.begin(writing, source.identity)
        newest = _take_revisions(source, reading, database, before, told)
        sums = _take_others(reading, source.database, database)
        sums[REVISIONS.name] = sum_of(reading, REVISIONS).said()
    _refuse_different(target, sums)
    verify()
    with database.begun() as writing:
        origin.end(writing, sums)
    return Copied(newest, newest - before, {name: int(str(count)) for name, (count, _) in sums.items()})


def differing(one: RelationalStore, other: RelationalStore) -> list[str]:
    """Return the tables that do not hold the same in both stores."""
    sums: list[Sums] = []
    for store in (one, other):
        with store.database.at_one_moment() as reading:
            sums.append(sums_of(reading))
    return [table.name for table in ALL if sums[0][table.name] != sums[1][table.name]]


def _newest(connection: Connection) -> int:
    return int(connection.execute(_NEWEST).fetchone()[0])


def _refuse_others(source: RelationalStore, reading: Connection, target: RelationalStore, there: Connection) -> None:
    """Raise StoreError for a target that holds something else than a part of what the source holds."""
    known = origin.origin_of(there)
    if known is None:
        if any(len(rows(there, table, most=2)) > _FIRST.get(table.name, 0) for table in ALL):
            raise StoreError("copy-target-not-empty", path=target.place)
    elif known.identity != source.identity:
        raise StoreError("copy-target-of-another", path=target.place, source=source.place)
    elif known.sums is not None and known.sums != sums_of(there):
        raise StoreError("copy-target-changed", path=target.place, source=source.place)
    newest = (_newest(there),)
    if newest[0] and sum_of(reading, REVISIONS, newest).said() != sum_of(there, REVISIONS).said():
        raise StoreError("copy-target-of-another", path=target.place, source=source.place)


def _take_revisions(source: RelationalStore, reading: Connection, target: Database, before: int, told: Told) -> int:
    newest, at = _newest(reading), before
    told(at, newest)
    while several := arriving.after(reading, at, TOGETHER):
        with target.begun(MANY_WAIT_SECONDS) as writing:
            arriving.Arriving(writing, target, source.place).take(several)
        at = several[-1]["sequence"]
        told(at, newest)
    return newest


def _take_others(reading: Connection, source: Database, target: Database) -> Sums:
    with target.begun(MANY_WAIT_SECONDS) as writing:
        sums = {table.name: merge(reading, writing, table).said() for table in OTHERS}
        for table in OTHERS:
            if table.is_numbered:
                target.set_last_number(writing, table, source.last_number(reading, table))
    return sums


def _refuse_different(target: RelationalStore, wanted: Sums) -> None:
    with target.database.at_one_moment() as reading:
        found = sums_of(reading)
    for name, said in wanted.items():
        if found[name] != said:
            raise StoreError("copy-differs", path=target.place, table=name)
