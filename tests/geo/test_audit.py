"""The audit log: append-only, in the order of time, with the changes of records where they belong."""

import pytest
from conftest import REFUSED_BY_SQL, sql
from made_up import made_up

from geo.audit import CONSOLE
from geo.editing import Edit
from geo.keys import create_key, rotate_key
from geo.permissions import Person

ACTIONS = ["key_made", "record_created", "signed_in", "record_changed", "key_rotated", "key_revoked", "record_deleted"]


@pytest.fixture
def busy(store):
    """A store in which everything was done once."""
    key, _ = create_key(store.keys, "ana", "editor", scope=["BO"], by="carla")
    store.write([Edit("bo-made-up", made_up(), None, "ana", "found")])
    store.sessions.add(b"1" * 32, Person("ana", "editor", ("BO",), key.id))
    store.write([Edit("bo-made-up", made_up(summary="Told."), 1, "ana")])
    rotate_key(store.keys, "ana", "2999-01-01T00:00:00.000Z", by="carla")
    store.keys.revoke("ana")
    store.write([Edit("bo-made-up", None, 2, "ben")])
    return store


def test_everything_is_told_once_in_the_order_of_time(busy):
    entries = list(busy.audit.entries())
    assert ACTIONS == [entry.action for entry in entries]
    assert ["carla", "ana", "ana", "ana", "carla", CONSOLE, "ben"] == [entry.actor for entry in entries]
    assert {"role": "editor", "countries": "BO"} == entries[0].details
    assert ("bo-made-up", {"revision": 1, "comment": "found"}) == (entries[1].subject, entries[1].details)
    assert sorted(entry.time for entry in entries) == [entry.time for entry in entries]


def test_a_part_is_told_from_a_time_on_and_before_another(busy):
    entries = list(busy.audit.entries())
    middle = entries[3].time
    assert [e for e in entries if e.time >= middle] == list(busy.audit.entries(since=middle))
    assert [e for e in entries if e.time < middle] == list(busy.audit.entries(until=middle))


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_it_is_read_backwards_page_by_page(busy, limit):
    told, mark = [], None
    while True:
        page = busy.audit.newest(limit, mark)
        assert len(page.entries) <= limit
        told += page.entries
        mark = page.after
        if mark is None:
            break
    assert list(busy.audit.entries())[::-1] == told


CHANGES = [
    "UPDATE audit_log SET actor = 'x'",
    "DELETE FROM audit_log",
    "REPLACE INTO audit_log SELECT * FROM audit_log",
    "TRUNCATE audit_log",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_no_entry_is_changed_or_deleted_by_any_program(busy, statement):
    if statement.startswith("TRUNCATE" if busy.path.exists() else "REPLACE"):
        return  # which this database does not know
    with sql(busy.location) as other, pytest.raises(REFUSED_BY_SQL, match="append-only"):
        other.execute(statement)


def test_what_was_noted_is_there_in_another_process_and_what_failed_is_not(make_store):
    store = make_store()
    store.audit.note("ana", "released", "2026.12", revision=7)
    with pytest.raises(AssertionError):
        store.audit.note("ana", "dreamt")
    [entry] = make_store().audit.entries()
    assert ("ana", "released", "2026.12", {"revision": 7}) == (entry.actor, entry.action, entry.subject, entry.details)


def test_a_key_that_was_not_made_is_not_in_the_log(store):
    create_key(store.keys, "ana", "editor")
    with pytest.raises(Exception, match="ana"):
        create_key(store.keys, "ana", "editor")
    assert 1 == len(list(store.audit.entries()))
