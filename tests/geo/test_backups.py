"""A backup is whole, of one moment and on disk, whoever writes meanwhile; and a store is made from it again."""

import contextlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys

import pytest
from conftest import ROOT, copy_of, sql
from made_up import made_up
from stored import create, names, rename

from geo import unfinished
from geo.backups import back_up, restore
from geo.editing import Edit
from geo.errors import StoreError
from geo.keys import create_key, digest
from geo.opening import open_ledger

STORES = ("geopackage",)  # this is about a file

fcntl = pytest.importorskip("fcntl")
pytestmark = pytest.mark.slow

NAME = re.compile(r"store-\d{8}T\d{9}Z\.gpkg")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.gpkg"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@contextlib.contextmanager
def opened(path):
    with contextlib.closing(open_ledger(path).store) as store:
        yield store


def history(path):
    with opened(path) as store:
        return list(store.changes_since(0))


def rule_of(call, *arguments, **named):
    with pytest.raises(StoreError) as refused:
        call(*arguments, **named)
    return refused.value.rule


# Backing up


def test_a_backup_has_everything_that_was_written_until_then(store, file, folder):
    create(store)
    store.write([rename("Second", 1)])
    _, secret = create_key(store.keys, "ana", "editor")
    made = back_up(file, folder)
    create(store, "bo-later")
    assert 2 == made.of.sequence
    with opened(made.file) as copied:
        assert list(store.changes_since(0))[:2] == list(copied.changes_since(0))
        assert "ana" == copied.keys.find(digest(secret)).name
        assert [] == copied.verify()


def test_a_backup_is_one_file_that_only_its_owner_reads(store, file, folder):
    create(store)
    made = back_up(file, folder)
    assert [made.file] == list(folder.iterdir())
    assert NAME.fullmatch(made.file.name)
    assert 0o600 == stat.S_IMODE(made.file.stat().st_mode)


def test_the_store_knows_when_it_was_backed_up_last(make_store, file, folder):
    store = make_store()
    assert store.last_backup() is None
    create(store)
    first = back_up(file, folder)
    assert first.of == store.last_backup()
    create(store, "bo-later")
    assert back_up(file, folder).of == store.last_backup() == make_store().last_backup()
    assert 2 == store.last_backup().sequence


def test_a_backup_that_the_store_cannot_note_is_one_all_the_same(store, file, folder, monkeypatch):
    monkeypatch.setattr("geo.geopackage.pool.WAIT_SECONDS", 0.05)
    create(store)
    with sql(file) as lock:
        lock.execute("BEGIN IMMEDIATE")
        made = back_up(file, folder)
    assert "database is locked" in str(made.not_noted)
    assert ["bo-made-up"] == [each.project_id for each in history(made.file)]


def test_of_a_folder_the_newest_copies_stay_and_nothing_else_is_touched(store, file, folder):
    others = ["notes.txt", "store.gpkg", "other-20200101T000000000Z.gpkg", "store-20200101.gpkg"]
    for name in others:
        (folder / name).write_text("mine")
    (folder / "store-20190101T000000000Z.gpkg").mkdir()
    old = [folder / f"store-2020010{day}T000000000Z.gpkg" for day in range(1, 5)]
    for each in old:
        each.write_text("an old copy")
    made = back_up(file, folder, keep=3)
    assert tuple(old[:2]) == made.removed
    kept = {*others, old[2].name, old[3].name, made.file.name, "store-20190101T000000000Z.gpkg"}
    assert kept == {each.name for each in folder.iterdir()}


def test_the_copy_that_was_just_made_stays_though_the_clock_was_set_back(store, file, folder):
    ahead = folder / "store-21990101T000000000Z.gpkg"
    ahead.write_text("of a clock that was ahead")
    made = back_up(file, folder, keep=1)
    assert [made.file] == list(folder.iterdir())


def test_without_a_number_all_copies_stay(store, file, folder):
    made = [back_up(file, folder).file for _ in range(5)]
    assert made == sorted(folder.iterdir()), "in the order of their names"


