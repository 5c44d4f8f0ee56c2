"""The pages of those who run an instance: keys shown once, the log, authors; plain forms, in four languages."""

import contextlib
import re
import threading

import orjson
import pytest
from made_up import made_up_feature

from geo.editing import Edit
from geo.errors import Misstated
from geo.keys import create_key, rotate_key
from geo.records.project import Project
from web.language import LANGUAGES

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}


@pytest.fixture
def admin(api):
    """A client of somebody who may administer."""
    _, secret = create_key(api.store.keys, "carla", "admin")
    return signed_in(api, secret)


def signed_in(api, secret):
    api.client.cookies.clear()
    assert 303 == api.client.post("/sign-in", data={"key": secret}, follow_redirects=False).status_code
    return api.client


def send(client, path, **fields):
    token = client.get("/session").json()["csrf"]
    return client.post(path, data={"csrf": token, **fields}, follow_redirects=False)


def secret_on(page):
    return re.search(r'class="secret">(ll_[\w-]+)<', page.text)[1]


def key_named(api, name):
    return [key for key in api.store.keys.all() if key.name == name]


def test_a_key_is_made_shown_once_and_opens_what_it_is_for(api, admin):
    page = send(admin, "/admin/keys", name="Ben <i>", role="editor", countries="bo, ar", expires="2099-12-31")
    secret = secret_on(page)
    assert (200, "private, no-store") == (page.status_code, page.headers["cache-control"])
    assert secret not in admin.get("/admin").text
    assert "<bdi>Ben &lt;i&gt;</bdi>" in page.text
    [key] = key_named(api, "Ben <i>")
    assert ("editor", ("AR", "BO"), "2099-12-31T23:59:59.999Z") == (key.role, key.scope, key.expires)
    sent = {"X-API-Key": secret, "Content-Type": "application/geo+json"}
    admin.cookies.clear()
    made = admin.post("/api/collections/projects/items", content=orjson.dumps(made_up_feature()), headers=sent)
    assert 201 == made.status_code


