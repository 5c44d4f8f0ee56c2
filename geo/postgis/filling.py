"""The tables of the catalog, made, filled, and made again where what is kept would be made otherwise now.

Readers go on meanwhile. The row of `catalog_made` is locked for a batch at a time, which is as long as a writer waits;
so several workers may fill, each a batch, and whoever is killed leaves the rest to the next; one whose connection is
lost goes on by another. Of two releases at work at a time the one that came later wins: the other one does not make
again what it would make otherwise. What it still writes bears its number, and `mend`, which a worker of the newer one
may call at any time, makes it again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from psycopg import Connection

from geo.curated.organisations import Organisations
from geo.errors import StoreError
from geo.made_by import maker
from geo.postgis.answering.moments import Lending
from geo.postgis.indexing import are_there, maker_number, put
from geo.postgis.locks import LAYING_OUT, LOCKS
from geo.postgis.tables import OF_RECORDS, SHARED, statements
from geo.store import Records

BATCH = 500
_ANALYZE = f"ANALYZE (SKIP_LOCKED) {', '.join((*OF_RECORDS, *SHARED))}".encode()  # others may do so already
_LOST = ("database-unreachable", "database-read-only")  # as until there is a primary again
_PAUSES = (0.1, 0.5, *[2] * 14)  # in seconds: as long as it takes to promote another server
# Whoever else makes the tables is waited for, however many they are; what is locked for others is not.
_PATIENTLY = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10min'"
_AS_EVER = "SET LOCAL lock_timeout = DEFAULT"


def lay_out(lending: Lending) -> None:
    """Make the tables, and what has come to them since; nothing is locked where all is there.

    A new index keeps writers waiting while it is made, and readers not.
    """
    every = list(statements())
    layout = hashlib.blake2b("\n".join(every).encode(), digest_size=16).hexdigest()
    with lending.use() as connection:
        if _is_laid_out(connection, layout):
            return
        with connection.transaction():
            connection.execute(_PATIENTLY)
            connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, LAYING_OUT])
            connection.execute(_AS_EVER)
            if not _is_laid_out(connection, layout):
                for statement in every:
                    connection.execute(statement.encode())
                connection.execute("UPDATE catalog_made SET layout = %s", [layout])


def _is_laid_out(connection: Connection[Any], layout: str) -> bool:
    if not are_there(connection):
        return False
    return connection.execute("SELECT layout FROM catalog_made").fetchall() == [(layout,)]


def is_whole(lending: Lending) -> bool:
    """Return whether the tables have every record, whatever made them; until then no question is answered rightly."""
    with lending.use() as connection:
        return connection.execute("SELECT made_by IS NOT NULL FROM catalog_made").fetchall() == [(True,)]


def fill(lending: Lending, store: Records, organisations: Organisations, *, is_forced: bool = False) -> None:
    """Make all rows that were not made as they are made now; `is_forced` where an older release is to do so again."""
    batches = 0
    while _reached(lambda: _fill_some(lending, store, organisations, is_forced=is_forced)):
        batches += 1
        if batches.bit_count() == 1:  # 1, 2, 4, 8, …
            _reached(lambda: _take_stock(lending))
    if batches:
        _reached(lambda: _take_stock(lending))
    mend(lending, store, organisations)


def _take_stock(lending: Lending) -> bool:
    """Let PostgreSQL learn what the tables hold: what they held before they grew, it would read all of a country by.

    It does so by itself only after a while, and whoever waits for the tables asks at once.
    """
    with lending.use() as connection, connection.transaction():
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute(_ANALYZE)
    return True


def _reached(do: Callable[[], bool]) -> bool:
    """Do something once, or again where the way to the database was lost: what was made already is found as it is."""
    for seconds in _PAUSES:
        try:
            return do()
        except StoreError as error:
            if error.rule not in _LOST:
                raise
            time.sleep(seconds)
    return do()


def _fill_some(lending: Lending, store: Records, organisations: Organisations, *, is_forced: bool) -> bool:
    """Make the rows of the next ids; returns whether there may be more to do."""
    made_by = maker(organisations)
    with lending.use() as connection, connection.transaction():
        connection.execute(_PATIENTLY)
        [(done, making, made_to)] = connection.execute(
            "SELECT made_by, making, made_to FROM catalog_made FOR UPDATE"
        ).fetchall()
        if done == made_by and making is None:
            return False
        if making != made_by:
            if not is_forced and _is_older(connection, made_by, [done, making]):
                return False
            made_to = ""
        records = list(store.current(made_to, most=BATCH))
        is_last = len(records) < BATCH
        until = None if is_last else records[-1].project_id
        ids = {*_ids_between(connection, made_to, until), *(record.project_id for record in records)}
        put(connection, ids, records, organisations)
        if is_last:
            _note_whole(connection, made_by, store.latest_sequence())
        else:
            connection.execute("UPDATE catalog_made SET making = %s, made_to = %s", [made_by, until])
        return not is_last


def _is_older(connection: Connection[Any], made_by: str, others: Iterable[str | None]) -> bool:
    """Return whether others came after what this is made by, which has been here before."""
    known = dict(connection.execute("SELECT made_by, number FROM catalog_makers").fetchall())
    return made_by in known and any(known.get(other, 0) > known[made_by] for other in others if other is not None)


def _ids_between(connection: Connection[Any], after: str, until: str | None) -> list[str]:
    """Return the ids that the tables have after one and up to another: of records that are there and that are not."""
    asked = "SELECT id FROM catalog_records WHERE id > %s AND (%s::text IS NULL OR id <= %s)"
    return [each for (each,) in connection.execute(asked, [after, until, until])]


def _note_whole(connection: Connection[Any], made_by: str, sequence: int) -> None:
    maker_number(connection, made_by)  # where there are no records, too
    connection.execute(
        "UPDATE catalog_made SET made_by = %s, making = NULL, made_to = NULL, sequence = greatest(sequence, %s)",
        [made_by, sequence],
    )


def mend(lending: Lending, store: Records, organisations: Organisations) -> None:
    """Make the rows again that an older release has written meanwhile."""
    while _reached(lambda: _mend_some(lending, store, organisations)):
        pass


def _mend_some(lending: Lending, store: Records, organisations: Organisations) -> bool:
    with lending.use() as connection, connection.transaction():
        connection.execute(_PATIENTLY)
        connection.execute("SELECT sequence FROM catalog_made FOR UPDATE")
        number = maker_number(connection, maker(organisations))
        asked = "SELECT id FROM catalog_records WHERE maker < %s LIMIT %s"
        ids: Sequence[str] = [each for (each,) in connection.execute(asked, [number, BATCH])]
        heads = [store.head(each) for each in ids]
        put(connection, ids, [head for head in heads if head.project is not None], organisations)
        return len(ids) == BATCH
