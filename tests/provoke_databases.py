"""What provokes each fault of a store in a PostgreSQL database, and of copying a store."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from clusters import databases, shared
from clusters.server import Server, copied, folder_for_clusters
from conftest import sql, wait_for
from cutting import Cutting
from made_up import made_up
from provoke import error, kept, refused
from stored import create

from geo.backups import restore
from geo.editing import Edit
from geo.moving import move
from geo.opening import open_ledger
from geo.postgis.pool import Pool
from geo.postgis.watching import Watch
from geo.relational import copying

EDIT = Edit("bo-a", made_up("bo-a"), None, "ana")
_AS_IT_IS = "options=-c%20"  # what a session is asked for in an address is left as it is


@contextlib.contextmanager
def a_database(template: str = databases.TEMPLATE, said: str = "") -> Iterator[str]:
    """The name of a database of the run's cluster."""
    name = databases.create(shared.cluster(), template, said)
    try:
        yield name
    finally:
        databases.drop(shared.cluster(), name)


def in_database(
    act: Callable[[str], object], template: str = databases.TEMPLATE, said: str = ""
) -> Callable[[Path], list[Any]]:
    """The error of an act on a new database."""

    def provoke(_: Path) -> list[Any]:
        with a_database(template, said) as name:
            return [refused(act, shared.cluster().url(name))]

    return provoke


def opened(address: str) -> Any:
    return contextlib.closing(open_ledger(address).store)


def opened_at_once(address: str) -> None:
    opened(address).__enter__().close()


def read_only(address: str) -> None:
    opened_at_once(address)
    name = address.split("/@")[-1].split("?")[0].rsplit("/", 1)[-1]
    with sql(address) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    with opened(address) as store:
        store.write([EDIT])


def slow(address: str) -> None:
    with opened(f"{address}&{_AS_IT_IS}statement_timeout%3D2s") as store, store.database.reading() as connection:
        connection.execute("SELECT pg_sleep(60)")


def of_something_else(address: str) -> None:
    with sql(address) as connection:
        connection.execute("CREATE TABLE others (id integer)")
    open_ledger(address)


def without_extension(address: str) -> None:
    """A user who owns the database, and may do nothing else."""
    name = address.split("?")[0].rsplit("/", 1)[-1]
    with sql(address) as connection:
        connection.execute(f'CREATE ROLE "{name}" LOGIN')
        connection.execute(f'ALTER DATABASE "{name}" OWNER TO "{name}"')
    try:
        open_ledger(address.replace("postgres@", f"{name}@"))
    finally:
        with sql(address) as connection:
            connection.execute(f'ALTER DATABASE "{name}" OWNER TO postgres')
            connection.execute(f'DROP OWNED BY "{name}"')
            connection.execute(f'DROP ROLE "{name}"')


def not_confirmed(_: Path) -> list[Any]:
    """A server that waits for a standby which is not there."""
    with folder_for_clusters() as folder:
        settings = {"fsync": "off", "synchronous_standby_names": "nobody"}
        with Server(copied(shared.made(), folder / "data"), settings).running() as server:
            address = server.url()
            opened(f"{address}&{_AS_IT_IS}synchronous_commit%3Dlocal").__enter__().close()
            with mock.patch("geo.postgis.database.CONFIRM_SECONDS", 0.1), opened(address) as store:
                return [refused(store.write, [EDIT])]


def no_folder(place: Path) -> list[Any]:
    (place / "file").write_bytes(b"")
    with mock.patch.dict(os.environ, {"XDG_CACHE_HOME": str(place / "file"), "CACHE_DIRECTORY": ""}):
        return [refused(open_ledger, "postgresql://127.0.0.1:1/ledger")]


def watching(address: str, behind: float = 1) -> Any:
    """The watch of one server, without followers."""
    return contextlib.closing(_Closing(Watch(Pool(address), [], behind)))


class _Closing:
    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def close(self) -> None:
        self.watch.end()
        self.watch.primary.pool.close()


