"""Records are read from servers that follow the store's, never further behind than is said, whatever happens."""

import contextlib
import dataclasses
import functools
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from clusters.databases import create as create_database
from clusters.replicated import ask
from clusters.server import standing_still
from conftest import client_of, make_api, wait_for
from made_up import made_up_feature
from proposed import new
from stored import create, names, rename

from api.seen import SEQUENCE
from api.settings import Settings
from geo import freshness, opening
from geo.curated.organisations import Organisations
from geo.editing import Once
from geo.errors import NoPrimary, StoreError
from geo.keys import WITHHELD, create_key, digest
from geo.memory.bases import Elsewhere, Ready
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import Limits
from geo.opening import open_ledger
from geo.postgis.addresses import Reading
from geo.postgis.pool import MOST_CONNECTIONS
from geo.postgis.watching import LOST_SECONDS
from geo.query import Query

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
BEHIND = 1.0
ITEMS = "/api/collections/projects/items"


@pytest.fixture
def running(replicas):
    return replicas(2, synchronous=True)


@pytest.fixture
def ledger(running):
    """Where a store is opened, with both standbys to read from."""
    database = create_database(running.primary)
    running.wait_until_followed()
    everywhere = running.addresses(database)
    reading = Reading(tuple(each.url(database) for each in running.servers), BEHIND)
    with contextlib.closing(open_ledger(everywhere).store) as store:
        create(store)
    running.wait_until_followed()
    opened = open_ledger(everywhere, reading=reading)
    yield opened
    opened.store.close()


@contextlib.contextmanager
def followed_store(running):
    """A store with one record, which every server has."""
    database = create_database(running.primary)
    running.wait_until_followed()
    reading = Reading(tuple(each.url(database) for each in running.servers), BEHIND)
    with contextlib.closing(open_ledger(running.addresses(database), reading=reading).store) as store:
        create(store)
        running.wait_until_followed()
        yield store


def name_of(store):
    return names(store)["bo-made-up"]


def test_records_are_read_from_those_that_follow(running, ledger):
    watch = ledger.store._watched.watch
    wait_for(lambda: all(each.sequence == 1 for each in watch.followers))
    assert {"bo-made-up": "Made-up plant"} == names(ledger.store)
    assert next(watch.to_read()) is not watch.primary.pool


def test_who_wrote_reads_it_at_once_though_no_follower_knows_it(running, ledger):
    store = ledger.store
    for each in running.standbys:
        running.pause(each)
    with freshness.asked(0) as asked:
        store.write([rename("Second", 1)])
        assert 2 == asked.written == store.latest_sequence()
        assert "Second" == name_of(store)
    with freshness.asked(2):  # somebody who was told so, with another request
        assert "Second" == name_of(store)


def test_what_is_read_is_never_further_behind_than_is_said(running, ledger):
    store = ledger.store
    catalog = MemoryCatalog(store, Organisations([]))
    assert 1 == catalog.version()
    for each in running.standbys:
        running.pause(each)
    store.write([rename("Second", 1)])
    written = time.monotonic()
    wait_for(lambda: b"Second" in bytes(catalog.search(Query()).features[0]), BEHIND + 2)
    assert time.monotonic() - written < BEHIND + 1
    assert "Second" == name_of(store)
    for each in running.standbys:
        running.resume(each)


def test_what_cannot_be_read_is_not_said_to_be_unwritten(replicas):
    running = replicas(0)
    database = create_database(running.primary)
    reading = Reading((), BEHIND, "postgis")
    with contextlib.closing(open_ledger(running.addresses(database), reading=reading).store) as store:
        create(store)
        api = make_api(store)
        assert 200 == api.client.get(f"{ITEMS}/bo-made-up").status_code
        running.primary.kill()
        wait_for(lambda: not store._watched.watch.primary.is_there)
        for address in (f"{ITEMS}/bo-made-up", ITEMS, f"{ITEMS}/bo-made-up/revisions"):
            answer = api.client.get(address)
            assert (503, "store-unavailable") == (answer.status_code, answer.json()["rule"])


def test_a_command_writes_to_the_server_that_was_promoted_last_whichever_is_named_first(replicas):
    """The former primary came back unasked, or was never stopped."""
    running = replicas(1)
    former = running.primary
    database = create_database(former)
    running.wait_until_followed()
    with contextlib.closing(open_ledger(running.addresses(database)).store) as store:
        create(store)
    running.wait_until_followed()
    promoted = running.promote()
    assert former.is_running()
    with contextlib.closing(open_ledger(running.addresses(database)).store) as store:
        store.write([rename("Second", 1)])
    for server, name in ((former, "Made-up plant"), (promoted, "Second")):
        with contextlib.closing(open_ledger(server.url(database)).store) as store:
            assert name == name_of(store)


