"""Dear answers are made once, kept up to a bound, made a few at a time, and not for clients that have gone."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request

from api.kept import Kept
from api.problems import Abandoned
from api.turns import turn


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
    assert b"answer" == kept.body("tag", lambda: b"answer")


def test_what_was_asked_for_longest_ago_goes_where_there_is_too_much():
    kept, made = Kept(most_bytes=25), []

    def ask(tag):
        return kept.body(tag, lambda: made.append(tag) or b"0123456789")

    for tag in ("a", "b", "a", "c", "a", "b"):
        assert b"0123456789" == ask(tag)
    assert ["a", "b", "c", "b"] == made


@pytest.mark.parametrize("encoding", ["br", "gzip", "zstd"])
def test_an_answer_is_compressed_once(encoding):
    kept, body = Kept(), b"lithium " * 1000
    packed = kept.packed("tag", body, encoding)
    assert len(packed) < len(body)
    assert packed is kept.packed("tag", b"another body would be another tag", encoding)


class Turns:
    """Two turns, both taken."""

    def __init__(self):
        self.turns = threading.BoundedSemaphore(2)
        assert self.turns.acquire()
        assert self.turns.acquire()


def asking(*messages):
    left = list(messages)

    async def receive():
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return Request({"type": "http", "method": "GET", "headers": []}, receive)


def test_nothing_is_made_for_a_client_that_has_gone():
    async def ask():
        async for _ in turn(asking({"type": "http.disconnect"}), Turns()):
            pytest.fail("it has no turn")

    with pytest.raises(Abandoned):
        asyncio.run(asyncio.wait_for(ask(), 30))


def test_a_client_that_stays_gets_its_turn():
    given, had = Turns(), []

    async def ask():
        asyncio.get_running_loop().call_later(0.02, given.turns.release)
        async for _ in turn(asking(), given):
            had.append(given.turns.acquire(blocking=False))

    asyncio.run(asyncio.wait_for(ask(), 30))
    assert [False] == had, "no other one has it meanwhile"
    assert given.turns.acquire(blocking=False)