def test_a_backup_that_fails_removes_nothing_and_leaves_nothing(store, file, folder):
    create(store)
    old = back_up(file, folder).file
    store.close()
    with file.open("r+b") as damaged:
        damaged.seek(-4096, os.SEEK_END)
        damaged.write(b"\xff" * 4096)
    assert rule_of(back_up, file, folder, keep=1) in ("copy-damaged", "store-unusable")
    assert [old] == list(folder.iterdir())


def test_a_file_is_replaced_only_where_that_is_said(store, file, tmp_path):
    create(store)
    target = tmp_path / "backup.gpkg"
    back_up(file, target)
    create(store, "bo-later")
    assert "backup-there" == rule_of(back_up, file, target)
    assert 1 == len(history(shutil.copy(target, tmp_path / "looked at.gpkg")))
    back_up(file, target, replace=True)
    assert 2 == len(history(target))


def test_no_backup_takes_the_place_of_a_store(store, file, tmp_path):
    open_ledger(tmp_path / "other.gpkg").store.close()
    (tmp_path / "link.gpkg").symlink_to(file)
    for target in (file, tmp_path / "other.gpkg", tmp_path / "link.gpkg"):
        assert "backup-over-store" == rule_of(back_up, file, target, replace=True)


def test_a_backup_that_another_process_is_writing_is_left_to_it(store, file, tmp_path):
    with unfinished.path_of(tmp_path / "backup.gpkg").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert "copy-being-written" == rule_of(back_up, file, tmp_path / "backup.gpkg")


def test_a_folder_that_is_not_there_is_said(store, file, tmp_path):
    with pytest.raises(StoreError, match="cannot be written: No such file or directory"):
        back_up(file, tmp_path / "nowhere" / "backup.gpkg")


def test_what_is_no_store_gives_no_backup(tmp_path, folder):
    with sql(tmp_path / "other.gpkg") as connection:
        connection.execute("CREATE TABLE others (id)")
    (tmp_path / "empty.gpkg").touch()
    (tmp_path / "gone.gpkg-wal").touch()
    rules = [rule_of(back_up, tmp_path / f"{name}.gpkg", folder) for name in ("other", "empty", "gone", "never")]
    assert ["no-store-in-file", "store-file-empty", "store-lost", "store-not-there"] == rules
    assert [] == list(folder.iterdir())


def test_a_store_of_a_former_release_is_copied_as_it_is(file, folder):
    """Before an upgrade, say, by the command that comes with it."""
    copy_of("many", file)
    with sql(file) as connection:
        connection.execute("DROP TABLE last_backup")
        connection.execute("DELETE FROM store_migrations WHERE number = 7")
    made = back_up(file, folder)
    with sql(file) as store, sql(made.file) as copied:
        tables = "SELECT name FROM sqlite_master ORDER BY name"
        assert store.execute(tables).fetchall() == copied.execute(tables).fetchall()


# Restoring


@pytest.fixture
def backup(store, file, folder):
    create(store)
    store.write([rename("Second", 1)])
    made = back_up(file, folder).file
    create(store, "bo-later")
    store.close()
    return made


def test_a_store_is_made_again_from_a_backup(backup, tmp_path):
    restored = restore(backup, tmp_path / "again.gpkg")
    assert (2, None) == (restored.sequence, restored.former)
    assert history(backup) == history(tmp_path / "again.gpkg")
    assert 0o600 == stat.S_IMODE((tmp_path / "again.gpkg").stat().st_mode)
    with opened(tmp_path / "again.gpkg") as store, sql(tmp_path / "again.gpkg") as connection:
        assert "wal" == connection.execute("PRAGMA journal_mode").fetchone()[0]
        assert [] == store.verify()
        assert 3 == create(store, "bo-after").sequence


def test_a_store_that_is_there_is_replaced_only_where_that_is_said_and_is_kept(backup, file):
    before = history(file)
    assert "store-there" == rule_of(restore, backup, file)
    assert before == history(file)
    former = restore(backup, file, replace=True).former
    assert re.fullmatch(r"store-former-\d{8}T\d{9}Z\.gpkg", former.name)
    assert (2, before) == (len(history(file)), history(former))