def test_a_version_never_goes_back_and_what_is_read_knows_it(running, ledger):
    store = ledger.store
    one, _ = running.standbys
    running.pause(one)
    store.write([rename("Second", 1)])
    known = wait_for(lambda: store.latest_sequence() == 2 and store.latest_sequence(), BEHIND + 1)
    for _ in range(20):
        assert "Second" == name_of(store)
        assert known == store.latest_sequence()
    running.resume(one)


def test_a_name_that_was_hidden_is_told_by_no_standby_that_does_not_know_so(running, ledger):
    store, watch = ledger.store, ledger.store._watched.watch
    for each in running.standbys:
        running.pause(each)
    store.authors.hide("ana")
    wait_for(lambda: watch.primary.moves == 1)
    assert {WITHHELD} == {each.author for _ in range(20) for each in store.revisions("bo-made-up")}
    wait_for(lambda: all(each.behind_since for each in watch.followers if each.timeline == 0))
    for each in running.standbys:
        running.resume(each)
    wait_for(lambda: next(watch.to_read()) is not watch.primary.pool)


def test_a_standby_that_alone_has_what_was_lost_is_not_read_and_holds_up_nobody(replicas):
    """It answers, and can never follow the new primary: nobody rewound it."""
    running = replicas(2)
    [second, _] = running.standbys
    with followed_store(running) as store:
        running.cut_off(second)
        store.write([rename("Lost", 1)])
        watch = store._watched.watch
        wait_for(lambda: [each.sequence for each in watch.followers] == [2, 1, 2])
        running.primary.kill()
        assert ask(second, "SELECT pg_promote(wait_seconds => 60)")
        running.primary = second
        wait_for(lambda: watch.primary.is_there and watch.primary.sequence == 1)
        assert {"Made-up plant"} == {name_of(store) for _ in range(20)}
        for _ in range(20):
            watch.primary.said = float("-inf")  # as on a busy machine, for a moment
            assert "Made-up plant" == name_of(store)
        with another_opened(running, store) as begun_since:
            wait_for(lambda: begun_since._watched.watch.settled)
            assert {"Made-up plant"} == {name_of(begun_since) for _ in range(20)}
            begun_since.write([rename("Kept", 1)])
        wait_for(lambda: name_of(store) == "Kept")
        assert {"Kept"} == {name_of(store) for _ in range(20)}
        wait_for(lambda: number_lost(watch) == 2)  # the one that died, and the one that has something else


@contextlib.contextmanager
def another_opened(running, store):
    """The same store, as a server opens it that begins now."""
    with store.pool.use() as connection:
        database = connection.info.dbname
    reading = Reading(tuple(each.url(database) for each in running.servers), BEHIND)
    with contextlib.closing(open_ledger(running.addresses(database), reading=reading).store) as opened:
        yield opened


def number_lost(watch):
    return {each.name: each.value for each in watch.figures()}["database_replicas_lost"]


def test_where_there_is_no_primary_reads_go_on_and_writes_are_refused_at_once_until_there_is_one(running, ledger):
    store = ledger.store
    store.write([rename("Second", 1)])
    api = make_api(store)
    running.primary.kill()
    watch = store._watched.watch
    wait_for(lambda: not watch.primary.is_there)
    began = time.monotonic()
    with pytest.raises(StoreError) as refused:
        store.write([rename("Third", 2)])
    assert "database-no-primary" == refused.value.rule
    assert time.monotonic() - began < 1
    answer = api.client.post(ITEMS, json=made_up_feature("bo-third"), headers=api.editor)
    assert (503, "no-primary") == (answer.status_code, answer.json()["rule"])
    checked = api.client.post("/api/proposals/check", json=new(), headers=api.editor)
    assert 200 == checked.status_code, "it changes nothing"
    assert "Second" == api.client.get(f"{ITEMS}/bo-made-up").json()["properties"]["name"]
    assert "Second" == name_of(store)
    assert 2 == store.latest_sequence()
    running.promote()
    wait_for(lambda: watch.primary.is_there)
    store.write([rename("Third", 2)])
    with freshness.asked(3):
        assert "Third" == name_of(store)


def test_a_change_is_told_that_there_is_no_primary_from_the_first_moment_on(running, ledger):
    """Whatever was read for it a moment before, and by how many connections, all of which are lost."""
    store = ledger.store
    with contextlib.ExitStack() as lent:
        for _ in range(MOST_CONNECTIONS):
            lent.enter_context(store.pool.use())
    running.primary.kill()
    with pytest.raises(NoPrimary):
        store.write([rename("Second", 1)])


