"""Dear answers are made once, kept up to a bound, made a few at a time, and not for clients that have gone."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import make_api, wait_for
from made_up import made_up_feature
from starlette.requests import Request

from api.kept import Kept, Newest
from api.problems import Abandoned
from api.routes import columns
from api.turns import turn
from api.waiting import Turns
from geo import snapshot

ITEMS = "/api/collections/projects/items"


def test_one_thread_makes_an_answer_and_the_others_wait_for_it():
    kept, made, may_end = Kept(), [], threading.Event()

    def make():
        made.append(threading.get_ident())
        assert may_end.wait(30)
        return b"answer"

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(kept.body, "tag", make) for _ in range(8)]
        may_end.set()
        assert {b"answer"} == {each.result(30) for each in waiting}
    assert 1 == len(made)


def test_while_one_is_made_another_is_answered():
    kept, has_begun, may_end = Kept(), threading.Event(), threading.Event()

    def make():
        has_begun.set()
        assert may_end.wait(30)
        return b"slow"

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(kept.body, "slow", make)
        assert has_begun.wait(30)
        assert b"quick" == kept.body("quick", lambda: b"quick")
        may_end.set()
        assert b"slow" == slow.result(30)


def test_what_fails_is_tried_again():
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.body("tag", lambda: 1 // 0)
    assert 0 == len(kept._forms), "refusals of ever other questions would fill the memory"
    assert b"answer" == kept.body("tag", lambda: b"answer")


def test_what_was_asked_for_longest_ago_goes_where_there_is_too_much():
    kept, made = Kept(most_bytes=25), []

    def ask(tag):
        return kept.body(tag, lambda: made.append(tag) or b"0123456789")

    for tag in ("a", "b", "a", "c", "a", "b"):
        assert b"0123456789" == ask(tag)
    assert ["a", "b", "c", "b"] == made


def test_what_nobody_asks_for_again_is_let_go_in_every_coding():
    kept = Kept()
    for tag in ("a", "b"):
        kept.body(tag, lambda: b"0123456789")
        kept.let_go(tag)
    assert (0, 0) == (kept._bytes, len(kept._forms))
    kept.packed("d", b"lithium " * 10, "gzip")
    kept.let_go("d")
    assert (0, 0) == (kept._bytes, len(kept._forms))


def test_an_answer_that_is_let_go_while_it_is_made_is_counted_once():
    kept = Kept()

    def made_twice():
        kept.let_go("tag")
        kept.body("tag", lambda: b"another")
        return b"0123456789"

    assert b"0123456789" == kept.body("tag", made_twice)
    assert (10, 1) == (kept._bytes, len(kept._forms))
    kept.let_go("tag")
    assert (0, 0) == (kept._bytes, len(kept._forms))


@pytest.mark.parametrize("encoding", ["br", "gzip", "zstd"])
def test_an_answer_is_compressed_once(encoding):
    kept, body = Kept(), b"lithium " * 1000
    packed = kept.packed("tag", body, encoding)
    assert len(packed) < len(body)
    assert packed is kept.packed("tag", b"another body would be another tag", encoding)


def test_of_questions_the_newest_change_is_kept_of_those_asked_last():
    newest = Newest()
    assert [None, None, 5] == [newest.note("a", version) for version in (5, 3, 6)], "what is older has gone before"
    for number in range(255):
        newest.note(number, 1)
    assert (6, 1) == (newest.of("a"), newest.of(254))
    newest.note("one more", 1)
    assert (None, 1) == (newest.of("a"), newest.of(0))


class Taken:
    """Two turns, both taken."""

    def __init__(self):
        self.turns = Turns(2)
        assert self.turns.take_free()
        assert self.turns.take_free()


def asking(*messages):
    left = list(messages)

    async def receive():
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return Request({"type": "http", "method": "GET", "headers": []}, receive)


def test_whoever_waits_takes_what_was_made_since_it_asked(full_store, monkeypatch):
    """However much is written meanwhile; whoever asks after that has what was written."""
    api, made = make_api(full_store), []
    turns, address = api.client.app.state.services.turns, "/api/collections/projects/snapshot/drawn?kind=refinery"

    def drawn(catalog, query):
        made.append(catalog.version())
        feature = made_up_feature(f"bo-meanwhile-{len(made)}")
        headers = {**api.editor, "Content-Type": "application/geo+json"}
        assert 201 == api.client.post(ITEMS, json=feature, headers=headers).status_code
        return snapshot.drawn(catalog, query)

    monkeypatch.setitem(columns.PARTS, "drawn", drawn)
    assert turns.take_free()
    assert turns.take_free()
    with ThreadPoolExecutor(5) as pool:
        waiting = [pool.submit(api.client.get, address) for _ in range(5)]
        wait_for(lambda: len(turns._waiting) == 5)
        turns.give_back()
        answers = [each.result(60) for each in waiting]
    assert [200] * 5 == [each.status_code for each in answers]
    assert 1 == len(made)
    assert 1 == len({each.headers["etag"] for each in answers})
    kept = api.client.app.state.services.kept
    assert 1 == len(kept._forms)
    assert answers[0].headers["etag"] != api.client.get(address).headers["etag"]
    assert (2, 1) == (len(made), len(kept._forms)), "nobody asks again for what was before"


def test_nothing_is_made_for_a_client_that_has_gone():
    async def ask():
        async for _ in turn(asking({"type": "http.disconnect"}), Taken()):
            pytest.fail("it has no turn")

    with pytest.raises(Abandoned):
        asyncio.run(asyncio.wait_for(ask(), 30))


def test_a_client_that_stays_gets_its_turn():
    given, had = Taken(), []

    async def ask():
        asyncio.get_running_loop().call_later(0.02, given.turns.give_back)
        async for _ in turn(asking(), given):
            had.append(given.turns.take_free())

    asyncio.run(asyncio.wait_for(ask(), 30))
    assert [False] == had, "no other one has it meanwhile"
    assert given.turns.take_free()


def test_turns_come_in_the_order_in_which_they_were_waited_for():
    """Whoever gives up, or is stopped, takes none away."""
    turns, came = Turns(1), []

    async def stay():
        pass

    async def give_up():
        raise Abandoned("client-gone")

    async def wait(name, look=stay):
        async with turns.one(look):
            came.append(name)
            await asyncio.sleep(0)

    async def all_of_them():
        assert turns.take_free()
        waiting = []
        for name in range(40):
            waiting.append(asyncio.create_task(wait(name, give_up if name % 4 == 1 else stay)))
            await asyncio.sleep(0)
        await asyncio.wait(waiting[1::4])
        waiting[2].cancel()
        turns.give_back()
        return await asyncio.gather(*waiting, return_exceptions=True)

    ends = asyncio.run(asyncio.wait_for(all_of_them(), 60))
    assert [name for name in range(40) if name % 4 != 1 and name != 2] == came
    assert 10 == sum(isinstance(end, Abandoned) for end in ends)
    assert turns.take_free()
