"""Ways to a database that is not there, or not yet, or behind a pooler."""

import contextlib
import errno
import os
import shutil
import subprocess

import psycopg
import pytest
from clusters.databases import END_ALL, working_on
from clusters.installed import as_ordinary_user
from clusters.server import folder_for_clusters, free_port
from conftest import wait_for

from geo.errors import StoreError
from geo.opening import open_ledger
from geo.postgis.pool import STATEMENT_SECONDS, Pool
from geo.postgis.watching import Watch

pytestmark = [pytest.mark.postgres, pytest.mark.stores("postgis")]


def test_why_a_database_is_not_reached_is_told():
    with pytest.raises(StoreError, match="Connection refused"):
        open_ledger("postgresql://ledger@127.0.0.1:1/ledger")


class WithoutFiles(Pool):
    """A pool that finds no file free for a new connection, as long as it is so."""

    is_so = True

    def connect(self):
        if self.is_so:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))  # psycopg lets it through
        return super().connect()


def test_a_server_is_looked_at_again_when_files_are_free_again(database):
    open_ledger(database).store.close()
    pool = WithoutFiles(database)
    with contextlib.closing(pool):
        watch = Watch(pool, [], 1)
        assert not watch.primary.is_there
        pool.is_so = False
        wait_for(lambda: watch.primary.is_there)
        watch.end()


@contextlib.contextmanager
def pgbouncer(postgres, port, more=""):
    """A pooler of the kind that lends a connection for a transaction."""
    with folder_for_clusters() as folder:
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\n* = host={postgres.sockets} port={postgres.port} user=postgres\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = any\npool_mode = transaction\n{more}"
        )
        settings.chmod(0o644)
        running = subprocess.Popen([*as_ordinary_user(), "pgbouncer", "--quiet", str(settings)])
        try:
            yield
        finally:
            running.terminate()
            running.wait()


def name_in(database):
    return database.split("/")[3].split("?")[0]


def is_reached(pool):
    with contextlib.suppress(psycopg.OperationalError), contextlib.closing(pool.connect()) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed")
def test_a_pooler_that_comes_later_is_used_then(postgres, database):
    """As one of several servers may: it is not asked for what it refuses."""
    port = free_port()
    name = name_in(database)
    with contextlib.closing(Pool(f"postgresql://postgres@127.0.0.1:{port}/{name}")) as pool:
        assert not is_reached(pool)
        with pgbouncer(postgres, port):
            wait_for(lambda: is_reached(pool))
            with pool.reading() as connection:
                assert 1 == connection.execute("SELECT 1").fetchone()[0]


@pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed")
def test_nothing_is_prepared_where_a_pooler_leaves_out_what_a_session_asks_for(postgres, database):
    """Though sessions may have there what we ask for, as the operator has set it."""
    port = free_port()
    name = name_in(database)
    with working_on(postgres) as connection:
        connection.execute(f"ALTER DATABASE {name} SET statement_timeout = '{STATEMENT_SECONDS}s'".encode())
    with (
        pgbouncer(postgres, port, "ignore_startup_parameters = options\n"),
        contextlib.closing(Pool(f"postgresql://postgres@127.0.0.1:{port}/{name}")) as pool,
    ):
        wait_for(lambda: is_reached(pool))
        with contextlib.closing(pool.connect()) as pooled:
            assert pooled.prepare_threshold is None
    with contextlib.closing(Pool(database)) as own, contextlib.closing(own.connect()) as connection:
        assert connection.prepare_threshold, "a session of one's own"


def test_a_connection_that_was_lost_is_given_back_once(postgres, database, monkeypatch):
    """Or the pool would make two for it when the database is there again, and so more than it may have."""
    monkeypatch.setattr("geo.postgis.pool.WAIT_SECONDS", 0)
    with contextlib.closing(Pool(database)) as pool:
        with pool.reading() as connection:
            connection.execute("SELECT 1")
        with working_on(postgres) as connection:
            connection.execute(f"ALTER DATABASE {name_in(database)} ALLOW_CONNECTIONS false".encode())
            connection.execute(END_ALL, [name_in(database)])
        with pytest.raises(StoreError), pool.reading() as connection:
            connection.execute("SELECT 1")
        assert 1 == pool.counts()["returns_bad"]