def test_whoever_reads_does_not_hear_of_it_when_a_server_dies(running, ledger):
    """From the first moment on, before anybody who looks at servers can know of it."""
    store, watch = ledger.store, ledger.store._watched.watch
    secret = create_key(store.keys, "reader", "reader")[1]
    wait_for(lambda: all(each.sequence == 1 and each.is_of_primary for each in watch.followers))
    for server in (running.standbys[0], running.primary):
        names_were = [name_of(store) for _ in range(20)]  # by connections that are there
        server.kill()
        assert names_were == [name_of(store) for _ in range(20)]
        assert store.keys.find(digest(secret)) is not None
        with store.database.use() as connection:
            assert [(1,)] == connection.execute("SELECT 1").fetchall()


SLOW = "SELECT pg_sleep(1)::text, id FROM projects"
_ASKED = "SELECT count(*) FROM pg_stat_activity WHERE query ~ 'pg_sleep|FETCH' AND state = 'active' AND datname = %s"
_CANCELLED = "SELECT sum(confl_lock) FROM pg_stat_database_conflicts"


@pytest.mark.parametrize(
    "read",
    [lambda connection: connection.execute(SLOW).fetchall(), lambda connection: list(connection.stream(SLOW))],
    ids=["at once", "row by row"],
)
def test_what_a_standby_cancels_is_asked_again(running, ledger, read):
    """A standby waits for no reader to show what the primary did."""
    for each in running.standbys:
        each.settings["max_standby_streaming_delay"] = "0"
        each.write_settings()
    with ledger.store.pool.use() as connection:
        database = connection.info.dbname

    def on_standbys(question, *values):
        return sum(ask(each, question, *values) for each in running.standbys)

    def slowly(store):
        with store.database.reading_records() as connection:
            return read(connection)

    reading = Reading(tuple(each.url(database) for each in running.standbys), BEHIND)
    with contextlib.closing(open_ledger(running.addresses(database), reading=reading).store) as store:
        wait_for(lambda: next(store._watched.watch.to_read()) is not store.pool)
        with store.pool.use() as connection, ThreadPoolExecutor() as readers:
            answer = readers.submit(slowly, store)
            wait_for(lambda: on_standbys(_ASKED, database))
            with connection.transaction():
                connection.execute("LOCK TABLE projects")
            assert [("", "bo-made-up")] == [tuple(row) for row in answer.result()]
    wait_for(lambda: on_standbys(_CANCELLED))


def test_answers_from_memory_go_on_for_as_long_as_is_said_while_no_server_can_be_asked(running, ledger):
    catalog = MemoryCatalog(ledger.store, Organisations([]))
    assert 1 == catalog.version()
    ledger.store._watched.watch.behind = 600
    for each in running.servers:
        each.kill()
    watch = ledger.store._watched.watch
    wait_for(lambda: not any(each.is_there for each in (watch.primary, *watch.followers)))
    assert b"Made-up plant" in bytes(catalog.search(Query()).features[0])
    with freshness.asked(2), pytest.raises(StoreError) as refused:  # who has seen more than is known here
        catalog.version()
    assert "database-no-primary" == refused.value.rule
    watch.behind = BEHIND
    with pytest.raises(StoreError):  # a host that is cut off would tell for ever what was
        catalog.version()


def test_a_former_primary_is_neither_read_nor_written(running, ledger):
    """It comes again as it was killed, and does not know what was acknowledged meanwhile."""
    store, watch = ledger.store, ledger.store._watched.watch
    former = running.primary
    former.kill()
    wait_for(lambda: not watch.primary.is_there)
    running.promote()
    wait_for(lambda: watch.primary.is_there)
    store.write([rename("Second", 1)])
    time.sleep(BEHIND)  # from then on everything read knows it
    former.start()
    for _ in range(50):
        assert "Second" == name_of(store)
        time.sleep(0.02)
    with contextlib.suppress(StoreError):  # by a client that finds the former one first
        store.write([rename("Third", 2)])
    assert name_of(store) in ("Second", "Third")


def test_what_is_watched_is_told(running, ledger):
    watched = ("primary", "replicas", "replicas_lost", "waiting")

    def figures():
        told = dict(ledger.store.figures())
        return [told[f"database_{name}"] for name in watched]

    assert [1, 3, 0, 0] == figures()
    running.standbys[0].kill()
    wait_for(lambda: figures() == [1, 3, 1, 0])
    running.pause(running.standbys[1])
    ledger.store.write([rename("Second", 1)])
    wait_for(lambda: dict(ledger.store.figures())["database_behind_seconds"] > 0.5)


