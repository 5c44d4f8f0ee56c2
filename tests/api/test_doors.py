"""Every door asks the same question: one table of doors, one of those who ask, and who is let in follows from both.

A door that changes something, or that asks who comes, and is in no row fails the last test. To add one: a `Door` with
the right that it needs, and what is sent through it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, get_args

import orjson
import pytest
from conftest import client_of
from made_up import made_up, made_up_feature
from starlette.testclient import TestClient

from api.sessions import COOKIE
from api.settings import Settings
from geo.editing import Edit
from geo.keys import create_key, digest
from geo.opening import open_ledger
from geo.permissions import WHOLE, Person, Right, may
from geo.proposals import Author, Draft
from geo.store import Store

pytestmark = pytest.mark.slow

ITEMS = "/api/collections/projects/items"
RECORD = f"{ITEMS}/bo-made-up"
COUNTRY = "BO"  # of the record that is changed
FORM, GEOJSON, JSON = "application/x-www-form-urlencoded", "application/geo+json", "application/json"
TOKEN = "the token of who proposed"


@dataclass(frozen=True)
class Door:
    """A route, the right that it needs (None: none), and what is sent through it; `is_scoped` by countries.

    One that `is_whole` concerns the whole ledger, and is for nobody who is for some countries. A form that
    `is_for_strangers` is read before anybody is asked for.
    """

    method: str
    path: str
    right: Right | None
    sent: Mapping[str, Any] | None = None
    media_type: str = JSON
    is_scoped: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    is_for_strangers: bool = False
    is_whole: bool = False

    @property
    def concerns(self) -> tuple[str, ...]:
        return (WHOLE,) if self.is_whole else (COUNTRY,) if self.is_scoped else ()

    @property
    def is_form(self) -> bool:
        return self.media_type == FORM

    @property
    def address(self) -> str:
        named = {"project_id": "bo-made-up", "number": "1", "hook_id": "none", "job_id": "none", "name": "none"}
        return self.path.format_map(named)


def form(
    path: str,
    right: Right | None,
    *,
    is_scoped: bool = False,
    strangers: bool = False,
    is_whole: bool = False,
    **fields: str,
) -> Door:
    return Door("POST", path, right, fields, FORM, is_scoped, is_for_strangers=strangers, is_whole=is_whole)


ANY = {"If-Match": "*"}
RECORD_PATH = f"{ITEMS}/{{project_id}}"
DOORS = [
    Door("POST", ITEMS, "change", {**made_up_feature(), "id": None}, GEOJSON, True),
    Door("PUT", RECORD_PATH, "change", made_up_feature(), GEOJSON, True, ANY),
    Door("PATCH", RECORD_PATH, "change", {"properties": {"summary": "Seen."}}, GEOJSON, True, ANY),
    Door("POST", f"{RECORD_PATH}/revisions/{{number}}/revert", "change", {}, JSON, True, ANY),
    Door("DELETE", RECORD_PATH, "change", None, JSON, True, ANY),
    Door("POST", "/api/proposals", "propose", {"kind": "delete", "project": "bo-made-up"}),
    Door("POST", "/api/proposals/check", "propose", {"kind": "delete", "project": "bo-made-up"}),
    Door(
        "POST",
        "/api/proposals/{number}/decision",
        "review",
        {"decision": "accept", "version": 1, "seen": 2},
        JSON,
        True,
    ),
    form("/proposals/{number}", "propose", strangers=True, decision="withdraw", version="1", token=TOKEN),
    form("/review/{number}", "review", is_scoped=True, decision="accept", version="1", seen="2"),
    Door("GET", "/review", "review"),
    Door("GET", "/review/{number}", "review"),
    form("/projects/{project_id}/revisions/{number}/revert", "change", is_scoped=True, newest="2", comment=""),
    Door("GET", "/import", "propose"),
    form("/import", "propose"),
    Door("GET", "/import/{job_id}", "propose"),
    form("/import/{job_id}", "propose", do="remove"),
    Door("GET", "/import/{job_id}/report", "propose"),
    Door("GET", "/import/{job_id}/profile", "propose"),
    Door("POST", "/api/hooks", "watch", {"url": "http://127.0.0.1/"}),
    Door("GET", "/api/hooks", "watch"),
    Door("GET", "/api/hooks/{hook_id}", "watch"),
    Door("DELETE", "/api/hooks/{hook_id}", "watch"),
    Door("GET", "/admin", "administer"),
    Door("GET", "/admin/audit", "administer", is_whole=True),
    Door("GET", "/admin/audit/export", "administer", is_whole=True),
    Door("GET", "/admin/authors", "administer", is_whole=True),
    form("/admin/keys", "administer", is_scoped=True, name="made", role="editor", countries=COUNTRY, expires=""),
    form("/admin/keys", "administer", is_whole=True, name="made", role="reader", countries="", expires=""),
    form("/admin/keys/rotate", "administer", is_whole=True, name="whole"),
    form("/admin/keys/revoke", "administer", is_whole=True, name="whole"),
    form("/admin/keys/rotate", "administer", is_scoped=True, name="spare"),
    form("/admin/keys/revoke", "administer", is_scoped=True, name="spare"),
    form("/admin/authors/hide", "administer", is_whole=True, name="ana"),
    form("/admin/authors/show", "administer", is_whole=True, name="ana"),
    form("/sign-in", None, strangers=True, key="SPARE", to=""),
    form("/sign-out", None, strangers=True),
]


@dataclass(frozen=True)
class Asker:
    """Who comes to a door: with a role (None: as nobody known), for some countries; by a key or signed in."""

    name: str
    role: str | None = None
    countries: tuple[str, ...] = ()
    key: str = ""  # how it is wrong
    is_signed_in: bool = False
    flaw: str = ""  # what is wrong with how a page of theirs sends this

    def is_let_in(self, door: Door) -> bool:
        if self.flaw and door.method != "GET" and (self.role or door.right is None):
            return self.flaw == "origin" and not self.is_signed_in and not door.is_form
        if door.right is None:
            return True
        person = Person(self.name, self.role, self.countries) if self.role else None
        return may(person, door.right, *door.concerns)


ROLES = ("reader", "contributor", "editor", "admin")
ASKERS = [
    Asker("nobody"),
    Asker("nobody, from elsewhere", flaw="origin"),
    *(Asker(f"{wrong} key", key=wrong) for wrong in ("wrong", "expired", "revoked")),
    *(Asker(role, role) for role in ROLES),
    *(Asker(f"{role} for BO", role, ("AR", COUNTRY)) for role in ("editor", "admin")),
    *(Asker(f"{role} for AR", role, ("AR",)) for role in ("editor", "admin")),
    *(Asker(f"{role}, signed in", role, is_signed_in=True) for role in ROLES),
    Asker("editor for AR, signed in", "editor", ("AR",), is_signed_in=True),
    Asker("revoked, signed in", key="revoked", is_signed_in=True),
    *(Asker(f"admin, {flaw}", "admin", is_signed_in=True, flaw=flaw) for flaw in ("no token", "wrong token", "origin")),
]


class Known(NamedTuple):
    """By what somebody is known: headers, and what their pages send besides the cookie."""

    headers: dict[str, str]
    token: str | None = None


class Room(NamedTuple):
    """What is behind the doors, who is known there and by what, and a key with which nobody has signed in."""

    client: TestClient
    store: Store
    known: Mapping[str, Known]
    spare: str


def known_as(client: TestClient, store: Store, asker: Asker) -> Known:
    """Make somebody known, as far as they are."""
    headers = {"Origin": "https://evil.example"} if asker.flaw == "origin" else {}
    if asker.role is None and not asker.key:
        return Known(headers)
    key, secret = create_key(store.keys, asker.name, asker.role or "admin", scope=asker.countries)
    token = None
    if asker.is_signed_in:
        headers["Cookie"] = f"{COOKIE}=session-{key.id}"
        store.sessions.add(digest(f"session-{key.id}"), Person(key.name, key.role, key.scope, key.id))
        token = client.get("/session", headers={"Cookie": headers["Cookie"]}).json()["csrf"]
        token = {"no token": "", "wrong token": "x"}.get(asker.flaw, token)
    else:
        headers["Authorization"] = f"Bearer {'ll_wrong' if asker.key == 'wrong' else secret}"
    if asker.key == "expired":
        ended = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).isoformat(timespec="milliseconds")
        store.keys.replace(key.name, digest(f"other {key.id}"), None, ended.replace("+00:00", "Z"))
    elif asker.key == "revoked":
        store.keys.revoke(key.name)
    return Known(headers, token)


def come(room: Room, asker: Asker, door: Door):
    room.client.cookies.clear()
    known = room.known[asker.name]
    told = {**door.headers, **known.headers}
    if door.is_form:
        data = {name: room.spare if value == "SPARE" else value for name, value in (door.sent or {}).items()}
        data |= {} if known.token is None else {"csrf": known.token}
        return room.client.post(door.address, data=data, headers=told, follow_redirects=False)
    content = orjson.dumps(door.sent) if door.sent is not None else None
    told |= {"Content-Type": door.media_type} if content else {}
    told |= {} if known.token is None else {"X-CSRF-Token": known.token}
    return room.client.request(door.method, door.address, content=content, headers=told, follow_redirects=False)


def furnish(store: Store) -> None:
    """Add a record of BO with a history, a proposal of it, and keys."""
    store.write([Edit("bo-made-up", made_up(), None, "ana")])
    store.write([Edit("bo-made-up", made_up(summary="Told."), 1, "ana")])
    author = Author("ana", "ana")
    draft = Draft("change", "bo-made-up", 2, made_up(summary="New."), "x", COUNTRY, ["s1"], "why", author)
    store.proposals.add(Draft(**{**vars(draft), "token": digest(TOKEN)}))
    create_key(store.keys, "spare", "reader", scope=[COUNTRY])
    create_key(store.keys, "whole", "reader")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """A store in which everybody is known, made once."""
    path = tmp_path_factory.mktemp("doors") / "store.gpkg"
    with contextlib.closing(open_ledger(path).store) as store:
        furnish(store)
        client = client_of(store, Settings())
        known = {asker.name: known_as(client, store, asker) for asker in ASKERS}
        return path, known, create_key(store.keys, "unused", "reader")[1]


@pytest.fixture
def room(furnished, tmp_path):
    path, known, spare = furnished
    shutil.copy(path, tmp_path / "store.gpkg")
    with contextlib.closing(open_ledger(tmp_path / "store.gpkg").store) as store:
        yield Room(client_of(store, Settings()), store, known, spare)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: " ".join((door.method, door.path, *door.concerns)))
def test_a_door_lets_in_whoever_has_its_right_and_nobody_else(room, door):
    told = list(room.store.audit.entries())
    # Those who are refused come first, since what the others do may end what the door is about.
    for asker in sorted(ASKERS, key=lambda asker: asker.is_let_in(door)):
        status = come(room, asker, door).status_code
        if asker.is_let_in(door):
            assert status not in (401, 403), asker.name
            assert status < 500, asker.name
        else:
            is_from_here = asker.flaw != "origin" or not door.is_for_strangers
            assert (401 if asker.role is None and is_from_here else 403) == status, asker.name
    assert told == list(room.store.audit.entries())[: len(told)], "whoever came, what was told in the audit log stays"


def test_the_tables_have_every_right_and_each_asker_is_somewhere_let_in_or_refused():
    assert set(get_args(Right)) - {"import"} <= {door.right for door in DOORS}
    for asker in ASKERS:
        assert {asker.is_let_in(door) for door in DOORS} == {True, False} or asker.role == "admin" or asker.flaw


def asks_who_comes(dependant) -> bool:
    """Whether a route depends on a right, by what `require` and `posted_by` give it."""
    names = {getattr(each.call, "__qualname__", "") for each in dependant.dependencies}
    is_asked = any(name.startswith(("require", "posted_by")) for name in names)
    return is_asked or any(asks_who_comes(each) for each in dependant.dependencies)


def test_applications_share_their_routes_which_are_made_once(api):
    another = client_of(api.store, Settings())
    assert all(one is other for one, other in zip(api.client.app.routes, another.app.routes, strict=True))


def test_every_door_that_changes_something_or_asks_who_comes_is_in_the_table(api):
    found = {
        (method, route.path)
        for route in api.client.app.routes
        for method in route.methods - {"OPTIONS", "HEAD"}
        if method != "GET" or asks_who_comes(route.dependant)
    }
    assert found == {(door.method, door.path) for door in DOORS}
