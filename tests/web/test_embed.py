"""Only the map alone may stand on another page: on our own stories, and on the sites that the operator names."""

import pytest
from conftest import client_of

from api.settings import Settings, WrongSetting

STORES = ("geopackage",)  # frames are the same over every store

ANY, SITES = ("*",), ("https://a.example", "http://b.example:8080")
pytestmark = pytest.mark.slow

OTHERS = ["/", "/add", "/about", "/about/data", "/stories", "/stories/bolivia", "/api/docs", "/api/clients", "/no"]
RECORD = "/projects/bo-rosatom-battery-factory"


def policy(answer):
    return dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))


def page(client, path):
    return client.get(path, headers={"Accept": "text/html"})


@pytest.mark.parametrize(
    ("embed", "ancestors", "option"),
    [((), "'self'", "SAMEORIGIN"), (ANY, "*", None), (SITES, "'self' https://a.example http://b.example:8080", None)],
)
def test_the_map_alone_may_stand_on_our_stories_and_on_sites_that_are_named(api, embed, ancestors, option):
    client = client_of(api.store, Settings(embed=embed))
    answer = client.get("/embed")
    assert 200 == answer.status_code
    assert (ancestors, option) == (policy(answer)["frame-ancestors"], answer.headers.get("x-frame-options"))
    assert 'class="map-page embed"' in answer.text
    assert bool(embed) == (" data-framed" in client.get("/").text), "the code to embed is offered where it works"


@pytest.mark.parametrize("embed", [(), ANY])
def test_every_other_page_may_stand_in_no_frame(api, embed):
    client = client_of(api.store, Settings(embed=embed))
    for path in (*OTHERS, RECORD, f"{RECORD}?part=body"):
        answer = page(client, path)
        assert ("'none'", "DENY") == (policy(answer)["frame-ancestors"], answer.headers["x-frame-options"]), path
        assert 'class="map-page embed"' not in answer.text, path


def test_a_story_may_show_the_map_in_its_frame(api):
    assert "'self'" == policy(api.client.get("/stories/bolivia"))["frame-src"]


def test_the_embedded_map_is_otherwise_as_careful_as_the_map(api):
    whole, embedded = (policy(api.client.get(path)) for path in ("/", "/embed"))
    assert whole | {"frame-ancestors": "'self'"} == embedded


def test_the_embedded_map_speaks_the_language_of_its_address(api):
    assert '<html lang="es"' in api.client.get("/embed", params={"lang": "es"}).text


WRONG = [
    "https://a.org:",
    "a.example",
    "https://a.example/x",
    "https://a.example?x",
    "https://u@a.example",
    "ftp://a",
    "'self';",
    "https://*",
]


@pytest.mark.parametrize("embed", WRONG)
def test_sites_are_named_by_their_origins(embed):
    with pytest.raises(WrongSetting, match="EMBED"):
        Settings.from_environment({"LEDGER_EMBED": embed})


def test_sites_are_listed_with_commas_or_blanks():
    stated = {"LEDGER_EMBED": "https://a.example/, http://b.example:8080"}
    assert SITES == Settings.from_environment(stated).embed
