"""Web hooks: signed, in order, at least once, by one process, and never to where they must not lead."""

import asyncio
import base64
import contextlib
import dataclasses
import json
import os
import socket
import threading

import pytest
from click.testing import CliRunner
from conftest import make_api, wait_for
from made_up import made_up
from receiving import receiving

from api.commands.main import main
from api.hooks import connecting, delivering, signing
from api.hooks.delivering import Deliverer
from api.hooks.pace import Pace
from api.hooks.reach import HookRefused, Reach
from api.hooks.sending import Sender
from api.settings import Settings
from geo.editing import Edit
from geo.hooks import Hook
from geo.keys import create_key
from geo.opening import open_ledger

HOOKS = "/api/hooks"
QUICK = Pace(looks_every=0.02, first=0.02, most=0.05)
HOUSE = Settings(hook_networks="127.0.0.0/8")


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


@pytest.fixture
def api(make_store):
    return make_api(make_store.filled("south_america")(), HOUSE)


@pytest.fixture
def deliver(api):
    """Begins a deliverer over the store, which ends with the test."""
    begun = []

    def begin(pace=QUICK):
        begun.append(Deliverer(api.client.app.state.services, pace))
        begun[-1].begin()
        return begun[-1]

    yield begin
    for each in begun:
        each.end()


def made(api, url, asked="", status=201):
    answer = api.client.post(f"{HOOKS}{asked}", content=json.dumps({"url": url}), headers=headers(api))
    assert status == answer.status_code, answer.text
    return answer.json()


def headers(api):
    return {**api.editor, "Content-Type": "application/json"}


def write(api, *ids, country="BO"):
    for each in ids:
        api.store.write([Edit(each, made_up(each, country=country), None, "ana", "so it is")])
    return api.store.latest_sequence()


