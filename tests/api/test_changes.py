"""What changed, as the API tells it: as JSON, as a page, and as feeds that readers find."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from made_up import made_up_feature

from api.routes import changes as routes
from web.feeds.atom import atom
from web.feeds.feed import Entry, Feed
from web.language import Language
from web.words import WITHHELD, Words

CHANGES = "/api/changes"
ITEM = "/api/collections/projects/items/bo-rosatom-battery-factory"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def _whole_pages(monkeypatch):
    """A page ends after some work of its thread, which may be Python's looking for circles in what other tests left."""
    for module in ("geo.changes", "api.routes.changes"):
        monkeypatch.setattr(f"{module}.MOST_SECONDS", 60)


@pytest.fixture
def after(api):
    """The cursor before any change of a test."""
    return api.client.get(CHANGES).json()["after"]


def changed(api, patch, comment="seen in the gazette"):
    headers = {**api.editor, "If-Match": "*", "Content-Type": "application/merge-patch+json"}
    answer = api.client.patch(f"{ITEM}?comment={comment}", content=json.dumps(patch), headers=headers)
    assert 200 == answer.status_code, answer.text


def building(api):
    event = {"date": "2026-10", "type": "status", "status": "construction", "summary": "Works began."}
    sources = api.client.get(ITEM).json()["properties"]["sources"]
    changed(api, {"properties": {"events": {"kbuilt": {**event, "sources": [sources[0]["id"]]}}}})


def test_whoever_asks_again_with_the_cursor_is_told_of_what_changed(api, after):
    building(api)
    told = api.client.get(f"{CHANGES}?after={after}").json()
    [change] = told["changes"]
    assert ("update", "editor", "seen in the gazette") == tuple(change[n] for n in ("action", "author", "comment"))
    assert ["/properties/events/kbuilt"] == change["changed"]
    assert ["considered", "construction"] == change["stage"]
    assert "Stage: Considered → Construction" == change["said"]
    assert after + 1 == change["sequence"] == told["after"]
    [monitor] = [each["href"] for each in told["links"] if each["rel"] == "monitor"]
    assert [] == api.client.get(monitor).json()["changes"]
    for link in change["links"]:
        assert 200 == api.client.get(link["href"]).status_code, link


def test_a_page_of_changes_that_take_long_to_tell_ends_early_and_the_next_one_goes_on(api, after, monkeypatch):
    for number in range(3):
        changed(api, {"properties": {"summary": f"Said in {number} ways."}})
    monkeypatch.setattr(routes, "MOST_SECONDS", 0)
    seen, address = [], f"{CHANGES}?after={after}"
    while address:
        told = api.client.get(address).json()
        seen.append([each["sequence"] for each in told["changes"]])
        address = next((link["href"] for link in told["links"] if link["rel"] == "next"), None)
    assert [[after + 1], [after + 2], [after + 3]] == seen
    assert after + 3 == told["after"]
    newest = api.client.get(CHANGES).json()
    [older] = [each["href"] for each in newest["links"] if each["rel"] == "next"]
    assert [after + 3] == [each["sequence"] for each in newest["changes"]]
    assert [after + 2] == [each["sequence"] for each in api.client.get(older).json()["changes"]]


def test_a_change_is_said_in_the_language_that_is_asked_for(api, after):
    building(api)
    told = api.client.get(f"{CHANGES}?after={after}&lang=es").json()
    assert "Etapa: En consideración → Construcción" == told["changes"][0]["said"]


def test_nobody_is_told_the_name_of_an_author_who_was_taken_from_view(api, after):
    building(api)
    tag = {"If-None-Match": api.client.get(f"{CHANGES}?after={after}&f=atom").headers["etag"]}
    api.store.authors.hide("editor")
    answer = api.client.get(f"{CHANGES}?after={after}&f=atom", headers=tag)
    name = read_atom(answer).findtext("a:entry/a:author/a:name", "", ATOM)
    assert name == Words(Language("en")).author(WITHHELD)
    for form in ("json", "html", "atom", "jsonfeed"):
        assert "editor" not in api.client.get(f"{CHANGES}?after={after}&f={form}").text


def test_what_differs_is_said_in_words(api, after):
    changed(api, {"properties": {"name": "Bolivia's factory", "summary": "Said at a fair."}})
    [change] = api.client.get(f"{CHANGES}?after={after}").json()["changes"]
    assert "Changed: Name (Rosatom battery factory in Bolivia → Bolivia's factory)" == change["differences"][0]
    assert f"{change['differences'][0]}; and 1 more change" == change["said"]
    text = read_atom(api.client.get(f"{CHANGES}?after={after}&f=atom")).findtext("a:entry/a:summary", "", ATOM)
    assert change["differences"] == text.splitlines()[1:]


@pytest.mark.parametrize("asked", ["id=bo-rosatom-battery-factory", "owner=rosatom", "country=BO", "q=rosatom"])
def test_a_deletion_is_told_under_every_filter_that_meant_the_record(api, after, asked):
    assert 204 == api.client.delete(ITEM, headers={**api.editor, "If-Match": "*"}).status_code
    told = api.client.get(f"{CHANGES}?after={after}&{asked}").json()["changes"]
    assert ["delete"] == [each["action"] for each in told]
    assert [] == api.client.get(f"{CHANGES}?after={after}&country=PE").json()["changes"]


