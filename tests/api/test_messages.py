"""Every rule of HTTP and of the command line is raised, said by its table, and told to programs by rule and values."""

import asyncio
import contextlib
import errno
import json
import tempfile
import time
from pathlib import Path
from unittest import mock

import orjson
import pytest
from conftest import client_of
from fastapi.exceptions import RequestValidationError
from made_up import made_up_feature
from provoke import form_of, refused, too_deep
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api import problems, server, telemetry, times
from api.accounts import Accounts, Begun
from api.app import _bad_request
from api.assistants import answers
from api.commands.main import main
from api.hooks.sending import Answer
from api.importing import jobs, working
from api.publishing import making
from api.publishing.asking import Asked
from api.publishing.folder import publishing_into
from api.routes import editing
from api.settings import Settings
from geo.editing import Edit
from geo.errors import LedgerError, NoPrimary, Unconfirmed
from geo.keys import Key, create_key
from geo.messages import forms, sentence
from geo.permissions import Person
from geo.proposals import Author, Draft
from web import export

STORES = ("geopackage",)  # words are the same over every store

pytestmark = pytest.mark.slow

ITEMS = "/api/collections/projects/items"
RECORD = f"{ITEMS}/bo-rosatom-battery-factory"
JSON = {"Content-Type": "application/json"}
GEOJSON = {"Content-Type": "application/geo+json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ANY = {"If-Match": "*"}


def asked(path, method="GET", body=None, key="editor", **headers):
    """What the API says of a request that it refuses, or that it takes with a warning."""

    def provoke(api):
        keys = {"editor": api.editor, "reader": api.reader, None: {}}[key]
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        answer = api.client.request(method, path, content=content, headers={**keys, **headers})
        return said_in(orjson.loads(answer.content))

    return provoke


def uploading(**bound):
    """What is said of a table that is uploaded where these bounds of `api.importing.jobs` hold."""

    def provoke(api):
        with mock.patch.multiple(jobs, **bound):
            answer = api.client.post("/import", files={"file": ("a.csv", b"name")}, headers=api.editor)
        return said_in(orjson.loads(answer.content))

    return provoke


def said_in(document):
    return [*([document] if "rule" in document else []), *document.get("errors", []), *document.get("warnings", [])]


def posted(body, **headers):
    return asked(ITEMS, "POST", body, **{**GEOJSON, **headers})


def patched(body, path=RECORD):
    return asked(path, "PATCH", body, **GEOJSON, **ANY)


def publishing(prepare):
    """What is said of a folder that cannot be published into."""

    def provoke(api):
        with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
            folder = Path(name)
            if (kept := prepare(folder)) is not None:
                stack.enter_context(kept)
            with pytest.raises(LedgerError) as raised, publishing_into(folder):
                pass
        return [members(raised.value)]

    return provoke


def held(folder):
    return publishing_into(folder)


def error(call, *arguments, **named):
    return lambda _: [members(refused(call, *arguments, **named))]


def members(found: LedgerError):
    detail, expected = sentence(found.rule, found.values, package=found.package)
    assert "api" == found.package
    assert detail == str(found)
    return {"rule": found.rule, "values": found.values, "detail": detail, "expected": expected}


def setting(**variables):
    return error(Settings.from_environment, {f"LEDGER_{name}": value for name, value in variables.items()})


def command(*arguments):
    """The error of a command, which the group of commands would show."""

    def provoke(api):
        with main.make_context("lithium-ledger", list(arguments)) as context:
            return [members(refused(super(type(main), main).invoke, context))]

    return provoke


def listening(number):
    """The error of a socket that cannot be bound for this reason."""

    def provoke(_):
        with mock.patch("socket.socket.bind", side_effect=OSError(number, "no")):
            return [members(refused(server.listen, "127.0.0.1", 0))]

    return provoke


def twins(api):
    for _ in range(2):
        answer = api.client.post(
            ITEMS, content=json.dumps({**made_up_feature(), "id": None}), headers={**api.editor, **GEOJSON}
        )
    return said_in(orjson.loads(answer.content))


def failing(api):
    with mock.patch("geo.memory.catalog.MemoryCatalog.search", side_effect=ZeroDivisionError):
        return asked(ITEMS)(api)


def store_gone(api):
    api.store.path.unlink()
    return asked("/healthz")(api)


def unconfirmed(api):
    with mock.patch.object(api.store, "write", side_effect=Unconfirmed("database-fate-unknown", path="x", reason="y")):
        return posted(made_up_feature())(api)


def without_a_primary(api):
    with mock.patch.object(api.store, "write", side_effect=NoPrimary("database-no-primary", path="x", reason="y")):
        return posted(made_up_feature())(api)


def answered(handler, error):
    """What is said of an error that the framework raises."""

    def provoke(_):
        answer = asyncio.run(
            handler(Request({"type": "http", "method": "GET", "headers": [], "query_string": b""}), error)
        )
        return said_in(orjson.loads(answer.body))

    return provoke


def late(api):
    impatient = api._replace(client=client_of(api.store, Settings(body_seconds=0)))
    with mock.patch("starlette.requests.Request.stream", never):
        return posted(made_up_feature())(impatient)


async def never(_):
    await asyncio.sleep(60)
    yield b""


def no_slot(api):
    impatient = api._replace(client=client_of(api.store, Settings(writers=1, writer_seconds=0)))
    impatient.client.app.state.services.slots.take_free()
    return posted(made_up_feature())(impatient)


def no_free_id(api):
    class Given:
        catalog = api.store
        store = mock.Mock(write=mock.Mock(side_effect=editing.AlreadyExists("bo-made-up")))

    ana, feature = Person("ana", "editor"), {**made_up_feature(), "id": None}
    return [members(refused(editing._create, None, Given, feature, ana, None, None))]


def saving(file, most=export.MOST_RECORDS):
    """The error of a map that cannot be written as a file, where one holds at most so many records."""

    def provoke(api):
        with mock.patch.object(export, "MOST_RECORDS", most):
            return command("map", "--store", api.store.location, "--out", file, "--country", "BO")(api)

    return provoke


def gone(api):
    """A client that goes away while others have the turns."""
    turns = api.client.app.state.services.turns
    receive = mock.AsyncMock(return_value={"type": "http.disconnect"})
    sent = mock.AsyncMock()
    scope = {"type": "http", "method": "GET", "path": f"{ITEMS.removesuffix('/items')}/snapshot", "query_string": b""}
    scope |= {
        "headers": [(b"host", b"localhost")],
        "scheme": "http",
        "server": ("x", 80),
        "root_path": "",
        "http_version": "1.1",
    }
    while turns.take_free():
        pass
    try:
        asyncio.run(api.client.app(scope, receive, sent))
    finally:
        turns.give_back()
        turns.give_back()
    return said_in(orjson.loads(sent.call_args.args[0]["body"]))


def not_written(api):
    with mock.patch("geo.curated.load.export", side_effect=PermissionError(errno.EACCES, "may not")):
        return command("export", "--store", api.store.location, "out")(api)


def not_to_be_fixed(api):
    file = api.store.path.with_name("one.geojson")
    file.write_text(json.dumps(made_up_feature()))
    return command("check", "--fix", str(file))(api)


def no_turn(api):
    """Two files are being made already."""
    client = client_of(api.store, Settings(writer_seconds=0))
    while client.app.state.services.files.acquire(blocking=False):
        pass
    return [client.get(f"{ITEMS}?f=csv").json()]


def at_work(api):
    """A request more than may be at work at a time."""
    client = client_of(api.store, Settings(requests=0))
    return said_in(client.get("/api").json())


def often(kind, method, address, settings=None, **headers):
    """What is said to who asks once more than allowed."""

    def provoke(api):
        client = client_of(api.store, Settings(**{kind: 1, **(settings or {})}))
        keys = api.editor if kind == "writes" else headers
        answers = [client.request(method, address, headers={**keys, **headers}) for _ in range(4)]
        return said_in(next(each for each in answers if each.status_code == 429).json())

    return provoke


def not_yours(api):
    stated = {"kind": "create", "comment": "So.", "feature": made_up_feature()}
    number = api.client.post("/api/proposals", json=stated, headers=api.editor).json()["id"]
    body = {"decision": "withdraw", "version": 1}
    ngo = {"X-API-Key": create_key(api.store.keys, "ngo", "contributor")[1]}
    return said_in(api.client.post(f"/api/proposals/{number}/decision", json=body, headers=ngo).json())


def not_installed(_):
    """What is said where somebody collects traces that nothing here can send."""
    with mock.patch("importlib.util.find_spec", return_value=None):
        return [members(refused(telemetry.is_wanted, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}))]