def test_messages_are_signed_as_the_specification_has_it():
    """The example that the reference libraries of Standard Webhooks are tested by."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signing.headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1614265330)
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == signed["webhook-signature"]


def test_a_hook_is_made_once_its_address_has_answered_and_its_secret_is_told_once(api, receiver):
    hook = made(api, receiver.url, "?country=BO")
    [ping] = receiver.messages
    assert "hook.ping" == ping.told["type"]
    assert ping.is_signed(hook["secret"])
    assert "." not in ping.id
    shown = api.client.get(f"{HOOKS}/{hook['id']}", headers=api.editor).json()
    assert {**shown, "secret": hook["secret"]} == hook
    assert [shown] == api.client.get(HOOKS, headers=api.editor).json()["hooks"]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_no_hook_is_made_where_nobody_takes_messages(api, receiver, status):
    receiver.statuses = [status]
    refused = made(api, receiver.url, status=422)
    assert "The web hook breaks the rules" == refused["title"]
    assert [("/url", "hook-not-answering")] == [(each["pointer"], each["rule"]) for each in refused["errors"]]
    assert all(each["expected"] for each in refused["errors"])
    assert [] == receiver.messages
    assert [] == api.store.hooks.all()


def test_hooks_are_for_those_who_may_watch_and_each_sees_their_own(api, receiver):
    hook = made(api, receiver.url)
    other, admin = (
        {"Authorization": f"Bearer {create_key(api.store.keys, role, role)[1]}"} for role in ("contributor", "admin")
    )
    address = f"{HOOKS}/{hook['id']}"
    assert [401, 403] == [api.client.get(HOOKS, headers=each).status_code for each in ({}, api.reader)]
    assert [404, 404] == [
        api.client.request(method, address, headers=other).status_code for method in ("GET", "DELETE")
    ]
    assert [] == api.client.get(HOOKS, headers=other).json()["hooks"]
    assert [hook["id"]] == [each["id"] for each in api.client.get(HOOKS, headers=admin).json()["hooks"]]
    assert 204 == api.client.delete(address, headers=admin).status_code
    assert [("hook_made", "editor"), ("hook_removed", "admin")] == [
        (each.action, each.actor) for each in api.store.audit.entries() if each.action.startswith("hook")
    ]


def test_changes_arrive_in_order_under_the_filter_and_a_deletion_too(api, receiver, deliver):
    hook = made(api, receiver.url, "?country=BO&lang=es")
    deliver()
    before = write(api, "pe-a", country="PE")
    write(api, "bo-a", "bo-b")
    api.store.write([Edit("bo-a", None, 1, "ana")])
    wait_for(lambda: len(receiver.sequences) == 3)
    assert [before + 1, before + 2, before + 3] == receiver.sequences
    told = [change for message in receiver.messages for change in message.told["data"].get("changes", ())]
    assert ["create", "create", "delete"] == [each["action"] for each in told]
    assert told[0]["said"].startswith("Nuevo")
    assert all(message.is_signed(hook["secret"]) for message in receiver.messages)
    assert wait_for(lambda: api.store.hooks.all()[0].cursor == before + 3)
    assert "arrived" in api.client.app.state.services.metrics.text(lambda: ()).decode()


def test_what_was_not_taken_is_sent_again_as_the_same_message_before_anything_newer(api, receiver, deliver):
    made(api, receiver.url)
    receiver.statuses = [500, 302, 503]
    first = write(api, "bo-a")
    deliver()
    wait_for(lambda: receiver.sequences)
    last = write(api, "bo-b")
    wait_for(lambda: len(receiver.sequences) == 2)
    assert [first, last] == receiver.sequences
    assert wait_for(lambda: (hook := api.store.hooks.all()[0]).failures == 0 and hook.answer == "200")


def test_a_message_that_is_sent_again_keeps_its_id(api, receiver):
    sent = []

    class Noting(Sender):
        async def send(self, hook, message_id, body):
            sent.append(message_id)
            return await super().send(hook, message_id, body)

    made(api, receiver.url)
    given = api.client.app.state.services
    given.sender = Noting(HOUSE.hook_networks)
    receiver.statuses = [500]
    write(api, "bo-a")
    deliverer = Deliverer(given, QUICK)
    deliverer.begin()
    wait_for(lambda: receiver.sequences)
    deliverer.end()
    assert 2 == len(sent)
    assert 1 == len(set(sent))


def test_nothing_is_lost_while_no_server_runs(api, receiver, deliver):
    made(api, receiver.url)
    first = write(api, "bo-a")
    deliver().end()
    wait_for(lambda: True)
    last = write(api, "bo-b")
    deliver()
    wait_for(lambda: {first, last} <= set(receiver.sequences))
    assert sorted(receiver.sequences) == receiver.sequences


def test_a_receiver_that_never_answers_holds_up_nobody_else(api, receiver, deliver):
    with receiving() as slow:
        made(api, slow.url)
        slow.held.clear()
        made(api, receiver.url)
        deliver()
        for number in range(3):
            last = write(api, f"bo-{number}x")
            wait_for(lambda last=last: last in receiver.sequences)
        assert [] == slow.sequences


def test_who_has_many_hooks_that_nobody_answers_holds_up_nobody_else(api, receiver, deliver, monkeypatch):
    """The newest hook is told though more wait before it than are told at a time; then all of them are."""
    monkeypatch.setattr(delivering, "_MOST_AT_WORK", 6)
    seen = api.store.latest_sequence()
    with receiving() as other:
        for number in range(15):
            api.store.hooks.add(hook_to(receiver.url, id=f"hook_{number:02}", owner="flo", cursor=seen))
        api.store.hooks.add(hook_to(other.url, cursor=seen, id="hook_of_ana", owner="ana", created="2027"))
        receiver.held.clear()
        begun = deliver()
        last = write(api, "bo-a")
        wait_for(lambda: other.messages)
        wait_for(lambda: len(begun._at_work) == delivering._MOST_OF_ONE)
        assert last in other.sequences
        receiver.held.set()
        wait_for(lambda: len({message.told["data"]["hook"] for message in receiver.messages}) == 15)


def test_who_ends_waits_for_no_receiver(api, receiver, deliver):
    made(api, receiver.url)
    receiver.held.clear()
    write(api, "bo-a")
    begun = deliver()
    wait_for(lambda: begun._at_work)
    begun.end()
    assert not begun._thread.is_alive()


def test_two_workers_tell_of_each_change_once(api, receiver, deliver):
    made(api, receiver.url)
    with contextlib.closing(open_ledger(api.store.location).store) as other:
        begun = [deliver(), Deliverer(make_api_services(other), QUICK)]
        begun[1].begin()
        last = write(api, *(f"bo-n{number}" for number in range(12)))
        wait_for(lambda: api.store.hooks.all()[0].cursor == last)  # what is not noted is told again
        begun[0].end()
        after = write(api, "bo-after")  # the other takes over
        wait_for(lambda: after in receiver.sequences)
        begun[1].end()
    assert list(range(last - 11, after + 1)) == receiver.sequences


def make_api_services(store):
    from api.services import Services
    from geo.opening import Ledger

    return Services(Ledger(store), HOUSE)


GIVES_UP = dataclasses.replace(QUICK, gives_up_after=0)


@pytest.mark.parametrize(("statuses", "pace"), [([410], QUICK), ([500] * 9, GIVES_UP)])
def test_a_hook_that_is_given_up_is_told_again_when_it_is_resumed(api, receiver, deliver, statuses, pace):
    hook = made(api, receiver.url)
    receiver.statuses = [*statuses]
    last = write(api, "bo-a")
    deliver(pace)
    wait_for(lambda: api.store.hooks.all()[0].state == "given_up")
    receiver.statuses.clear()
    store = ["--store", api.store.location]
    listed = CliRunner().invoke(main, ["hooks", "list", "--format", "json", *store]).output
    [told] = json.loads(listed)
    assert (hook["id"], "editor", "given_up", 1) == tuple(told[n] for n in ("id", "owner", "state", "changes_behind"))
    assert hook["secret"] not in listed
    assert 0 == CliRunner().invoke(main, ["hooks", "retry", *store, hook["id"]]).exit_code
    wait_for(lambda: last in receiver.sequences)
    assert 0 == CliRunner().invoke(main, ["hooks", "remove", *store, hook["id"]]).exit_code
    assert [] == api.store.hooks.all()


def test_the_hooks_of_somebody_whose_keys_have_ended_rest(api, receiver, deliver):
    made(api, receiver.url)
    api.store.keys.revoke("editor")
    with receiving() as heard:
        api.store.hooks.add(hook_to(heard.url, owner="somebody of a directory", cursor=api.store.latest_sequence()))
        deliver()
        last = write(api, "bo-a")
        wait_for(lambda: last in heard.sequences)
    assert [] == receiver.sequences
    create_key(api.store.keys, "editor", "editor")
    wait_for(lambda: last in receiver.sequences)


def hook_to(url, **more):
    named = {"id": "hook_x", "owner": "ana", "question": "", "base": "https://x.org", "language": "en", "cursor": 0}
    return Hook(address=url, secret=b"x" * 32, **{**named, "created": "2026", **more})


def test_the_wait_grows_by_chance_and_ends_after_days():
    pace = Pace()
    at = [pace.next_attempt(failures, None, 0) for failures in (0, 5, 50)]
    assert sorted(at) == at
    assert len({pace.next_attempt(9, None, 0) for _ in range(5)}) > 1
    assert pace.next_attempt(0, None, 3600) > pace.next_attempt(8, None, 0)
    assert pace.next_attempt(3, "2020-01-01T00:00:00.000Z", 0) is None


HOSTILE = [
    *("http://127.0.0.1/", "http://localhost/", "http://127.1/", "http://2130706433/", "http://0x7f000001/"),
    *("http://0177.0.0.1/", "http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/"),
    *("http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/", "http://100.100.100.200/"),
    *(
        "http://168.63.129.16/",
        "http://192.0.0.170/",
        "http://192.0.0.192/",
        "http://metadata.google.internal/",
        "http://0.0.0.0/",
    ),
    *(
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
    ),
    *("http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/"),
    *(
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://[2001:db8::1]/",
    ),
    *("http://intranet/", "http://x.local/", "http://router.lan/", "http://x.test/", "http://x.onion/"),
    *("ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "javascript:alert(1)", "//example.org/", ""),
    *("http://example.org:22/", "http://example.org:0/", "http://example.org:99999/", "http://example.org:6\u0665/"),
    *("http://a@example.org/", "http://example.org@127.0.0.1/", "http://example.org#@127.0.0.1/", "http:///x"),
    *("http://example.org\\@127.0.0.1/", "http://exa mple.org/", "http://ex\u0430mple.org/", "http://\u2488.0.0.1/"),
    *("http://example.org/\r\nHost: x", "http://example.org/\x00", f"http://example.org/{'x' * 2000}"),
]


@pytest.mark.parametrize("url", HOSTILE)
def test_no_message_is_sent_to_an_address_of_the_house(url, monkeypatch):
    """Whatever the form tells: where one passes, the address itself is looked at before anything is connected."""
    monkeypatch.setattr(connecting.httpcore.AnyIOBackend, "connect_tcp", never)
    answer = asyncio.run(Sender("").send(hook_to(url), "id", b"{}"))
    assert answer.status is None
    assert "connected" not in answer.told


async def never(*_, **__):
    raise OSError("connected")


def resolving(monkeypatch, *answers):
    """Let every name be at these addresses, each time at the next ones; returns the names that were asked for."""
    asked, told = [], iter(answers)

    def resolve(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in next(told)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    resolving(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    monkeypatch.setattr(connecting.httpcore.AnyIOBackend, "connect_tcp", never)
    answer = asyncio.run(Sender("").send(hook_to("https://example.org/"), "id", b"{}"))
    assert "example.org is not at an address of the open Internet" in answer.told


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_looked_at(monkeypatch):
    connected = []

    async def connect(_, address, *__, **___):
        connected.append(address)
        raise connecting.httpcore.ConnectError("closed")

    asked = resolving(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    monkeypatch.setattr(connecting.httpcore.AnyIOBackend, "connect_tcp", connect)
    asyncio.run(Sender("").send(hook_to("https://example.org/"), "id", b"{}"))
    assert ["example.org"] == asked
    assert ["93.184.215.14"] == connected


def test_networks_of_the_house_are_reached_where_the_operator_names_them(receiver):
    port = receiver.url.split(":")[2].split("/")[0]
    for url in (receiver.url, f"http://localhost:{port}/", f"http://[::ffff:127.0.0.1]:{port}/"):
        assert asyncio.run(Sender("127.0.0.0/8 ::1").send(hook_to(url), "id", b"{}")).is_well, url
    assert not asyncio.run(Sender("10.0.0.0/8").send(hook_to(receiver.url), "id", b"{}")).is_well
    assert 3 == len(receiver.messages)


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://127.0.0.1/", "hook-address-private"),
        ("http://example.org:25/", "hook-address-port"),
        ("http://127.1/", "hook-address-form"),
        ("mailto:a@example.org", "hook-address-form"),
    ],
)
def test_what_is_wrong_with_an_address_is_told(url, rule):
    with pytest.raises(HookRefused) as refused:
        Reach("").target(url)
    assert rule == refused.value.rule


def test_a_receiver_that_drips_is_given_a_time_in_all():
    """A byte now and then would keep a bound of single reads from ever being reached."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip():
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                while not ended.wait(0.02):
                    connection.sendall(b"H")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        answer = asyncio.run(Sender("127.0.0.1", seconds=0.3).send(hook_to(url), "id", b"{}"))
        ended.set()
        thread.join()
    assert answer.status is None