def test_a_store_is_opened_to_read_while_there_is_no_primary(running, ledger):
    running.primary.kill()
    database = ledger.store.location.rpartition("/")[2].partition("?")[0]
    reading = Reading(tuple(each.url(database) for each in running.servers), BEHIND)
    with contextlib.closing(open_ledger(ledger.store.location, reading=reading).store) as store:
        assert {"bo-made-up": "Made-up plant"} == names(store)
        with pytest.raises(StoreError):
            store.write([rename("Second", 1)])


def test_a_server_that_answers_from_memory_begins_while_there_is_no_primary(running, ledger, tmp_path):
    make = functools.partial(opening._made, ledger.store.location, None)
    of_a_file = Ready(tmp_path / "ready", Elsewhere(make))
    limits = Limits(ready=0)
    MemoryCatalog(ledger.store, Organisations([]), ready=of_a_file, limits=limits).version()
    running.primary.kill()
    watch = ledger.store._watched.watch
    wait_for(lambda: not watch.primary.is_there)
    for ready in (of_a_file, Ready(tmp_path / "other", Elsewhere(make))):
        catalog = MemoryCatalog(ledger.store, Organisations([]), ready=ready, limits=limits)
        assert b"Made-up plant" in bytes(catalog.search(Query()).features[0])


def test_a_change_is_decided_on_by_all_that_there_is_whatever_followers_know(running, ledger):
    database = ledger.store.location.rpartition("/")[2].partition("?")[0]
    reading = Reading(tuple(each.url(database) for each in running.standbys), BEHIND)
    store = open_ledger(ledger.store.location, reading=reading).store
    api = make_api(store)
    running.wait_until_followed()
    for each in running.standbys:
        running.pause(each)
    with contextlib.closing(ledger.store) as other:  # as another server of ours
        other.write([rename("Second", 1)])
        seen = client_of(other, Settings()).get(f"{ITEMS}/bo-made-up", headers={SEQUENCE: "2"})
    assert "Second" == seen.json()["properties"]["name"]
    body = {**seen.json(), "properties": {**seen.json()["properties"], "name": "Third"}}
    answer = api.client.put(f"{ITEMS}/bo-made-up", json=body, headers={**api.editor, "If-Match": seen.headers["etag"]})
    assert (200, "3") == (answer.status_code, answer.headers[SEQUENCE]), answer.text
    store.close()


def test_what_no_standby_has_confirmed_is_not_acknowledged_when_it_is_sent_again(running, ledger, monkeypatch):
    monkeypatch.setattr("geo.postgis.database.CONFIRM_SECONDS", 0.5)
    store = ledger.store
    for each in running.standbys:
        each.kill()
    once = Once(b"name", b"content")
    edit = dataclasses.replace(rename("Second", 1), once=once)
    for act in (lambda: store.write([edit]), lambda: store.made(once)):
        with pytest.raises(StoreError) as refused:
            act()
        assert "database-not-confirmed" == refused.value.rule
    for each in running.standbys:
        each.start()
    running.wait_until_streaming()
    assert 2 == store.made(once).sequence


def test_nobody_waits_for_a_primary_that_stands_still(running, ledger):
    store, watch = ledger.store, ledger.store._watched.watch
    former = running.primary
    with standing_still(former):
        began = time.monotonic()
        with contextlib.suppress(StoreError):  # by a connection that hangs
            store.keys.all()
        with contextlib.suppress(StoreError):
            store.write([rename("Second", 1)])
        assert time.monotonic() - began < 2 * LOST_SECONDS + 2
        running.promote()
        wait_for(lambda: watch.primary.is_there)
        number = max(1, store.head("bo-made-up").number)
        store.write([rename("Third", number)])
    assert "Third" == name_of(store)
    wait_for(lambda: not any(each.timeline == 1 and each.is_there for each in [watch.primary]))
    store.write([rename("Fourth", number + 1)])  # and not on the one that has woken up


def test_answers_are_made_anew_where_a_server_that_did_not_know_all_was_promoted(replicas):
    """Without synchronous replication: a sequence is given out again, for another change."""
    running = replicas(1)
    with followed_store(running) as store:
        catalog = MemoryCatalog(store, Organisations([]))
        [standby] = running.standbys
        running.cut_off(standby)
        store.write([rename("Lost", 1)])
        wait_for(lambda: catalog.version() == 2)
        assert b"Lost" in bytes(catalog.search(Query()).features[0])
        running.primary.kill()
        running.promote()
        wait_for(lambda: store.history == 2)
        store.write([rename("Other", 1)])
        wait_for(lambda: catalog.version() == 2)
        assert b"Other" in bytes(catalog.search(Query()).features[0])
