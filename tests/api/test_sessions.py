"""Being signed in: a cookie that no script reads, forms that only our pages send, pages that no cache keeps."""

import re

import orjson
import pytest
from conftest import client_of, sql
from made_up import made_up_feature

from api.sessions import COOKIE
from api.settings import Settings
from geo.keys import create_key
from geo.vocabulary import ROLES
from web.language import LANGUAGES

ITEMS = "/api/collections/projects/items"
HTML = {"Accept": "text/html"}


@pytest.fixture
def key(api):
    return create_key(api.store.keys, "Ana <b>", "editor", scope=["BO"])[1]


def sign_in(client, key, to="", **headers):
    return client.post("/sign-in", data={"key": key, "to": to}, headers=headers, follow_redirects=False)


def token_of(client):
    return client.get("/session").json()["csrf"]


def test_a_key_becomes_a_cookie_that_no_script_and_no_other_site_reads(api, key):
    answer = sign_in(api.client, key, "/about?lang=es")
    assert (303, "/about?lang=es") == (answer.status_code, answer.headers["location"])
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/", "max-age=28800"} <= set(cookie.split("; "))
    assert "secure" not in cookie
    assert key not in str(answer.headers)
    told = api.client.get("/session").json()["person"]
    assert ("Ana <b>", "editor", ["BO"]) == (told["name"], told["role"], told["countries"])
    assert list(ROLES["editor"].rights) == told["rights"]


def test_over_https_and_below_a_path_the_cookie_stays_there(api, key):
    client = client_of(api.store, Settings(public_url="https://example.org/ledger"))
    answer = sign_in(client, key)
    assert {"secure", "path=/ledger"} <= set(answer.headers["set-cookie"].lower().split("; "))
    assert answer.headers["set-cookie"].startswith(f"__Secure-{COOKIE}=")
    assert "/ledger/sign-in" == answer.headers["location"]


def test_over_https_a_cookie_that_another_host_could_set_signs_nobody_in(api, key):
    client = client_of(api.store, Settings(public_url="https://example.org"))
    kept = sign_in(client, key).headers["set-cookie"].partition(";")[0]
    name, _, secret = kept.partition("=")
    assert f"__Host-{COOKIE}" == name
    client.cookies.clear()
    told = [client.get("/session", headers={"Cookie": each}).json() for each in (kept, f"{COOKIE}={secret}")]
    assert ["Ana <b>", None] == [each["person"] and each["person"]["name"] for each in told]
    chosen = client.get("/about", params={"lang": "es"}).headers["set-cookie"]
    assert "secure" in chosen.lower().split("; ")


@pytest.mark.parametrize(
    "to", ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "x"]
)
def test_nobody_is_sent_on_to_another_site(api, key, to):
    assert "/sign-in" == sign_in(api.client, key, to).headers["location"]
    assert "evil" not in api.client.get("/sign-in", params={"to": to}).text


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_wrong_key_is_refused_in_words_and_an_ended_one_apart(api, code):
    answer = api.client.post("/sign-in", params={"lang": code}, data={"key": "ll_wrong", "to": ""})
    assert (403, "private, no-store") == (answer.status_code, answer.headers["cache-control"])
    assert 'role="alert"' in answer.text
    assert COOKIE not in answer.cookies


def test_wrong_keys_are_bounded_here_as_anywhere(api, key):
    client = client_of(api.store, Settings(wrong_keys=2))
    assert [403, 403, 429] == [sign_in(client, "ll_wrong").status_code for _ in range(3)]
    assert 429 == sign_in(client, key).status_code


def test_a_session_changes_records_with_its_token_alone(api, key):
    sign_in(api.client, key)
    body, sent = orjson.dumps(made_up_feature()), {"Content-Type": "application/geo+json"}
    for headers in (
        {},
        {"X-CSRF-Token": "x"},
        {"X-CSRF-Token": token_of(api.client), "Origin": "https://evil.example"},
    ):
        refused = api.client.post(ITEMS, content=body, headers={**sent, **headers})
        assert 403 == refused.status_code, headers
    ours = {"X-CSRF-Token": token_of(api.client), "Origin": "http://testserver"}
    assert 201 == api.client.post(ITEMS, content=body, headers={**sent, **ours}).status_code
    history = api.client.get(f"{ITEMS}/bo-made-up/revisions").json()
    assert "Ana <b>" == history["revisions"][-1]["author"]


