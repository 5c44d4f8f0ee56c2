"""Signing in with an account: against a real provider in a process of its own, which holds us to PKCE."""

import contextlib
import socket
import subprocess
import sys
import threading
from urllib.parse import parse_qs, parse_qsl, urlsplit

import orjson
import pytest
import requests
from conftest import ROOT, client_of, sql, wait_for

from api.accounts import MOST_WAITING, AccountRefused, Accounts, Begun, role_of
from api.problems import ServerBusy
from api.sessions import COOKIE
from api.settings import Settings, WrongSetting
from geo.keys import create_key

ROLES = "groups:ledger-editors=editor groups:ledger-admins=admin *=reader"


@pytest.fixture(scope="module")
def issuer():
    process = subprocess.Popen([sys.executable, ROOT / "tests" / "provider.py"], stdout=subprocess.PIPE, text=True)
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.terminate()
    process.wait(30)
    process.stdout.close()


def client_with(api, issuer, **more):
    told = {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": "ledger", "OIDC_CLIENT_SECRET": "s", "OIDC_ROLES": ROLES, **more}
    return client_of(api.store, Settings.from_environment({f"LEDGER_{name}": text for name, text in told.items()}))


@pytest.fixture
def client(api, issuer):
    return client_with(api, issuer)


def begin(client, to=""):
    answer = client.get("/sign-in/account", params={"to": to} if to else None, follow_redirects=False)
    assert 303 == answer.status_code, answer.text
    return answer.headers["location"]


def agree(address, subject, **form):
    """Sign in at the provider, and return the path and question with which it sends one back."""
    answer = requests.post(address, data={"sub": subject, **form}, allow_redirects=False, timeout=30)
    back = urlsplit(answer.headers["location"])
    return back.path, dict(parse_qsl(back.query))


def sign_in(client, subject, to="", **changed):
    path, came = agree(begin(client, to), subject)
    return client.get(path, params={**came, **changed}, follow_redirects=False)


def person(client):
    return client.get("/session").json()["person"]


def test_an_account_becomes_a_session_with_the_role_that_claims_give(client):
    address = begin(client, "/about")
    asked = parse_qs(urlsplit(address).query)
    assert (["code"], ["S256"]) == (asked["response_type"], asked["code_challenge_method"])
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    path, came = agree(address, "1")
    answer = client.get(path, params=came, follow_redirects=False)
    assert (303, "/about") == (answer.status_code, answer.headers["location"])
    assert ("Ana Zyx", "editor") == (person(client)["name"], person(client)["role"])
    assert "httponly" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(("subject", "name", "role"), [("3", "ben", "reader"), ("4", "Carla", "admin")])
def test_no_address_and_no_reserved_word_is_a_name(client, subject, name, role):
    sign_in(client, subject)
    assert (name, role) == (person(client)["name"], person(client)["role"])


def test_nobody_is_known_by_the_name_of_another_and_everybody_by_theirs_again(api, client):
    create_key(api.store.keys, "BEN", "editor")
    names = []
    for subject in ("2", "1", "2", "3", "1"):
        sign_in(client, subject)
        names.append(person(client)["name"])
    assert ["Ana Zyx", "Ana Zyx (2)", "Ana Zyx", "ben (2)", "Ana Zyx (2)"] == names
    with pytest.raises(Exception, match="Ana Zyx"):
        create_key(api.store.keys, "Ana Zyx", "editor")


def test_without_a_word_on_roles_an_account_is_a_contributor(api, issuer):
    client = client_with(api, issuer, OIDC_ROLES="")
    sign_in(client, "1")
    assert "contributor" == person(client)["role"]


def test_what_was_not_begun_in_this_browser_is_refused(api, client, issuer):
    path, came = agree(begin(client), "1")
    other = client_with(api, issuer)
    assert 403 == other.get(path, params=came).status_code
    begin(other)
    assert 403 == other.get(path, params=came).status_code
    assert COOKIE not in other.cookies
    assert 403 == sign_in(client, "1", state="x").status_code
    assert 403 == sign_in(client, "1", code="x").status_code
    assert 403 == sign_in(client, "1", iss="https://evil.example").status_code
    assert person(client) is None


def test_a_verifier_or_a_nonce_that_is_not_ours_opens_nothing(client):
    for name in ("verifier", "nonce"):
        path, came = agree(begin(client), "1")
        cookie = next(each for each in client.cookies.jar if each.name.endswith("sign-in"))
        begun = orjson.loads(bytes.fromhex(cookie.value))
        cookie.value = orjson.dumps({**begun, name: "another"}).hex()
        refused = client.get(path, params=came)
        assert (403, True) == (refused.status_code, 'role="alert"' in refused.text)
        assert person(client) is None


def test_who_declines_is_told_so_and_a_code_serves_once(client):
    address = begin(client)
    path, came = agree(address, "1", action="deny")
    came["state"] = parse_qs(urlsplit(address).query)["state"][0]  # which this provider leaves out
    assert "access_denied" in client.get(path, params=came).text
    path, came = agree(begin(client), "1")
    assert 303 == client.get(path, params=came, follow_redirects=False).status_code
    assert 403 == client.get(path, params=came, follow_redirects=False).status_code


def test_the_session_of_an_account_ends_after_its_hours_and_by_signing_out(api, client):
    sign_in(client, "1")
    client.post("/sign-out", data={"csrf": client.get("/session").json()["csrf"]})
    assert person(client) is None
    sign_in(client, "1")
    with sql(api.store.location) as other:
        other.execute("UPDATE sessions SET expires = '2020-01-01T00:00:00.000Z'")
    assert person(client) is None


def test_a_provider_that_is_away_is_said_and_keys_still_open(api):
    client = client_with(api, "http://127.0.0.1:9")
    assert "/sign-in/account" in client.get("/sign-in").text
    assert 502 == client.get("/sign-in/account").status_code
    _, secret = create_key(api.store.keys, "ben", "editor")
    assert 303 == client.post("/sign-in", data={"key": secret}, follow_redirects=False).status_code


def test_a_provider_that_does_not_answer_holds_few_of_those_who_read(api):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = Settings(oidc_issuer=f"http://127.0.0.1:{silent.getsockname()[1]}", oidc_client_id="ledger")
        accounts, ended = Accounts(settings), []

        def begin():
            with contextlib.suppress(AccountRefused):
                accounts.address(Begun.now("/"), "http://testserver/sign-in/return")
            ended.append(1)

        waiting = [threading.Thread(target=begin) for _ in range(MOST_WAITING)]
        for each in waiting:
            each.start()
        wait_for(lambda: accounts._room._value == 0)
        with pytest.raises(ServerBusy):
            accounts.address(Begun.now("/"), "http://testserver/sign-in/return")
        assert not ended
        silent.settimeout(30)
        silent.accept()[0].close()
    for each in waiting:
        each.join(60)
    assert accounts._room._value == MOST_WAITING


@pytest.mark.parametrize(
    ("verified", "role"), [(True, "admin"), (False, "reader"), ("false", "reader"), (None, "reader")]
)
def test_an_address_that_the_provider_has_not_verified_gives_no_role(verified, role):
    roles = Settings.from_environment({"LEDGER_OIDC_ROLES": "email:head@example.org=admin *=reader"}).oidc_roles
    assert role == role_of({"email": "head@example.org", "email_verified": verified}, roles)


def test_where_no_provider_is_named_there_is_no_such_door(api):
    assert "/sign-in/account" not in api.client.get("/sign-in").text
    assert 404 == api.client.get("/sign-in/account").status_code


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("OIDC_ISSUER", "http://example.org"),
        ("OIDC_ISSUER", "example.org"),
        ("OIDC_ROLES", "groups:editors=king"),
        ("OIDC_ROLES", "groups=editor"),
        ("OIDC_ROLES", "*:x=editor"),
        ("OIDC_ROLES", "editor"),
    ],
)
def test_a_wrong_setting_is_refused_at_the_start(name, text):
    with pytest.raises(WrongSetting):
        Settings.from_environment({f"LEDGER_{name}": text})