def test_a_key_is_replaced_and_revoked(api, admin):
    first = secret_on(send(admin, "/admin/keys", name="ben", role="editor", countries="", expires=""))
    second = secret_on(send(admin, "/admin/keys/rotate", name="ben"))
    assert {first, second} & {secret_on(send(admin, "/admin/keys/rotate", name="ben"))} == set()
    done = send(admin, "/admin/keys/revoke", name="ben")
    assert (303, "/admin") == (done.status_code, done.headers["location"])
    assert all(key.revoked for key in key_named(api, "ben"))
    told = [(e.actor, e.action, e.subject) for e in api.store.audit.entries() if e.subject == "ben"]
    assert [("carla", f"key_{done}", "ben") for done in ("made", "rotated", "rotated", "revoked")] == told


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "carla"},
        {"name": "dataset"},
        {"name": ""},
        {"role": "king"},
        {"countries": "XX"},
        {"expires": "soon"},
        {"expires": "2020-01-01"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(api, admin, wrong):
    fields = {"name": "ben", "role": "editor", "countries": "BO", "expires": "", **wrong}
    page = send(admin, "/admin/keys", **fields)
    assert page.status_code in (400, 422)
    assert re.search(r'role="alert">[^<]{20,}<', page.text)
    assert f'name="countries" maxlength="1000" value="{fields["countries"]}"' in page.text
    assert [] == key_named(api, "ben")


def test_who_runs_some_countries_gives_no_key_for_others(api):
    _, secret = create_key(api.store.keys, "diego", "admin", scope=["BO", "AR"])
    client, ben = signed_in(api, secret), {"name": "ben", "role": "editor", "expires": ""}
    for countries in ("", "CL", "BO, CL"):
        assert 403 == send(client, "/admin/keys", **ben, countries=countries).status_code
    assert 403 == send(client, "/admin/keys/rotate", name="editor").status_code
    assert 403 == send(client, "/admin/keys/revoke", name="editor").status_code
    assert 200 == send(client, "/admin/keys", **ben, countries="BO").status_code
    assert 303 == send(client, "/admin/keys/revoke", name="ben").status_code


def test_who_runs_some_countries_sees_their_keys_alone_and_no_page_of_the_whole(api):
    for name, scope in (("ben", ["BO"]), ("eva", ["BO", "CL"]), ("carla", [])):
        create_key(api.store.keys, name, "editor", scope=scope)
    _, secret = create_key(api.store.keys, "diego", "admin", scope=["BO", "AR"])
    page = signed_in(api, secret).get("/admin")
    shown = re.findall(r'<th scope="row"><bdi>(\w+)</bdi>', page.text)
    assert {"ben", "diego"} == set(shown)
    assert not {"eva", "carla"} & set(re.findall(r"\w+", page.text))
    assert "/admin/audit" not in page.text
    _, secret = create_key(api.store.keys, "ida", "admin")
    page = signed_in(api, secret).get("/admin")
    assert {"ben", "eva", "carla", "diego"} <= set(re.findall(r'<th scope="row"><bdi>(\w+)</bdi>', page.text))
    assert "/admin/audit" in page.text


def test_an_author_is_taken_from_view_and_shown_again(api, admin):
    api.store.write([Edit("bo-made-up", Project.from_feature(made_up_feature()), None, "Ana Zyx")])
    assert 303 == send(admin, "/admin/authors/hide", name="Ana Zyx").status_code
    assert "Ana Zyx" not in admin.get("/projects/bo-made-up").text
    assert "Ana Zyx" in admin.get("/admin/authors").text
    assert 422 == send(admin, "/admin/authors/hide", name="nobody").status_code
    assert 303 == send(admin, "/admin/authors/show", name="Ana Zyx").status_code
    assert "Ana Zyx" in admin.get("/projects/bo-made-up").text
    assert "Ana Zyx" not in admin.get("/admin/authors").text


def test_the_log_is_read_page_by_page_and_taken_away(api, admin):
    for number in range(120):
        api.store.audit.note("carla", "released", f"2026.{number}")
    first = admin.get("/admin/audit").text
    assert "2026.119" in first
    assert "2026.10<" not in first
    following = re.search(r'href="(/admin/audit\?after=[\d-]+)"', first)[1]
    assert "2026.10<" in admin.get(following).text
    for form, kind in (("csv", "text/csv"), ("jsonl", "application/jsonl")):
        file = admin.get(f"/admin/audit/export?f={form}")
        assert file.headers["content-type"].startswith(kind)
        assert "attachment" in file.headers["content-disposition"]
        assert file.text.count("2026.") == 120
    assert 400 == admin.get("/admin/audit?after=x").status_code
    assert 400 == admin.get("/admin/audit/export?f=xlsx").status_code


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("path", ["/admin", "/admin/audit", "/admin/authors", "/sign-in"])
def test_the_pages_speak_four_languages(admin, path, code):
    page = admin.get(path, params={"lang": code}, headers=HTML)
    assert (200, "private, no-store") == (page.status_code, page.headers["cache-control"])
    assert f'<html lang="{code}"' in page.text
    assert "<script" not in page.text


def test_who_may_not_is_told_so_and_who_is_not_signed_in_is_sent_there(api):
    answer = api.client.get("/admin/audit?lang=es", headers=HTML, follow_redirects=False)
    assert (303, "/sign-in?to=%2Fadmin%2Faudit%3Flang%3Des") == (answer.status_code, answer.headers["location"])
    assert 401 == api.client.get("/admin").status_code
    _, secret = create_key(api.store.keys, "ben", "editor")
    assert 403 == signed_in(api, secret).get("/admin", headers=HTML).status_code


def test_of_two_admins_who_revoke_each_other_at_once_one_is_left(api):
    create_key(api.store.keys, "ada", "admin")
    create_key(api.store.keys, "bob", "admin")
    asked = threading.Barrier(2)

    def revoke(name, by):
        asked.wait()
        with contextlib.suppress(Misstated):
            api.store.keys.revoke(name, by)

    both = [threading.Thread(target=revoke, args=each) for each in (("ada", "bob"), ("bob", "ada"))]
    for each in both:
        each.start()
    for each in both:
        each.join()
    [left] = [key.name for key in api.store.keys.all() if key.name in ("ada", "bob") and key.revoked is None]
    gone = {"ada": "bob", "bob": "ada"}[left]
    with pytest.raises(Misstated):
        create_key(api.store.keys, "ada's friend", "admin", by=gone)
    with pytest.raises(Misstated):
        rotate_key(api.store.keys, left, "2999-01-01T00:00:00.000Z", by=gone)
