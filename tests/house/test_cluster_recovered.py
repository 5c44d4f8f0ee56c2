"""A cluster as we ship it, after deaths, power cuts and a restore: no former primary goes on, and nothing is lost."""

import contextlib
import re
import shutil

import pytest
from clusters.server import folder_for_clusters
from clusters.shipped import NAMES, shipped
from clusters.typed import block, typed
from conftest import wait_for
from made_up import made_up_feature

from geo.backups import back_up
from geo.editing import Edit
from geo.opening import open_store
from geo.records.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

REJOIN, COPY, RESTORE = block("pg_rewind"), block("pg_basebackup --dbname"), block("createdb --owner")


@pytest.fixture(scope="module")
def running(postgres):
    """The cluster; each test leaves a primary and two standbys."""
    with folder_for_clusters() as folder, shipped(folder) as begun:
        begun.psql("db1", "CREATE TABLE kept AS SELECT 0 AS number")
        yield begun


def replaced(running):
    """Kill the primary, promote another server, and write what a third one confirms; returns the names of all."""
    former = running.primary
    running.kill(former)
    promoted = running.promote()
    number = int(
        running.psql(promoted, "INSERT INTO kept SELECT max(number) + 1 FROM kept RETURNING number").split()[0]
    )
    return former, promoted, next(name for name in NAMES if name not in (former, promoted)), number


def in_recovery(running, name):
    return "t" == running.psql(name, "SELECT pg_is_in_recovery()")


def newest(running, name):
    return int(running.psql(name, "SELECT max(number) FROM kept"))


def is_standby_with(running, name, number):
    return in_recovery(running, name) and wait_for(lambda: number == newest(running, name))


def slots(running, name):
    return running.psql(name, "SELECT string_agg(slot_name, ',' ORDER BY slot_name) FROM pg_replication_slots")


def data_of(running, name):
    return running.folder / name / "data"


def begin(running, name):
    running.begin(name)
    running.wait_for(name)


def stopped_as_typed(running, name):
    """Stop what was begun as it is typed, and begin it as the other databases are, which end with the test."""
    typed(running, name, "systemctl stop postgresql@15-main")
    begin(running, name)


def test_a_copy_whose_making_was_killed_is_a_standby(running):
    name = next(each for each in NAMES if each != running.primary)
    running.end(name)
    shutil.rmtree(data_of(running, name))
    running.begin_killed_by(name, "mv", 'mv "$@"')
    assert "standby" == running.role(name)
    begin(running, name)
    assert in_recovery(running, name)


def test_a_former_primary_that_was_killed_while_it_was_rewound_is_copied_anew(running):
    former, promoted, other, number = replaced(running)
    running.begin_killed_by(former, "pg_rewind", 'rm -r "$PGDATA/base/1"')
    running.end(other)
    running.end(promoted)
    assert "unfinished" == running.role(former)
    assert not running.is_allowed(former), "nobody else is the primary, and it is no database"
    running.begin(former)
    begin(running, promoted)
    begin(running, other)
    running.wait_for(former)
    assert is_standby_with(running, former, number)
    assert "standby" == running.role(former)


def test_who_is_promoted_has_a_slot_for_every_other_server(running):
    """Also where its first start as a standby was too slow for its making them."""
    for name in NAMES:
        if name != running.primary:
            running.psql(name, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
    former, promoted, other, number = replaced(running)
    assert ",".join(sorted([former, other])) == slots(running, promoted)
    begin(running, former)
    assert is_standby_with(running, former, number)
    assert ",".join(sorted([promoted, other])) == slots(running, former)


def test_the_one_promoted_last_begins_whoever_came_back_first(running):
    """All hosts lose their power after a promotion, and the former primary is back first."""
    former, promoted, other, number = replaced(running)
    running.end(other)
    running.end(promoted)
    begin(running, former)  # nobody is there to be asked
    running.psql(former, "SET synchronous_commit = local; INSERT INTO kept VALUES (1000)")

    assert "primary" == running.role(promoted)
    done = typed(running, promoted, REJOIN)
    assert done.returncode, "it is the other one that goes"
    assert "that one is a former primary: end it" in done.stderr
    assert running.is_allowed(promoted)
    begin(running, promoted)
    assert (False, number) == (in_recovery(running, promoted), newest(running, promoted))

    running.end(former)
    assert "former" == running.role(former)
    begin(running, former)
    begin(running, other)
    assert is_standby_with(running, former, number)
    assert is_standby_with(running, other, number)


def test_a_former_primary_is_rejoined_as_it_is_typed(running):
    former, _, _, number = replaced(running)
    done = typed(running, former, REJOIN)
    assert 0 == done.returncode, done.stderr
    assert is_standby_with(running, former, number)
    stopped_as_typed(running, former)


def test_what_cannot_be_rewound_is_left_and_then_copied_as_it_is_typed(running):
    former, promoted, _, number = replaced(running)
    (data_of(running, former) / "PG_VERSION").unlink()
    there = {each.name for each in (data_of(running, former) / "pg_replslot").iterdir()}
    done = typed(running, former, REJOIN)
    assert done.returncode
    assert "pg_rewind: error" in done.stderr
    assert not (data_of(running, former) / "standby.signal").exists()
    assert there == {each.name for each in (data_of(running, former) / "pg_replslot").iterdir()} != set()
    assert "unfinished" == running.role(former)
    assert not running.is_allowed(former)

    done = typed(running, former, COPY.replace("host=db1", f"host={promoted}").replace("$(hostname)", former))
    assert 0 == done.returncode, done.stderr
    assert is_standby_with(running, former, number)
    stopped_as_typed(running, former)


def test_a_server_that_cannot_read_the_password_begins_nothing(running):
    """Nobody would let it ask, as if nobody were the primary."""
    name = next(each for each in NAMES if each != running.primary)
    running.end(name)
    mark = data_of(running, name) / "standby.signal"
    mark.rename(running.folder / "aside")
    running.passfile.chmod(0o000)
    assert not running.is_allowed(name)
    running.passfile.chmod(0o600)
    (running.folder / "aside").rename(mark)
    begin(running, name)


def written(store, name):
    edit = Edit(f"bo-{name}", Project.from_feature(made_up_feature(1) | {"id": f"bo-{name}"}), None, "ana")
    store.write([edit])


def test_a_backup_takes_the_place_of_the_database_as_it_is_typed(running, tmp_path, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", str(running.passfile))
    with contextlib.closing(open_store(running.addresses)) as store:
        written(store, "before")
        kept = back_up(running.addresses, tmp_path).file
        written(store, "after")
    text = re.sub(r"/backups/\S+", str(kept), RESTORE).replace("exec db1", f"exec {running.primary}")
    text = text.replace("postgresql://ledger@db1,db2,db3/", running.addresses.split("ledger?")[0])
    done = typed(running, running.primary, text)
    assert 0 == done.returncode, done.stdout + done.stderr
    with contextlib.closing(open_store(running.addresses)) as store:
        assert ["bo-before"] == list(store.current_ids()), done.stdout + done.stderr
        written(store, "afterwards")
    asked = "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE datname IN ('ledger', 'former')"
    assert "former,ledger" == running.psql(running.primary, asked)