def expired(api):
    """What is said to who shows a key that has ended."""
    ended = Key(1, "ana", "editor", "2020-01-01", expires="2021-01-01T00:00:00.000Z")
    with mock.patch.object(type(api.store.keys), "find", return_value=ended):
        return asked(ITEMS, "POST", {})(api)


def elsewhere(api):
    """What is said to who works on records of another country."""
    _, secret = create_key(api.store.keys, "ben", "editor", scope=["AR"])
    headers = {"X-API-Key": secret}
    return asked(ITEMS, "POST", made_up_feature(), None, **GEOJSON, **headers)(api)


def of_everybody(api):
    """What is said to who administers some countries and asks for what concerns all."""
    _, secret = create_key(api.store.keys, "diego", "admin", scope=["AR"])
    return asked("/admin/audit", "GET", None, None, **{"X-API-Key": secret})(api)


def without_token(api):
    """What is said to who is signed in, where no page of ours has sent what they seem to want."""
    _, secret = create_key(api.store.keys, "ben", "editor")
    api.client.post("/sign-in", data={"key": secret})
    return asked(ITEMS, "POST", {}, None)(api)


def without_provider(came):
    """What is said to who comes back otherwise than they set out, or finds no provider."""

    def provoke(api):
        accounts, begun = Accounts(Settings(oidc_issuer="http://127.0.0.1:9")), Begun("s", "n", "v", "")
        if came is not None:
            accounts._known = (time.monotonic(), {"issuer": "http://127.0.0.1:9"}, None)
        return [members(refused(accounts.person, api.store.sessions, begun, came or {}, ""))]

    return provoke


