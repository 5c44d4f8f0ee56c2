"""A reader is answered in his language: the address's, the cookie's, the browser's, else English."""

import json
import re

import pytest
from made_up import made_up_feature

from web.language import LANGUAGES

STORES = ("geopackage",)  # words are the same over every store

pytestmark = pytest.mark.slow

GEOJSON = {"Content-Type": "application/geo+json"}
ITEMS = "/api/collections/projects/items"
PAGES = [
    "/",
    "/add",
    "/about",
    "/about/data",
    "/projects/bo-rosatom-battery-factory",
    "/api/docs",
    "/api/clients",
    "/nowhere",
]

# What is asked for in the address, by the cookie and by the browser; and what comes.
WISHES = [
    ("", "", "", "en"),
    ("es", "ru", "zh", "es"),
    ("", "ru", "zh", "ru"),
    ("", "", "zh", "zh"),
    ("", "", "es-BO", "es"),
    ("", "", "zh-TW,zh;q=0.9,en;q=0.8", "zh"),
    ("", "", "zh-Hant-HK", "zh"),
    ("", "", "de-DE,de;q=0.9,ru;q=0.4,en;q=0.2", "ru"),
    ("", "", "en;q=0.3, es;q=0.5", "es"),
    ("", "", "es;q=0, ru;q=0.1", "ru"),
    ("", "", "es;q=0", "en"),
    ("", "", "de, fr", "en"),
    ("", "", "*", "en"),
    ("", "", "de, *;q=0.5, es;q=0.1", "en"),
    ("", "", ";;;q=x,,es;q=", "en"),
    ("ES-419", "", "", "es"),
    ("xx", "", "ru", "ru"),
    ("", "<script>", "ru", "ru"),
    ("../es", "", "", "en"),
]


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


def asked(api, path, lang="", cookie="", accepted="", **headers):
    wished = {
        **({"Cookie": f"lang={cookie}"} if cookie else {}),
        **({"Accept-Language": accepted} if accepted else {"Accept-Language": ""}),
    }
    params = {"lang": lang} if lang else {}
    api.client.cookies.clear()
    return api.client.get(path, params=params, headers={"Accept": "text/html", **wished, **headers})


@pytest.mark.parametrize(("lang", "cookie", "accepted", "expected"), WISHES)
def test_the_language_is_the_one_that_is_wished_for(api, lang, cookie, accepted, expected):
    answer = asked(api, "/about", lang, cookie, accepted)
    assert (200, expected) == (answer.status_code, answer.headers["content-language"])
    assert f'<html lang="{expected}">' in answer.text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_says_its_language_and_leads_to_the_others(api, path, code):
    answer = asked(api, path, code)
    assert code == answer.headers["content-language"]
    assert f'<html lang="{code}">' in answer.text
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["vary"].split(", "))
    for other in LANGUAGES:
        assert f'<http://testserver{path}?lang={other}>; rel="alternate"; hreflang="{other}"' in answer.headers["link"]
    assert list(LANGUAGES) == re.findall(r'<a href="\?lang=(\w+)" lang="\1" hreflang="\1"', answer.text)


def test_only_a_language_of_the_address_is_kept_and_only_it(api):
    kept = asked(api, "/about", "ru").headers["set-cookie"]
    assert "lang=ru; Max-Age=31536000; Path=/; SameSite=Lax" in kept
    for others in ({}, {"lang": "xx"}, {"cookie": "es"}, {"accepted": "es"}):
        assert "set-cookie" not in asked(api, "/about", **others).headers


@pytest.mark.parametrize("path", PAGES[:-1])
def test_a_kept_page_is_not_shown_in_another_language(api, path):
    tags = {asked(api, path, accepted=code).headers["etag"] for code in LANGUAGES}
    assert len(LANGUAGES) == len(tags)
    spanish = asked(api, path, accepted="es").headers["etag"]
    assert 304 == asked(api, path, accepted="es", **{"If-None-Match": spanish}).status_code
    assert 200 == asked(api, path, accepted="ru", **{"If-None-Match": spanish}).status_code


@pytest.mark.parametrize("path", ["/caf%C3%A9%0d%0aX-Evil:%201", "/%3Cb%3E%22", "/projects/%E2%98%83"])
def test_no_address_gets_into_a_header_as_it_is(api, path):
    answer = asked(api, path)
    assert 404 == answer.status_code
    assert "x-evil" not in answer.headers
    assert answer.headers["link"].isascii()


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_map_carries_its_texts_as_data(api, code):
    answer = asked(api, "/", code)
    [carried] = re.findall(r'<script type="application/json" id="texts">(.*?)</script>', answer.text, re.DOTALL)
    texts = json.loads(carried)
    assert {"site.motto", "label.kind.refinery", "definition.status.paused", "country.BO"} <= set(texts)
    assert not re.search(r"[<>&\u2028\u2029]|\{[{%#]", carried)
    allowed = re.search(r"script-src ([^;]*)", answer.headers["content-security-policy"])[1].split()
    assert 1 == len([source for source in allowed if source.startswith("'sha256-")]), "data are no script"
    assert "'unsafe-inline'" not in allowed


@pytest.mark.parametrize(("code", "title", "number"), [("es", "No encontrado", 404), ("zh", "未找到", 404)])
def test_problems_are_said_to_a_program_in_the_language_that_it_accepts(api, code, title, number):
    answer = api.client.get(f"{ITEMS}/bo-nobody", headers={"Accept-Language": f"{code}-XX,en;q=0.1"})
    assert (number, code, title) == (answer.status_code, answer.headers["content-language"], answer.json()["title"])
    assert "Accept-Language" in answer.headers["vary"]
    english = api.client.get(f"{ITEMS}/bo-nobody").json()
    assert ("Not found", "There is no record 'bo-nobody'.") == (english["title"], english["detail"])
    assert english["rule"] == answer.json()["rule"]


def test_a_program_s_language_is_not_chosen_by_a_cookie(api):
    answer = api.client.get(f"{ITEMS}/bo-nobody", headers={"Cookie": "lang=es"})
    assert "en" == answer.headers["content-language"]


def test_faults_and_warnings_of_a_record_follow_too(own_api):
    headers = {**own_api.editor, **GEOJSON, "Accept-Language": "ru"}
    refused = own_api.client.post(ITEMS, content=json.dumps(made_up_feature(kind="volcano")), headers=headers)
    assert (422, "ru") == (refused.status_code, refused.headers["content-language"])
    at_zero = made_up_feature("bo-zero", geometry={"type": "Point", "coordinates": [0, 0]})
    taken = own_api.client.post(ITEMS, content=json.dumps(at_zero), headers=headers)
    assert (201, "ru") == (taken.status_code, taken.headers["content-language"])
    assert "at-zero" in [each["rule"] for each in taken.json()["warnings"]]


def test_a_record_that_was_taken_into_another_is_followed_in_the_same_language(api):
    gone = api.client.get("/projects/bo-nobody?part=body&lang=es")
    assert (404, "es") == (gone.status_code, gone.headers["content-language"])
    assert "<article" in gone.text
    assert "<html" not in gone.text