def test_next_links_lead_through_all_changes_the_newest_first(api):
    found, address = [], f"{CHANGES}?limit=40"
    while address:
        told = api.client.get(address).json()
        found += [each["sequence"] for each in told["changes"]]
        address = next((each["href"] for each in told["links"] if each["rel"] == "next"), None)
    assert list(range(api.store.latest_sequence(), 0, -1)) == found


def test_atom_says_the_same_and_its_entries_keep_their_ids(api, after):
    building(api)
    feed = read_atom(api.client.get(f"{CHANGES}?country=BO&f=atom&lang=en"))
    told = api.client.get(f"{CHANGES}?country=BO").json()["changes"]
    entries = feed.findall("a:entry", ATOM)
    assert [each["time"] for each in told] == [entry.findtext("a:updated", "", ATOM) for entry in entries]
    assert entries[0].findtext("a:title", "", ATOM).endswith("Stage: Considered → Construction")
    assert "“seen in the gazette”" in entries[0].findtext("a:summary", "", ATOM)
    ids = [entry.findtext("a:id", "", ATOM) for entry in entries]
    assert len(set(ids)) == len(ids)
    assert feed.findtext("a:updated", "", ATOM) == told[0]["time"]
    other = read_atom(api.client.get(f"{CHANGES}?country=BO&f=atom&lang=ru&limit=2"))
    assert ids[:2] == [entry.findtext("a:id", "", ATOM) for entry in other.findall("a:entry", ATOM)]
    assert feed.findtext("a:id", "", ATOM) == other.findtext("a:id", "", ATOM)
    following = other.find("a:link[@rel='next']", ATOM).get("href")
    assert ids[2] == read_atom(api.client.get(following)).findtext("a:entry/a:id", "", ATOM)


def read_atom(answer):
    assert (200, "application/atom+xml") == (answer.status_code, answer.headers["content-type"])
    feed = ET.fromstring(answer.content)
    for name in ("id", "title", "updated"):  # RFC 4287 section 4.1.1 and 4.1.2
        assert 1 == len(feed.findall(f"a:{name}", ATOM))
        assert all(1 == len(entry.findall(f"a:{name}", ATOM)) for entry in feed.findall("a:entry", ATOM))
    return feed


def test_json_feed_says_the_same(api):
    answer = api.client.get(f"{CHANGES}?limit=3", headers={"Accept": "application/feed+json"})
    told, feed = api.client.get(f"{CHANGES}?limit=3").json()["changes"], answer.json()
    assert "application/feed+json" == answer.headers["content-type"]
    assert "https://jsonfeed.org/version/1.1" == feed["version"]
    assert [each["time"] for each in told] == [item["date_published"] for item in feed["items"]]
    assert all({"id", "url", "title", "content_text"} <= item.keys() for item in feed["items"])


def test_a_feed_that_is_known_is_not_sent_again_until_something_changes(api):
    address = f"{CHANGES}?country=BO&f=atom"
    tag = {"If-None-Match": api.client.get(address).headers["etag"]}
    assert 304 == api.client.get(address, headers=tag).status_code
    building(api)
    assert 200 == api.client.get(address, headers=tag).status_code


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("/projects/bo-rosatom-battery-factory", "id=bo-rosatom-battery-factory"),
        ("/api/collections/organisations/items/rosatom?f=html", "owner=rosatom"),
        ("/api/collections/countries/items/BO?f=html", "country=BO"),
        ("/about/data", ""),
        (f"{CHANGES}?capacity=../10&f=html", "capacity=../10"),
    ],
)
def test_feed_readers_find_the_feed_of_a_page(api, page, asked):
    html = api.client.get(page, headers={"Accept": "text/html"}).text
    [found, *_] = re.findall(r'<link rel="alternate" type="application/atom\+xml" href="([^"]*)"', html)
    address = found.replace("&amp;", "&")
    assert asked in address
    assert read_atom(api.client.get(address)).findtext("a:entry/a:id", "", ATOM)


def test_the_page_tells_what_changed_and_nothing_of_a_record_is_taken_for_html(api):
    name = "<script>alert(1)</script>"
    feature = made_up_feature("bo-hostile", name=name)
    headers = {**api.editor, "Content-Type": "application/geo+json"}
    api.client.post("/api/collections/projects/items", content=json.dumps(feature), headers=headers)
    html = api.client.get(f"{CHANGES}?id=bo-hostile&f=html").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert name not in html
    feed = read_atom(api.client.get(f"{CHANGES}?id=bo-hostile&f=atom"))
    assert feed.findtext("a:entry/a:title", "", ATOM).startswith(name)


def test_no_sign_that_xml_cannot_have_breaks_a_feed():
    entry = Entry("urn:x", "a\x00b\x1f\ud800]]>&<", "https://x.org/", "2026-01-01T00:00:00Z", "\ufffe", "\x0b")
    feed = ET.fromstring(atom(Feed("urn:f", "t", "https://x.org/f", "https://x.org/", "a", "en", [entry])))
    assert "ab]]>&<" == feed.findtext("a:entry/a:title", "", ATOM)
