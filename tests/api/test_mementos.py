"""What stood at a time, by Accept-Datetime and by `at` (RFC 7089)."""

import csv
import datetime as dt
import email.utils
import io
import re

import pytest
from conftest import make_api, wait_for
from made_up import made_up

from geo import past
from geo.dates import now
from geo.editing import Edit

ITEMS = "/api/collections/projects/items"
ID = "bo-made-up"
ITEM = f"{ITEMS}/{ID}"
OLD = "Thu, 01 Jan 2026 00:00:00 GMT"


def wait_for_another_second(store):
    """Memento tells times to the second."""
    newest = store.change(store.latest_sequence()).time
    wait_for(lambda: now()[:19] > newest[:19])


def three_moments(store):
    """Each of a second of its own: added and named, renamed and another one, deleted."""
    store.write([Edit(ID, made_up(name="First"), None, "ana")])
    wait_for_another_second(store)
    store.name_release("2026.11")
    store.write([Edit(ID, made_up(name="Second"), 1, "ben"), Edit("ar-b", made_up("ar-b"), None, "ben")])
    wait_for_another_second(store)
    store.write([Edit(ID, None, 2, "cleo")])


@pytest.fixture
def own(make_store):
    return make_api(make_store.filled("three_moments", three_moments)())


def times(own):
    return [own.store.change(sequence).time for sequence in (1, 3, 4)]


def http(time):
    return email.utils.format_datetime(dt.datetime.fromisoformat(time), usegmt=True)


def names(answer):
    return {each["id"]: each["properties"]["name"] for each in answer.json()["features"]}


def test_all_records_as_they_stood_at_a_release_a_time_and_a_day(own):
    first, second, third = times(own)
    for at, found in [
        ("2026.11", {ID: "First"}),
        (first, {ID: "First"}),
        (second, {"ar-b": "Made-up plant", ID: "Second"}),
        (second[:19] + "Z", {"ar-b": "Made-up plant", ID: "Second"}),
        (third, {"ar-b": "Made-up plant"}),
        ("2100-01-01", {"ar-b": "Made-up plant"}),
    ]:
        answer = own.client.get(ITEMS, params={"at": at})
        assert (200, found) == (answer.status_code, names(answer)), at
    answer = own.client.get(f"{ITEMS}?at=2026.11&q=first")
    assert {ID: "First"} == names(answer)
    assert http(first) == answer.headers["memento-datetime"]
    links = answer.headers["link"]
    assert f'<http://testserver{ITEMS}?q=first>; rel="original timegate"' in links
    assert 'rel="timemap"' in links
    assert "at=2026.11" in next(each["href"] for each in answer.json()["links"] if each["rel"] == "self")
    assert {} == names(own.client.get(f"{ITEMS}?at=2026.11&q=second"))


def test_a_file_of_all_records_as_they_stood(own):
    answer = own.client.get(f"{ITEMS}?at=2026.11&f=csv")
    assert ["First"] == [row["name"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))]
    assert "memento-datetime" in answer.headers
    assert "First" in own.client.get(f"{ITEMS}?at=2026.11&f=html").text


def test_accept_datetime_leads_to_what_stood(own):
    first, second, _ = times(own)
    for when, found in ((first, {ID: "First"}), (second, {"ar-b": "Made-up plant", ID: "Second"})):
        answer = own.client.get(ITEMS, headers={"Accept-Datetime": http(when)}, follow_redirects=False)
        assert (302, True) == (answer.status_code, "Accept-Datetime" in answer.headers["vary"])
        assert re.search(r'rel="original timegate".*rel="timemap".*rel="memento"; datetime="', answer.headers["link"])
        led = own.client.get(answer.headers["location"])
        assert (found, http(when)) == (names(led), led.headers["memento-datetime"])
    assert "Accept-Datetime" in own.client.get(ITEMS).headers["vary"], "no cache takes the one for the other"