def no_primary(_: Path) -> list[Any]:
    with watching("postgresql://127.0.0.1:1/ledger") as each:
        return [refused(lambda: next(each.watch.to_read()))]


def behind(address: str) -> None:
    """A server that knows less than what was known before, as one that was restored."""
    opened(address).__enter__().close()
    with watching(address, behind=0.01) as each:
        each.watch.note(99)
        wait_for(lambda: each.watch.settled == 99 and each.watch.primary.is_there)
        next(each.watch.to_read())


def fate_unknown(_: Path) -> list[Any]:
    """A network that ends as a change is committed, and stays away."""
    with contextlib.ExitStack() as used:
        cutting = used.enter_context(contextlib.closing(Cutting(shared.cluster())))
        store = used.enter_context(opened(cutting.address(used.enter_context(a_database()))))
        look = store.database._look_for

        def look_when_all_is_cut(token: bytes) -> object:
            cutting.cut_all()
            return look(token)

        cutting.cuts.append("after")
        store.database.pool._pool.timeout = 0.2
        with mock.patch.object(store.database, "_look_for", look_when_all_is_cut):
            return [refused(store.write, [EDIT])]


# Of a run that has no PostgreSQL these are left out.
IN_DATABASE: dict[str, list[Callable[[Path], list[Any]]]] = {
    "database-read-only": [in_database(read_only)],
    "database-behind": [in_database(behind)],
    "database-fate-unknown": [fate_unknown],
    "database-slow": [in_database(slow)],
    "database-not-confirmed": [not_confirmed],
    "database-of-something-else": [in_database(of_something_else)],
    "database-encoding": [in_database(opened_at_once, "template0", "ENCODING 'LATIN1' LOCALE 'C'")],
    "database-without-extension": [in_database(without_extension, "template0")],
}


def changed(store: Path, target: Path) -> None:
    """A copy that goes on as a store of its own."""
    move(store, target)
    _write(target)
    move(store, target)


def of_another(store: Path, target: Path) -> None:
    move(store, target)
    with opened(str(target.with_name("third.gpkg"))) as third:
        create(third)
    move(target.with_name("third.gpkg"), target)


def _write(path: Path) -> None:
    with opened(str(path)) as store:
        create(store)


def never_whole(store: Path, target: Path) -> None:
    """Something takes away what is copied."""
    opened(str(target)).__enter__().close()
    with sql(target) as connection:
        connection.execute("CREATE TRIGGER bad AFTER INSERT ON audit_log BEGIN DELETE FROM store_secret; END")
    with opened(str(store)) as kept_store:
        kept_store.audit.note("ana", "signed_in")
    move(store, target)


def unfinished(store: Path, target: Path) -> None:
    with contextlib.suppress(KeyboardInterrupt), mock.patch.object(copying, "merge", side_effect=KeyboardInterrupt):
        move(store, target)
    open_ledger(target)


def _to_new(act: Callable[[Path, Path], object]) -> Callable[[Path], list[Any]]:
    return kept(lambda store, copy: act(store, store.with_name("target.gpkg")))  # type: ignore[no-any-return]


DATABASES: dict[str, list[Callable[[Path], list[Any]]]] = {
    **IN_DATABASE,
    "database-address": [error(open_ledger, "postgresql://host:port:port/?no=yes")],
    "database-unreachable": [error(open_ledger, "postgresql://127.0.0.1:1/ledger")],
    "database-no-primary": [no_primary],
    "no-cache-folder": [no_folder],
    "restore-over-database": [kept(lambda store, copy: restore(copy, "postgresql://127.0.0.1:1/ledger", replace=True))],
    "store-copy-unfinished": [_to_new(unfinished)],
    "copy-into-itself": [kept(lambda store, copy: move(store, store))],
    "copy-target-not-empty": [_to_new(lambda store, target: (_write(target), move(store, target)))],
    "copy-target-of-another": [_to_new(of_another)],
    "copy-target-changed": [_to_new(changed)],
    "copy-differs": [_to_new(never_whole)],
}
