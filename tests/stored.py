"""What tests of stores do again and again."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
from made_up import made_up

from geo.editing import Edit
from geo.postgis.addresses import is_database
from geo.postgis.locks import LOCKS, WRITING
from geo.relational.turns import Waiting
from geo.store import Revision, Store


def create(store: Store, project_id: str = "bo-made-up", **properties: object) -> Revision:
    return store.write([Edit(project_id, made_up(project_id, **properties), None, "ana")])[0]


def rename(name: str, expected: int, project_id: str = "bo-made-up") -> Edit:
    return Edit(project_id, made_up(project_id, name=name), expected, "ben", "a better name")


def names(store: Store) -> dict[str, str]:
    return {r.project_id: r.project.properties.name for r in store.current() if r.project}


@contextlib.contextmanager
def sql(place: Path | str) -> Iterator[Any]:
    """Open a store's file, or its database, as another program does, and close it again."""
    connection: Any = (
        psycopg.connect(str(place), autocommit=True)
        if is_database(place)
        else sqlite3.connect(place, isolation_level=None)
    )
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def written_by_another(place: Path | str) -> Iterator[None]:
    """Let another program have the turn to write to a store."""
    take = f"SELECT pg_advisory_lock({LOCKS}, {WRITING})" if is_database(place) else "BEGIN IMMEDIATE"
    with sql(place) as other:
        other.execute(take)
        yield


def new(project_id: str) -> Edit:
    return Edit(project_id, made_up(project_id), None, "ana")


@contextlib.contextmanager
def written_together(store: Any, *writers: list[Edit]) -> Iterator[list[Future[list[Revision]]]]:
    """Let these edits of one writer each wait for one turn, in this order; gives what will become of each."""
    with ThreadPoolExecutor(len(writers)) as pool:
        with store._turns.turn(Waiting()):
            begun = []
            for number, edits in enumerate(writers, 1):
                begun.append(pool.submit(store.write, edits))
                while len(store._turns._queue) < number and not begun[-1].done():
                    time.sleep(0.001)
        yield begun