def test_a_record_as_it_stood(own):
    first, second, third = times(own)
    answer = own.client.get(ITEM, headers={"Accept-Datetime": http(first)})
    assert ("First", http(first)) == (answer.json()["properties"]["name"], answer.headers["memento-datetime"])
    assert f'<http://testserver{ITEM}>; rel="original timegate"' in answer.headers["link"]
    assert "Second" == own.client.get(ITEM, params={"at": second}).json()["properties"]["name"]
    assert 410 == own.client.get(ITEM, params={"at": third}).status_code
    page = own.client.get(f"/projects/{ID}", headers={"Accept-Datetime": http(first)})
    assert (200, f"/projects/{ID}/revisions/1") == (page.status_code, page.url.path)
    assert http(first) == page.headers["memento-datetime"]
    assert 404 == own.client.get(f"{ITEMS}/ar-b?at=2026.11").status_code
    assert 404 == own.client.get(f"{ITEMS}/bo-nobody?at=2026.11").status_code


def test_the_states_are_listed(own):
    listed = own.client.get(f"{ITEM}/timemap")
    assert "application/link-format" == listed.headers["content-type"]
    assert 2 == listed.text.count('rel="memento"')
    assert f'<http://testserver{ITEM}/revisions/1>; rel="memento"; datetime="{http(times(own)[0])}"' in listed.text
    states = own.client.get("/api/releases/timemap").text
    shown = own.client.get(f"{ITEMS}?at=2026.11").headers["memento-datetime"]
    assert f'{ITEMS}?at=2026.11>; rel="memento"; datetime="{shown}"' in states, (
        "as it says of itself, not when it was named"
    )
    assert 404 == own.client.get(f"{ITEMS}/bo-nobody/timemap").status_code


def test_what_is_no_time_and_what_was_before_the_first(own):
    for headers in ({"Accept-Datetime": "yesterday"}, {"Accept-Datetime": "2026-01-01"}, {"Accept-Datetime": ""}):
        assert 400 == own.client.get(ITEMS, headers=headers).status_code
        assert 400 == own.client.get(ITEM, headers=headers).status_code
    for at in ("yesterday", "2026-13-01", "2026-02-30", "2026-01-01T25:00:00Z", "2026.01"):
        assert (400, "at-form") == (
            (answer := own.client.get(ITEMS, params={"at": at})).status_code,
            answer.json()["rule"],
        )
    for answer in (own.client.get(ITEMS, headers={"Accept-Datetime": OLD}), own.client.get(f"{ITEM}?at=2001-01-01")):
        assert (404, times(own)[0]) == (answer.status_code, answer.json()["values"]["since"])
    assert 400 == own.client.get("/api/collections/organisations/items?at=2026.11").status_code


@pytest.mark.parametrize("of_now", ["statistics?by=country&", "facets?", "snapshot?", "tiles/WebMercatorQuad/0/0/0?"])
def test_what_is_of_now_alone_says_so_in_place_of_leaving_the_time_out(own, of_now):
    answer = own.client.get(f"/api/collections/projects/{of_now}at=2026-11-01")
    assert (400, "at") == (answer.status_code, answer.json()["parameter"])
    assert "as_of" in answer.json()["detail"]


def test_only_a_few_moments_are_kept_and_large_ones_are_refused(own, monkeypatch):
    for at in ("2026.11", *times(own)):
        own.client.get(ITEMS, params={"at": at})
    pasts = own.client.app.state.services.pasts
    assert past._MOST_KEPT >= len(pasts._made)
    monkeypatch.setattr(past, "MOST_RECORDS", 0)
    own.store.write(
        [Edit("cl-c", made_up("cl-c", country="CL", geometry=None, location_accuracy="country"), None, "ana")]
    )
    answer = own.client.get(f"{ITEMS}?at=2100-01-01")
    assert (413, "past-too-large") == (answer.status_code, answer.json()["rule"])
    assert 200 == own.client.get(f"{ITEMS}/cl-c?at=2100-01-01").status_code, "a single record needs no others"


def test_who_waits_too_long_is_asked_to_come_again(own, monkeypatch):
    pasts = own.client.app.state.services.pasts
    monkeypatch.setattr(past, "_SECONDS", 0.01)
    with pasts._turn:
        answer = own.client.get(f"{ITEMS}?at=2026.11")
    assert (503, True) == (answer.status_code, "retry-after" in answer.headers)
    assert 200 == own.client.get(f"{ITEMS}?at=2026.11").status_code