def test_a_restored_store_is_another_one(backup, file):
    """Its next change has the number of one that the former store had: what was answered then is not true now."""
    with opened(file) as former, opened(backup) as copied:
        identity, token = former.identity, former.following_from_secret(b"token", b"a")
        assert identity == copied.identity
    file.with_name("store.gpkg-ready").write_text("answers of the former store")
    restore(backup, file, replace=True)
    assert not file.with_name("store.gpkg-ready").exists()
    with opened(file) as restored:
        assert identity != restored.identity
        assert token == restored.following_from_secret(b"token", b"a")


def test_a_journal_of_a_store_that_is_gone_does_not_get_into_the_restored_one(backup, file, tmp_path):
    """SQLite would take it for the journal of the file beside it, and write its pages into that."""
    with opened(file) as store:
        create(store, "bo-in-the-journal")
        shutil.copy(f"{file}-wal", tmp_path / "kept-wal")
    for suffix in ("", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(f"{file}{suffix}")
    shutil.copy(tmp_path / "kept-wal", f"{file}-wal")
    former = restore(backup, file).former
    assert (tmp_path / "kept-wal").read_bytes() == former.with_name(f"{former.name}-wal").read_bytes()
    assert history(backup) == history(file)


def test_a_file_that_shrank_to_nothing_is_replaced_without_a_word(backup, file):
    os.truncate(file, 0)
    assert restore(backup, file).former is None
    assert 2 == len(history(file))


def test_a_damaged_store_is_replaced_and_kept_as_it_is(backup, file):
    file.write_bytes(b"\xff" * 9000)
    former = restore(backup, file, replace=True).former
    assert b"\xff" * 9000 == former.read_bytes()
    assert 2 == len(history(file))


@pytest.mark.parametrize("damage", ["cut off", "page", "text", "empty", "other"])
def test_a_backup_that_is_damaged_changes_nothing(backup, file, damage):
    whole = backup.read_bytes()
    if damage == "other":
        backup.unlink()
        with sql(backup) as connection:
            connection.execute("CREATE TABLE others (id)")
    else:
        cut, last = whole[: len(whole) // 2], whole[:-4096] + b"\xff" * 4096
        backup.write_bytes({"cut off": cut, "page": last, "text": b"not a database " * 99, "empty": b""}[damage])
    before, there = history(file), set(os.listdir(file.parent))
    assert rule_of(restore, backup, file, replace=True) in ("copy-damaged", "store-unusable", "no-store-in-file")
    assert (before, there) == (history(file), set(os.listdir(file.parent)))


def test_a_backup_of_a_newer_release_is_refused(backup, tmp_path):
    with sql(backup) as connection:
        connection.execute("INSERT INTO store_migrations (number, name) VALUES (9999, 'from the future')")
    assert "store-too-new" == rule_of(restore, backup, tmp_path / "again.gpkg")
    assert not (tmp_path / "again.gpkg").exists()


def test_a_backup_of_a_former_release_becomes_a_store_of_this_one(backup, tmp_path):
    with sql(backup) as connection:
        connection.execute("DROP TABLE last_backup")
        connection.execute("DELETE FROM store_migrations WHERE number = 7")
    restore(backup, tmp_path / "again.gpkg")
    with opened(tmp_path / "again.gpkg") as store:
        assert (2, None) == (store.latest_sequence(), store.last_backup())


def test_a_copy_with_its_journal_is_read_with_it(store, file, tmp_path):
    """As somebody makes it who copies both files of a store at rest."""
    create(store)
    for suffix in ("", "-wal"):
        shutil.copy(f"{file}{suffix}", tmp_path / f"copy.gpkg{suffix}")
    assert 1 == restore(tmp_path / "copy.gpkg", tmp_path / "again.gpkg").sequence


def test_a_folder_and_the_backup_itself_are_no_places_for_a_store(backup, tmp_path):
    assert "store-is-folder" == rule_of(restore, backup, tmp_path, replace=True)
    assert "backup-over-store" == rule_of(restore, backup, backup, replace=True)


HOLDS = """
import sys
from geo.opening import open_ledger
store = open_ledger(sys.argv[1]).store
print(store.latest_sequence(), flush=True)
sys.stdin.read()
"""


def test_a_store_that_another_process_has_open_is_not_replaced(backup, file):
    command = [sys.executable, "-W", "ignore", "-c", HOLDS, str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert "3\n" == holder.stdout.readline()
        assert "store-in-use" == rule_of(restore, backup, file, replace=True)
        holder.stdin.close()
    assert 0 == holder.returncode
    assert 3 == len(history(file))
    restore(backup, file, replace=True)
    assert 2 == len(history(file))


# Killed


WRITERS = """
import os, sys
sys.path.insert(0, "tests")
from made_up import made_up
from geo.editing import Edit
from geo.opening import open_ledger

store, prefix = open_ledger(sys.argv[1]).store, sys.argv[2]
for number in range(100_000):
    project_id = f"bo-{prefix}-{number}"
    for expected in (None, 1):
        [made] = store.write([Edit(project_id, made_up(project_id, name=f"Name {number}"), expected, "writer")])
        os.write(1, f"{made.sequence} {project_id} {made.number} {made.time}\\n".encode())
"""


@pytest.mark.slow
def test_backup_kill_restore_compare_every_revision(file, folder, tmp_path):
    """Writers are killed while they write; what was acknowledged before the backup began is in it, and equal."""
    open_ledger(file).store.close()
    commands = [[sys.executable, "-W", "ignore", "-c", WRITERS, str(file), prefix] for prefix in "ab"]
    writers = [subprocess.Popen(each, cwd=ROOT, stdout=subprocess.PIPE, text=True) for each in commands]
    acknowledged = [[writer.stdout.readline().split() for _ in range(60)] for writer in writers]
    made = back_up(file, folder)
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    restore(made.file, tmp_path / "again.gpkg")

    original, restored = history(file), history(tmp_path / "again.gpkg")
    assert original[: len(restored)] == restored
    assert made.of.sequence == len(restored)
    kept = {str(each.sequence): [each.project_id, str(each.number), each.time] for each in restored}
    for sequence, *told in (*acknowledged[0], *acknowledged[1]):
        assert told == kept[sequence]
    with opened(tmp_path / "again.gpkg") as store:
        assert [] == store.verify()
        assert len(names(store)) == len({each.project_id for each in restored})
        store.write([Edit("bo-after", made_up("bo-after"), None, "ana")])


KILLED = """
import os, signal, sys
from pathlib import Path
from geo import backups
from geo.geopackage import copying
how, *paths = sys.argv[1:]
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if how == "copying":
    copying._verify = die
elif how == "placing":
    os.replace = die
elif how == "keeping":
    backups.keep_beside = die
else:
    backups.note_made = backups._Names.rotate = die
call = backups.back_up if paths.pop(0) == "backup" else backups.restore
call(Path(paths[0]), Path(paths[1]), **({"keep": 1} if call is backups.back_up else {"replace": True}))
"""


def killed(how, what, *paths):
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", KILLED, how, what, *map(str, paths)], cwd=ROOT)
    assert -9 == done.returncode


@pytest.mark.parametrize("how", ["copying", "placing", "rotating"])
def test_a_backup_that_is_killed_leaves_the_others_and_the_next_one_clears_up(store, file, folder, how):
    create(store)
    old = back_up(file, folder).file
    killed(how, "backup", file, folder)
    assert old.exists()
    made = back_up(file, folder, keep=1)
    assert [made.file] == list(folder.iterdir())


@pytest.mark.parametrize("how", ["copying", "placing", "keeping", "noting"])
def test_a_restore_that_is_killed_leaves_a_store_that_opens(backup, file, how):
    """The former one until the new one is whole."""
    before = history(file)
    killed(how, "restore", backup, file)
    assert (how != "noting") == unfinished.path_of(file).exists()
    assert history(file) == (before[:2] if how == "noting" else before)
    assert not unfinished.path_of(file).exists(), "opening a store clears up"
    restore(backup, file, replace=True)
    assert before[:2] == history(file)