def key_command(api):
    return command("keys", "create", "--name", "ana", "--expires", "soon", "--store", api.store.location)(api)


def figures(api):
    return said_in(client_of(api.store, Settings(metrics="10.0.0.0/8")).get("/metrics").json())


def after_a_release(api):
    api.store.name_release("2026.11")
    return asked("/api/releases/changes?from=2020.01")(api)


def much_changed(api):
    api.store.name_release("2026.11")
    api.store.write([Edit("bo-acisa-battery", None, 1, "ana")])
    with mock.patch("api.releases.MOST_REPORTED", 0):
        return asked("/api/releases/changes?from=2026.11")(api)


def hooking(body):
    return asked("/api/hooks", "POST", body, **JSON)


def deciding(body):
    """What is said of a decision of a proposal."""

    def provoke(api):
        api.store.proposals.add(
            Draft("delete", "bo-rosatom-battery-factory", 1, None, "x", "BO", [], "x", Author("ana"))
        )
        return asked("/api/proposals/1/decision", "POST", body, **JSON)(api)

    return provoke


def unanswered(api):
    """What is said of an address at which nobody takes messages."""
    with mock.patch("api.hooks.sending.Sender.send", return_value=Answer("404", 404)):
        return hooking({"url": "https://example.org/"})(api)


def full_of_hooks(bound):
    def provoke(api):
        with mock.patch(f"api.routes.hooks.{bound}", 0):
            return hooking({"url": "https://example.org/"})(api)

    return provoke