def test_a_browser_says_itself_that_another_site_sends_a_form(api, key):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        refused = sign_in(api.client, key, **headers)
        assert (403, "sent-from-elsewhere") == (refused.status_code, refused.json()["rule"])
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "http://x"}, {"Origin": "http://testserver"}):
        assert 303 == sign_in(client_of(api.store, Settings()), key, **headers).status_code


def test_signing_out_needs_the_token_and_ends_the_session_for_good(api, key):
    sign_in(api.client, key)
    kept = api.client.cookies[COOKIE]
    assert 403 == api.client.post("/sign-out", data={"csrf": "x"}).status_code
    answer = api.client.post("/sign-out", data={"csrf": token_of(api.client)}, follow_redirects=False)
    assert 303 == answer.status_code
    assert COOKIE not in api.client.cookies
    again = api.client.get("/session", headers={"Cookie": f"{COOKIE}={kept}"})
    assert again.json() == {"person": None, "csrf": None}


def test_a_session_ends_with_its_key_and_after_its_hours(api, key):
    sign_in(api.client, key)
    api.store.keys.revoke("Ana <b>")
    assert api.client.get("/session").json()["person"] is None
    _, other = create_key(api.store.keys, "ben", "editor")
    sign_in(api.client, other)
    assert api.client.get("/session").json()["person"]
    with sql(api.store.location) as other:
        other.execute("UPDATE sessions SET expires = '2020-01-01T00:00:00.000Z'")
    assert api.client.get("/session").json()["person"] is None
    sign_in(api.client, other)
    with sql(api.store.location) as other:
        assert [(1,)] == other.execute("SELECT count(*) FROM sessions").fetchall()


@pytest.mark.stores("geopackage")
def test_the_store_keeps_no_secret_of_a_session(api, key, tmp_path):
    sign_in(api.client, key)
    secret = api.client.cookies[COOKIE]
    api.store.fold()
    assert secret.encode() not in (tmp_path / "store.gpkg").read_bytes()


@pytest.mark.parametrize("path", ["/about", "/projects/bo-rosatom-battery-factory", ITEMS])
def test_a_page_shows_who_is_signed_in_and_no_cache_keeps_that(api, key, path):
    public = api.client.get(path, headers=HTML)
    assert "no-cache" == public.headers["cache-control"]
    sign_in(api.client, key)
    own = api.client.get(path, headers={**HTML, "If-None-Match": public.headers["etag"], "Accept-Encoding": "gzip"})
    assert (200, "private, no-store") == (own.status_code, own.headers["cache-control"])
    assert "etag" not in own.headers
    assert "<bdi>Ana &lt;b&gt;</bdi>" in own.text
    assert re.sub("<!--who-->.*<!--/who-->", "", public.text) == re.sub('<a class="who".*</a>', "", own.text)
    assert int(own.headers["content-length"]) == len(own.content)
    api.client.cookies.clear()
    again = api.client.get(path, headers={**HTML, "If-None-Match": public.headers["etag"]})
    assert 304 == again.status_code


@pytest.mark.parametrize(
    ("role", "doors"), [("contributor", []), ("editor", ["review"]), ("admin", ["review", "admin"])]
)
def test_who_signed_in_is_led_to_the_doors_of_their_role(api, role, doors):
    sign_in(api.client, create_key(api.store.keys, "ben", role)[1])
    page = api.client.get("/sign-in").text
    assert doors == re.findall(r'<li><a href="/(review|admin)"', page)


def test_what_programs_read_is_the_same_for_whoever_is_signed_in(api, key):
    public = api.client.get(ITEMS)
    sign_in(api.client, key)
    own = api.client.get(ITEMS)
    assert (public.json()["features"], public.headers["etag"]) == (own.json()["features"], own.headers["etag"])
    assert "no-cache" == own.headers["cache-control"]


def test_a_form_is_read_within_bounds(api, key):
    client = client_of(api.store, Settings(body_bytes=2_000))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for content, headers, status in (
        (b"key=" + b"x" * 3_000, form, 413),
        (b"a=1&" * 400, form, 400),
        (b"key=%ff", form, 400),
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"x", {"Content-Type": "multipart/form-data"}, 400),
        (b"x", {"Content-Type": "multipart/form-data; boundary=b"}, 400),
    ):
        assert status == client.post("/sign-in", content=content, headers=headers).status_code, content[:20]
    files = {"key": ("x.txt", b"ll_x")}
    assert 400 == client.post("/sign-in", files=files).status_code
    assert 400 == client.post("/sign-in", data={"key": "x", "other": "y"}).status_code
    assert 413 == client.post("/sign-in", files={"key": ("x.txt", b"x" * 3_000)}).status_code
