"""A connection that is cut as a change is committed: it is made once, or known not to be, and nothing else is said."""

import contextlib
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from clusters.databases import END_ALL, working_on
from conftest import make_api
from cutting import Cutting
from made_up import made_up, made_up_feature
from stored import create, names, rename, sql

from geo.editing import Edit, Once
from geo.errors import StoreError, Unconfirmed
from geo.keys import create_key
from geo.opening import open_ledger
from geo.postgis.pool import MOST_CONNECTIONS

pytestmark = [pytest.mark.postgres, pytest.mark.stores("postgis")]
ITEMS = "/api/collections/projects/items"


@pytest.fixture
def cutting(postgres):
    with contextlib.closing(Cutting(postgres)) as between:
        yield between


@pytest.fixture
def store(make_store, cutting):
    """A store that is reached over a network which can be cut."""
    make_store()
    with contextlib.closing(open_ledger(cutting.address(make_store.location.split("/")[3].split("?")[0])).store) as it:
        yield it


def new(project_id, once=None):
    return Edit(project_id, made_up(project_id), None, "ana", once=once)


@pytest.mark.parametrize(("cut", "commits"), [("after", 2), ("before", 2)])
def test_a_change_whose_commit_is_cut_is_made_once_and_its_revision_is_answered(store, cutting, cut, commits):
    create(store)
    before = cutting.commits
    cutting.cuts.append(cut)
    [revision] = store.write([rename("Renamed", 1)])
    assert (2, 2, "Renamed") == (revision.sequence, revision.number, revision.project.properties.name)
    assert [1, 2] == [each.sequence for each in store.changes_since(0)]
    assert commits == cutting.commits - before, "it is confirmed, or written again, and nothing else"
    assert [] == store.verify()


def test_what_is_cut_again_and_again_before_it_is_written_is_given_up_and_not_there(store, cutting):
    cutting.cuts += ["before"] * 3
    with pytest.raises(StoreError) as refused:
        create(store)
    assert "database-unreachable" == refused.value.rule
    assert {} == names(store)
    assert 1 == create(store).sequence


@pytest.mark.parametrize("cut", ["after", "before"])
def test_all_writers_of_a_transaction_that_is_cut_are_answered_once(store, cutting, cut):
    cutting.cuts += [cut, cut]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda n: store.write([new(f"bo-{n}")])[0], range(8)))
    assert list(range(1, 9)) == sorted(each.sequence for each in told)
    assert sorted(told, key=lambda each: each.sequence) == list(store.changes_since(0))


@pytest.mark.parametrize("cut", ["after", "before"])
def test_a_change_whose_fate_nobody_can_be_asked_is_said_to_be_so_and_made_once_in_the_end(
    store, cutting, monkeypatch, cut
):
    edit = new("bo-made-up", Once(b"n" * 32, b"c" * 32))
    cutting.cuts.append(cut)
    look = store._database._look_for

    def look_when_all_is_cut(token):
        cutting.cut_all()
        return look(token)

    monkeypatch.setattr(store._database, "_look_for", look_when_all_is_cut)
    store.pool._pool.timeout = 0.2
    with pytest.raises(Unconfirmed) as unknown:
        store.write([edit])
    assert "database-fate-unknown" == unknown.value.rule
    cutting.is_open = True
    store.pool._pool.timeout = 30
    [revision] = store.write([edit])
    assert [revision] == list(store.changes_since(0))
    assert 1 == revision.sequence


def test_a_key_whose_making_is_cut_is_there_once(store, cutting):
    cutting.cuts.append("after")
    key, _ = create_key(store.keys, "ana", "editor")
    assert [key] == store.keys.all()


READ, WRITTEN = lambda store: names(store), lambda store: create(store, "bo-other")


@pytest.mark.parametrize("asked", [[READ, WRITTEN], [WRITTEN, READ]], ids=["read first", "written first"])
def test_connections_that_were_lost_while_nobody_used_them_are_nobody_s_fault(store, cutting, postgres, asked):
    create(store)
    with contextlib.ExitStack() as lent:
        for _ in range(MOST_CONNECTIONS):
            lent.enter_context(store.pool.use())
    with sql(store.location) as other:
        database = other.info.dbname
    with working_on(postgres) as other:
        other.execute(END_ALL, [database])
    for ask in asked:
        ask(store)
    assert {"bo-made-up": "Made-up plant", "bo-other": "Made-up plant"} == names(store)
    assert 2 == store.latest_sequence()


@pytest.fixture
def followed(replicas, monkeypatch):
    """A store on a primary without standbys, and what makes it wait for one."""
    monkeypatch.setattr("geo.postgis.database.CONFIRM_SECONDS", 1)
    running = replicas(0)
    with contextlib.closing(open_ledger(running.primary.address()).store) as store:

        def wait_for_standbys(named):
            with working_on(running.primary) as connection:
                connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{named}'")
                connection.execute("SELECT pg_reload_conf()")
                while connection.execute("SHOW synchronous_standby_names").fetchone() != (named,):
                    time.sleep(0.01)

        yield store, wait_for_standbys


@pytest.mark.slow
def test_what_no_standby_confirms_is_not_acknowledged_however_often_it_is_asked_for_and_made_once(followed):
    store, wait_for_standbys = followed
    api = make_api(store)
    headers = {**api.editor, "Content-Type": "application/geo+json", "Idempotency-Key": "one"}

    def ask():
        return api.client.post(ITEMS, content=json.dumps(made_up_feature()), headers=headers)

    wait_for_standbys("nobody")
    for _ in range(2):
        began = time.monotonic()
        answer = ask()
        assert (503, "change-unconfirmed") == (answer.status_code, answer.json()["rule"])
        assert "Idempotency-Key" in answer.json()["detail"]
        assert 0.9 < time.monotonic() - began < 30
        assert answer.headers["Retry-After"]
    wait_for_standbys("")
    answer = ask()
    assert (201, 1) == (answer.status_code, answer.json()["properties"]["revision"])
    assert [1] == [each.sequence for each in store.changes_since(0)]


@pytest.mark.slow
def test_a_standby_knows_of_no_fate(replicas):
    """What it does not have may have been written by the primary all the same."""
    running = replicas(1)
    [standby] = running.standbys
    open_ledger(running.primary.address()).store.close()
    running.wait_until_followed()
    with contextlib.closing(open_ledger(standby.address()).store) as store:
        with pytest.raises(Unconfirmed, match="standby"):
            store._database._was_committed(b"x" * 16)
        with pytest.raises(StoreError) as refused:
            create(store)
        assert "database-read-only" == refused.value.rule