RULES = {
    "no-such-address": [asked("/nowhere")],
    "method-not-allowed": [asked("/api", "DELETE")],
    "refused-by-router": [answered(problems.http_problem, HTTPException(418))],
    "address-unreadable": [answered(_bad_request, RequestValidationError([]))],
    "host-unreadable": [asked("/api", Host="a b")],
    "host-unknown": [asked("/api", Host="evil.example")],
    "query-unreadable": [asked(f"{ITEMS}?q=%zz"), asked("/api?%ff")],
    "value-too-long": [asked(f"{ITEMS}?owner={'x' * 201}"), asked(f"{ITEMS}?region={'x' * 201}")],
    "sortby-form": [asked(f"{ITEMS}?sortby=name,,")],
    "server-failed": [failing],
    "store-unavailable": [store_gone],
    "no-primary": [without_a_primary],
    "change-unconfirmed": [unconfirmed],
    "writers-waiting": [no_slot],
    "no-free-id": [no_free_id],
    "key-missing": [asked(ITEMS, "POST", {}, None)],
    "hook-address-form": [hooking({"url": "ftp://example.org/"})],
    "hook-address-port": [hooking({"url": "http://example.org:25/"})],
    "hook-address-private": [hooking({"url": "http://127.0.0.1/"})],
    "hook-not-answering": [unanswered],
    "hooks-of-one-full": [full_of_hooks("MOST_OF_ONE")],
    "hooks-full": [full_of_hooks("MOST_HOOKS")],
    "hook-unknown": [asked("/api/hooks/hook_none")],
    "no-such-hook": [lambda api: command("hooks", "remove", "--store", api.store.location, "hook_none")(api)],
    "role-missing": [asked(ITEMS, "POST", {}, "reader")],
    "scope-missing": [elsewhere],
    "whole-missing": [of_everybody],
    "sent-from-elsewhere": [asked("/sign-in", "POST", b"key=x", None, **FORM, Origin="https://evil.example")],
    "token-missing": [without_token],
    "form-unreadable": [asked("/sign-in", "POST", b"key=%ff", None, **FORM)],
    "if-match-missing": [asked(RECORD, "DELETE")],
    "if-match-of-nothing": [asked(f"{ITEMS}/bo-nobody", "PUT", made_up_feature("bo-nobody"), **GEOJSON, **ANY)],
    "idempotency-key-form": [posted(made_up_feature(), **{"Idempotency-Key": ""})],
    "key-expired": [expired],
    "time-form": [key_command],
    "day-form": [lambda api: command("audit", "--since", "soon", "--store", api.store.location)(api)],
    "body-too-late": [late],
    "body-too-large": [posted(b" " * (2**20 + 1))],
    "body-too-deep": [posted(b"[" * 60 + b"]" * 60)],
    "json-malformed": [posted(b"{")],
    "json-too-deep": [too_deep(posted(b"[]"))],
    "json-name-twice": [posted(b'{"a": 1, "a": 2}')],
    "media-type-refused": [asked(ITEMS, "POST", {}), asked(ITEMS, "POST", {}, **{"Content-Type": "text/plain"})],
    "record-invalid": [posted(made_up_feature(kind="volcano"))],
    "proposal-invalid": [asked("/api/proposals", "POST", {"kind": "create"}, **JSON)],
    "decision-invalid": [deciding({"decision": "accept"})],
    "hook-invalid": [hooking({"address": "https://example.org/"})],
    "id-not-of-address": [asked(RECORD, "PUT", made_up_feature(), **GEOJSON, **ANY)],
    "id-taken": [twins],
    "patch-not-object": [patched([])],
    "no-member": [patched({"colour": "red"})],
    "read-only": [patched({"properties": {"status": "operating"}})],
    "parameter-misspelt": [asked(f"{ITEMS}?staus=operating")],
    "parameter-unknown": [asked(f"{ITEMS}?xyzzy=1")],
    "property-misspelt": [asked(f"{ITEMS}?properties=stauts")],
    "property-unknown": [asked(f"{ITEMS}?properties=xyzzy")],
    "properties-of-a-file": [asked(f"{ITEMS}?properties=name&f=csv")],
    "not-acceptable": [asked(ITEMS, Accept="image/png")],
    "collection-unknown": [asked("/api/collections/mines")],
    "parameter-repeated": [asked(f"{ITEMS}?q=a&q=b")],
    "whole-form": [asked(f"{ITEMS}?start_planned_year=soon")],
    "degrees-form": [asked("/api/collections/projects/alike?lat=95")],
    "amount-form": [asked(f"{ITEMS}?capacity=much")],
    "period-form": [asked(f"{ITEMS}?status_date=soon"), asked(f"{ITEMS}?updated=2024-13")],
    "filter-lang-unknown": [asked(f"{ITEMS}?filter=1&filter-lang=ecql")],
    "amounts-backwards": [asked(f"{ITEMS}?capacity=100/10")],
    "too-many-amounts": [asked(f"{ITEMS}?start_year={','.join(['2027'] * 101)}")],
    "files-waiting": [no_turn],
    "format-unknown": [asked(f"{ITEMS}?f=shp")],
    "not-one-of": [asked("/api/collections/projects/statistics?interval=week")],
    "series-in-the-future": [asked("/api/collections/projects/statistics?interval=year&from=2199")],
    "bins-form": [asked("/api/collections/projects/statistics?bins=a")],
    "collection-without-tiles": [asked("/api/tiles?collections=mines")],
    "period-backwards": [asked("/api/collections/projects/events?from=2024&to=2023")],
    "flag-form": [asked(f"{ITEMS}?status_stale=maybe")],
    "after-not-a-revision": [asked(f"{RECORD}/revisions?after=x")],
    "cursor-form": [asked("/api/changes?after=x")],
    "at-form": [asked(f"{ITEMS}?at=then")],
    "accept-datetime-form": [asked(ITEMS, **{"Accept-Datetime": "yesterday"})],
    "before-the-first": [asked(f"{ITEMS}?at=2001-01-01")],
    "release-missing": [asked("/api/releases/changes")],
    "no-such-release": [asked("/api/releases/changes?from=2020.01"), after_a_release],
    "report-too-large": [much_changed],
    "no-such-revision": [asked(f"{RECORD}/revisions/7"), asked(f"{RECORD}/revisions/0x")],
    "before-not-a-revision": [asked("/projects/bo-rosatom-battery-factory/revisions?before=0")],
    "comment-form": [asked(f"{ITEMS}?comment={'x' * 501}", "POST", made_up_feature(), **GEOJSON)],
    "limit-form": [asked(f"{ITEMS}?limit=0")],
    "crs-of-file": [asked(f"{ITEMS}?f=csv&crs=http://www.opengis.net/def/crs/EPSG/0/3857")],
    "vocabulary-unknown": [error(answers.vocabularies, ["colours"])],
    "bbox-form": [asked(f"{ITEMS}?bbox=1,2")],
    "interval-form": [asked(f"{ITEMS}?datetime=1/2/3")],
    "date-form": [asked(f"{ITEMS}?as_of=today")],
    "date-not-in-calendar": [asked(f"{ITEMS}?as_of=2023-02-29")],
    "duration-form": [error(times.parse_datetime, "2023-01-01/PX")],
    "duration-too-long": [asked(f"{ITEMS}?datetime=2023-01-01/P9999Y")],
    "no-page-mark": [asked(f"{ITEMS}?after=x")],
    "server-busy": [at_work],
    "too-many-reads": [often("reads", "GET", "/api")],
    "too-many-files": [often("files", "GET", f"{ITEMS}?f=csv&country=BO")],
    "too-many-writes": [often("writes", "POST", ITEMS)],
    "too-many-proposed": [often("proposed", "POST", "/api/proposals", {"proposals": "open"})],
    "proposals-need-a-key": [asked("/api/proposals", "POST", {}, None)],
    "not-your-proposal": [not_yours],
    "parameter-no-code": [asked("/api/proposals?state=eaten")],
    "imports-of-one": [uploading(MOST_OF_PERSON=0)],
    "imports-full": [uploading(MOST_JOBS=0)],
    "import-too-slow": [error(working.refuse)],
    "no-such-import": [asked("/import/nothing")],
    "too-many-wrong-keys": [often("wrong_keys", "GET", "/api", **{"X-API-Key": "ll_wrong"})],
    "metrics-refused": [figures],
    "word-form": [setting(LOG="xml")],
    "networks-form": [setting(PROXIES="10.0.0.0/99")],
    "telemetry-not-installed": [not_installed],
    "whole-number-form": [setting(PORT="x")],
    "replicas-form": [setting(REPLICAS="host2")],
    "title-form": [setting(TITLE="x" * 81)],
    "contact-form": [setting(CONTACT="javascript:alert(1)")],
    "public-url-form": [setting(PUBLIC_URL="ftp://a")],
    "hosts-form": [setting(HOSTS="http://ex.org")],
    "account-roles-form": [setting(OIDC_ROLES="editor")],
    "issuer-form": [setting(OIDC_ISSUER="http://example.org")],
    "account-not-begun-here": [without_provider({})],
    "account-refused": [without_provider({"state": "s", "error": "access_denied"})],
    "account-unreachable": [without_provider(None)],
    "embed-form": [setting(EMBED="ex.org")],
    "no-such-host": [error(server.listen, "x" * 300, 0)],
    "port-in-use": [listening(errno.EADDRINUSE)],
    "port-not-allowed": [listening(errno.EACCES)],
    "address-not-ours": [listening(errno.EADDRNOTAVAIL)],
    "folder-not-written": [not_written],
    "folder-not-ours": [publishing(lambda folder: (folder / "mine.txt").touch())],
    "folder-being-published": [publishing(held)],
    "not-answered": [error(making._good, Asked(500, {}, b""), "/about")],
    "client-gone": [gone],
    "file-not-written": [saving("/nowhere/atlas.html")],
    "map-too-large": [saving("atlas.html", most=0)],
    "not-to-be-fixed": [not_to_be_fixed],
    "archive-not-reached": [command("archive", "--files", "--pause", "0", "--service", "http://127.0.0.1:9/x")],
    "no-such-store": [command("keys", "list", "--store", "nowhere.gpkg")],
    "no-store-to-serve": [command("serve", "--store", "nowhere.gpkg", "--port", "0")],
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_raised_with_what_fills_its_sentence(rule, api):
    said = set()
    for provoke in RULES[rule]:
        found = [each for each in provoke(api) if each["rule"] == rule]
        for each in found:
            values = {name: tuple(v) if isinstance(v, list) else v for name, v in each["values"].items()}
            said.add(form_of(rule, values, "api"))
            assert sentence(rule, values, package="api") == (each["detail"], each.get("expected", ""))
    assert set(forms("api")[rule]) == said


def test_every_rule_has_a_sentence_and_every_sentence_a_rule():
    assert set(forms("api")) == set(RULES)
    assert all(not said[-1].given for said in forms("api").values()), "the last form is for whatever values there are"


def test_programs_are_told_the_rule_and_its_values(api):
    [problem, fault] = posted(made_up_feature(kind="volcano"))(api)
    assert ("record-invalid", {"count": 1}) == (problem["rule"], problem["values"])
    assert ("code-unknown", "kind") == (fault["rule"], fault["values"]["vocabulary"])
    assert ["pointer", "rule", "values", "detail", "expected"] == list(fault)
    [warning] = posted(made_up_feature(geometry={"type": "Point", "coordinates": [0, 0]}))(api)
    assert ("at-zero", "BO") == (warning["rule"], warning["values"]["country"])


def test_a_question_that_geodata_refuses_is_told_alike(api):
    [problem] = asked(f"{ITEMS}?country=ZZ")(api)
    assert ("country", "no-country", {"value": "ZZ"}) == (problem["parameter"], problem["rule"], problem["values"])
    [problem] = asked(f"{ITEMS}/bo-nobody")(api)
    assert ("no-such-record", {"id": "bo-nobody"}) == (problem["rule"], problem["values"])


def test_a_store_s_path_is_told_to_nobody_over_http(api):
    [problem] = store_gone(api)
    assert {} == problem["values"]