def test_the_body_of_an_answer_is_not_read():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def pour():
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(2**16)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    connection.sendall(b"x" * 2**16)

        thread = threading.Thread(target=pour, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert asyncio.run(Sender("127.0.0.1").send(hook_to(url), "id", b"{}")).is_well
        thread.join(30)
        assert not thread.is_alive()


def test_a_lock_beside_the_store_is_let_go_by_whoever_is_killed(store):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writing, str(store.alone("tried").take()).encode())
        threading.Event().wait()
    assert b"True" == os.read(reading, 10)
    own = store.alone("tried")
    assert not own.take()
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    assert own.take()
    own.release()
    os.close(reading)
    os.close(writing)


def test_hooks_are_bounded(api, receiver, monkeypatch):
    from api.routes import hooks

    monkeypatch.setattr(hooks, "MOST_OF_ONE", 1)
    made(api, receiver.url)
    assert "hooks-of-one-full" == made(api, receiver.url, status=409)["rule"]
    monkeypatch.setattr(hooks, "MOST_OF_ONE", 9)
    monkeypatch.setattr(hooks, "MOST_HOOKS", 1)
    assert "hooks-full" == made(api, receiver.url, status=409)["rule"]


def test_a_long_history_of_others_is_passed_and_kept(api, receiver, deliver, monkeypatch):
    monkeypatch.setattr(delivering, "_PASSED", 5)
    made(api, receiver.url, "?country=PE")
    last = write(api, *(f"bo-n{number}" for number in range(7)))
    deliver()
    wait_for(lambda: api.store.hooks.all()[0].cursor == last)
    assert [] == receiver.sequences
