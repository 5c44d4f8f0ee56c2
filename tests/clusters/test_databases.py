"""The throw-away cluster of the tests: one for a run, databases apart, and nothing of it left."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from clusters import databases, shared
from clusters.server import throw_away
from conftest import ROOT, wait_for


def asked(address, question):
    with contextlib.closing(psycopg.connect(address)) as connection:
        return connection.execute(question).fetchall()


def done(address, *commands):
    with contextlib.closing(psycopg.connect(address, autocommit=True)) as connection:
        for each in commands:
            connection.execute(each)


def test_a_new_database_has_places_and_trigrams_and_sorts_by_a_language(database):
    assert [("SRID=4326;POINT(-68 -20)",)] == asked(database, "SELECT ST_AsEWKT('SRID=4326;POINT(-68 -20)'::geometry)")
    assert [(1.0,)] == asked(database, "SELECT similarity('Uyuni', 'uyuni')")
    words = "SELECT * FROM (VALUES ('b'), ('B'), ('a'), ('_c')) AS words (word) ORDER BY word"
    assert ["_c", "a", "b", "B"] == [word for (word,) in asked(database, words)], "or no test finds COLLATE missing"
    assert ["B", "_c", "a", "b"] == [word for (word,) in asked(database, f'{words} COLLATE "C"')]


def test_databases_do_not_see_each_other(make_database):
    one, other = make_database(), make_database()
    done(one, "CREATE TABLE mine (n int)")
    assert [(None,)] == asked(other, "SELECT to_regclass('mine')")
    assert [("mine",)] == asked(one, "SELECT to_regclass('mine')::text")


def test_a_database_goes_though_somebody_is_connected(postgres):
    name = databases.create(postgres)
    with contextlib.closing(psycopg.connect(postgres.url(name))) as connection:
        databases.drop(postgres, name)
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            connection.execute("SELECT 1")
    assert (name,) not in asked(postgres.url(), "SELECT datname FROM pg_database")


def test_what_is_filled_once_is_copied_for_each(database_of):
    filled = []

    def fill(address):
        filled.append(address)
        done(address, "CREATE TABLE records (id text)", "INSERT INTO records VALUES ('bo-uyuni')")

    one, other = (database_of("of_test_databases", fill) for _ in range(2))
    done(one, "DELETE FROM records")
    assert [("bo-uyuni",)] == asked(other, "SELECT id FROM records")
    assert 1 == len(filled)


def test_the_server_may_be_asked_over_the_network_by_who_has_its_password():
    with throw_away(host="127.0.0.1", fsync="on") as server:
        assert [("on",)] == asked(server.address(), "SHOW fsync")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.address().replace(server.password, "guessed"))


# What is left of a run


ONE_TEST = """
import os, time
import psycopg

def test_one(postgres, database):
    with psycopg.connect(database) as connection:
        [(data, pid)] = connection.execute("SELECT current_setting('data_directory'), pg_backend_pid()").fetchall()
        print(f"{data} {pid}", flush=True)
        time.sleep(__SECONDS__)
"""
PLUGIN = ["-p", "clusters.fixtures", "-p", "no:cacheprovider", "-q", "-s"]


def run_of_its_own(file, seconds, first=""):
    """Begin a run of pytest's in a process, with one test that holds a connection for a time."""
    file.write_text(first + ONE_TEST.replace("__SECONDS__", str(seconds)))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    interruptible = ["env", "--default-signal=INT"]  # which a shell takes from what it runs in the background
    command = [*interruptible, sys.executable, "-m", "pytest", *PLUGIN, "-c", os.devnull, file]
    return subprocess.Popen(
        command, cwd=file.parent, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def told_by(run):
    """The data folder and a process of the cluster that the run's test has told of."""
    line = next(line for line in iter(run.stdout.readline, "") if "/data " in line)
    data, pid = line.strip().rpartition(".")[2].split() if line.startswith(".") else line.split()
    return Path(data), int(pid)


def is_left(data):
    """Whether there are processes, memory or files of a cluster."""
    processes = [file.parent for file in Path("/proc").glob("[0-9]*/cmdline") if str(data) in words(file)]
    return processes or data.parent.exists()


def words(file):
    try:
        return file.read_text()
    except OSError:
        return ""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_killed_leaves_nothing(postgres, open_folder, how):
    run = run_of_its_own(open_folder / "test_one.py", 600)
    data, pid = told_by(run)
    shared_memory = (data / "postmaster.pid").read_text().splitlines()[6].split()[1]
    assert is_left(data), "or this test shows nothing"
    assert shared_memory in memory()
    run.send_signal(how)
    wait_for(lambda: not is_left(data))
    assert not Path(f"/proc/{pid}").exists()
    assert shared_memory not in memory()
    run.communicate()


def memory():
    """The numbers of all shared memory in the system."""
    return {line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}


@pytest.mark.slow
def test_a_run_that_ends_has_stopped_its_cluster_before(postgres, open_folder):
    run = run_of_its_own(open_folder / "test_one.py", 0)
    data, _ = told_by(run)
    assert 0 == run.wait(60), run.stdout.read()
    assert not is_left(data)
    run.stdout.close()


AS_ORDINARY_USER = """
import os, psycopg
from clusters.installed import ordinary_user
from clusters.server import throw_away

if user := ordinary_user():
    os.setgroups([])
    os.setgid(user[1])
    os.setuid(user[0])
with throw_away() as server, psycopg.connect(server.url()) as connection:
    print(os.geteuid(), *connection.execute("SELECT current_setting('server_version_num')").fetchone())
"""


@pytest.mark.slow
def test_an_ordinary_user_runs_it(postgres):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    command = [sys.executable, "-c", AS_ORDINARY_USER]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    user, version = map(int, done.stdout.split())
    assert user != 0
    assert version >= 150_000


NOT_INSTALLED = """
from pathlib import Path
from clusters import installed

installed.SHARED = Path("/nowhere")
"""


@pytest.mark.slow
def test_a_test_is_skipped_where_it_is_not_installed_and_fails_where_all_has_to_be_tested(open_folder, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    skipped, _ = run_of_its_own(open_folder / "test_one.py", 0, NOT_INSTALLED).communicate(timeout=60)
    assert "1 skipped" in skipped
    monkeypatch.setenv("CI", "true")
    failed, _ = run_of_its_own(open_folder / "test_one.py", 0, NOT_INSTALLED).communicate(timeout=60)
    assert "1 error" in failed
    assert "Debian's postgresql-postgis" in failed


def test_all_processes_of_a_run_have_one_cluster(postgres):
    assert shared.cluster().data == postgres.data
