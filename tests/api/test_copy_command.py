"""What an operator types to move a store between a file and a database, and to keep copies of one in a database."""

from contextlib import closing

import pytest
from click.testing import CliRunner
from conftest import copy_of
from everything import put_everything
from stored import create

from api.commands.main import main
from geo.moving import differing
from geo.opening import open_ledger

pytestmark = pytest.mark.postgres


def run(*arguments, expect=0):
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert expect == done.exit_code, done.output
    return done


@pytest.fixture
def filled(tmp_path):
    with closing(open_ledger(tmp_path / "filled.gpkg").store) as store:
        put_everything(store)
    return tmp_path / "filled.gpkg"


def change(location):
    with closing(open_ledger(location).store) as store:
        create(store, "bo-later")


def test_a_store_is_moved_into_a_database_compared_and_caught_up(filled, database):
    said = run("copy", filled, database).stderr
    assert "up to change 11 (all of them now)" in said
    assert "proposal_remarks 4, proposal_revisions 1, proposals 3, revisions 11" in said
    assert "hold the same" in run("copy", "--compare", filled, database).stderr

    change(filled)
    differ = run("copy", "--compare", filled, database, expect=1)
    assert "revisions\n" == differ.stdout
    assert "up to change 12 (1 of them now)" in run("copy", filled, database).stderr
    run("copy", "--compare", filled, database)

    change_there = run("keys", "create", "--store", database, "--name", "eva", "--role", "editor")
    assert change_there.stdout
    assert "somebody has changed since" in run("copy", filled, database, expect=1).stderr


def test_nothing_is_shown_of_a_password(filled, database):
    address = database.replace("postgres@", "postgres:pass-w0rd@")
    assert "pass-w0rd" not in run("copy", filled, address).output
    assert "pass-w0rd" not in run("copy", filled, address).output


def test_a_store_that_is_not_there_is_not_copied(tmp_path, database):
    assert "there is no such store" in run("copy", tmp_path / "none.gpkg", database, expect=1).stderr
    assert "there is no such store" in run("copy", database, tmp_path / "none.gpkg", expect=1).stderr
    assert not list(tmp_path.iterdir())


def test_a_database_is_backed_up_into_a_file_and_restored_into_an_empty_one(filled, tmp_path, make_database):
    first, again = make_database(), make_database()
    run("copy", filled, first)
    (tmp_path / "backups").mkdir()
    made = [run("backup", "--store", first, "--keep", "2", tmp_path / "backups").stdout.strip() for _ in range(3)]
    assert made[1:] == sorted(map(str, (tmp_path / "backups").iterdir()))
    assert oct(0o600) == oct((tmp_path / "backups" / made[-1]).stat().st_mode & 0o777)
    assert "Restored" in run("restore", "--store", again, made[-1]).stderr
    with closing(open_ledger(first).store) as one, closing(open_ledger(again).store) as other:
        assert one.last_backup().sequence == 11
        assert one.identity != other.identity
        assert [] == other.verify()
        assert list(one.changes_since(0)) == list(other.changes_since(0))
    assert ["last_backup"] == differing(first, again), "the source knows of one more"


def test_a_database_that_holds_a_store_is_not_restored_over(filled, database):
    create_in = copy_of("many", filled.with_name("other.gpkg"))
    run("copy", create_in, database)
    said = run("restore", "--store", database, filled, expect=1).stderr
    assert "Name a new file or an empty database" in said
    assert "a database is never replaced" in run("restore", "--replace", "--store", database, filled, expect=1).stderr
