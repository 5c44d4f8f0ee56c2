"""The history of a record over HTTP: revisions with addresses, pages that say what changed, going back, and 410."""

import re

import pytest
from conftest import make_api
from made_up import made_up, made_up_feature

from geo.editing import Edit
from geo.keys import create_key
from web.history import MOST_LISTED, MOST_SHOWN
from web.language import LANGUAGES, Language

P = "/api/collections/projects"
ID = "bo-made-up"
ITEM = f"{P}/items/{ID}"
PAGE = f"/projects/{ID}"
GEOJSON = {"Content-Type": "application/geo+json"}
SOURCES = [{"id": "s1", "url": "https://example.org/1", "title": "A text"}]


@pytest.fixture
def own(store):
    """A record that was added, renamed, told more of and moved."""
    more = [*SOURCES, {"id": "s2", "url": "https://example.org/2", "title": "Second text"}]
    built = {
        "key": "built",
        "date": "2025-03",
        "type": "status",
        "status": "construction",
        "summary": "So.",
        "sources": ["s2"],
    }
    first = made_up()
    edits = [
        Edit(ID, first, None, "ana"),
        Edit(ID, made_up(name="Second name"), 1, "ben", "a better <b>name</b>"),
        Edit(ID, made_up(name="Second name", sources=more, events=[first.stated()["events"][0], built]), 2, "cleo"),
    ]
    for edit in edits:
        store.write([edit])
    return make_api(store)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_every_revision_has_an_address_with_links_to_those_beside_it(own):
    answer = own.client.get(f"{ITEM}/revisions/2")
    assert (200, "application/geo+json") == (answer.status_code, answer.headers["content-type"])
    feature = answer.json()
    assert ("Feature", "Second name", 2) == (feature["type"], *(feature["properties"][n] for n in ("name", "revision")))
    assert ("ben", "update", ["/properties/name"]) == tuple(
        feature["change"][n] for n in ("author", "action", "changed")
    )
    links = {each["rel"]: each["href"] for each in feature["links"]}
    assert links["predecessor-version"].endswith(f"{ITEM}/revisions/1")
    assert links["successor-version"].endswith(f"{ITEM}/revisions/3")
    assert links["latest-version"].endswith(ITEM)
    assert links["version-history"].endswith(f"{ITEM}/revisions")
    assert 'rel="predecessor-version"' in answer.headers["link"]
    assert 304 == own.client.get(f"{ITEM}/revisions/2", headers={"If-None-Match": answer.headers["etag"]}).status_code
    ends = [{each["rel"] for each in own.client.get(f"{ITEM}/revisions/{n}").json()["links"]} for n in (1, 3)]
    assert ("predecessor-version" not in ends[0], "successor-version" not in ends[1]) == (True, True)
    assert [f"{ITEM}/revisions/{n}" for n in (1, 2, 3)] == [
        each["links"][0]["href"].removeprefix("http://testserver")
        for each in own.client.get(f"{ITEM}/revisions").json()["revisions"]
    ]


def test_what_is_no_revision_is_told(own):
    for number in ("4", "0", "01", "x", "9" * 30):
        answer = own.client.get(f"{ITEM}/revisions/{number}")
        assert (404, "no-such-revision", 3) == (
            answer.status_code,
            answer.json()["rule"],
            answer.json()["values"]["newest"],
        )
        assert 404 == own.client.get(f"{PAGE}/revisions/{number}").status_code
    assert 404 == own.client.get(f"{P}/items/bo-nobody/revisions/1").status_code
    assert 404 == own.client.get("/projects/bo-nobody/revisions").status_code
    assert 400 == own.client.get(f"{ITEM}/revisions/1?colour=red").status_code


def test_a_browser_is_led_from_the_address_of_a_revision_to_its_page(own):
    answer = own.client.get(f"{ITEM}/revisions/2", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (303, f"http://testserver{PAGE}/revisions/2") == (answer.status_code, answer.headers["location"])


def test_a_page_tells_who_changed_what_newest_first(own):
    page = own.client.get(f"{PAGE}/revisions").text
    text = text_of(page)
    assert text.index("cleo") < text.index("ben") < text.index("ana")
    assert "Sources added: Second text" in text
    assert "New Stage “Construction”, Mar 2025" in text
    assert "a better &lt;b&gt;name&lt;/b&gt;" in page
    assert "Was: Made-up plant" in text
    for code, word in (("es", "Fuentes añadidas"), ("ru", "Добавленные источники"), ("zh", "新增来源")):
        assert word in own.client.get(f"{PAGE}/revisions?lang={code}").text


def test_a_long_history_comes_in_pages(own):
    for number in range(3, 48):
        own.store.write([Edit(ID, made_up(name=f"Name {number}"), number, "ben")])
    address, numbers, pages = f"{PAGE}/revisions", [], 0
    while address:
        page = own.client.get(address).text
        numbers += [int(n) for n in re.findall(r'<li value="(\d+)"', page)]
        assert "Nothing differs" not in page
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address, pages = found and found[1], pages + 1
    assert (list(range(48, 0, -1)), 3) == (numbers, pages)


def test_the_newest_two_revisions_are_chosen_for_whoever_has_chosen_none(own):
    text = own.client.get(f"{PAGE}/revisions").text
    newest = max(int(each) for each in re.findall(r'name="to" value="(\d+)"', text))
    assert [str(newest - 1)] == re.findall(r'name="from" value="(\d+)" checked', text)
    assert [str(newest)] == re.findall(r'name="to" value="(\d+)" checked', text)


def test_any_two_revisions_are_compared(own):
    text = text_of(own.client.get(f"{PAGE}/revisions?from=1&to=3").text)
    assert "From revision 1 to revision 3" in text
    assert text.count("Was: Made-up plant") == 2, "where they are compared, and where it changed"
    assert 404 == own.client.get(f"{PAGE}/revisions?from=1&to=9").status_code
    assert 400 == own.client.get(f"{PAGE}/revisions?before=x").status_code


def test_of_very_much_that_changed_a_page_shows_the_first_and_says_so(own):
    said = own.store.head(ID).project
    for number, words in ((3, "as told"), (4, "as read")):
        sources = [{"id": f"s{at}", "url": f"https://example.org/{at}", "title": f"{at} {words}"} for at in range(200)]
        events = [
            {"date": "2026-01", "type": "status", "status": "announced", "summary": f"{at} {words}.", "sources": ["s1"]}
            for at in range(200)
        ]
        changed = made_up(name=said.properties.name, sources=sources, events=events)
        own.store.write([Edit(ID, changed, number, "dora")])
    listed, one, two = (
        own.client.get(f"/projects/{ID}/revisions{more}").text for more in ("", "/5", "?from=4&to=5&before=1")
    )
    assert f"the first {MOST_LISTED}." in text_of(listed)
    assert listed.count("data-pointer") < 4 * MOST_LISTED
    for page in (one, two):
        assert MOST_SHOWN == page.count("data-pointer")
        assert f"the first {MOST_SHOWN}." in text_of(page)


def test_a_revision_s_page_shows_the_record_as_it_was(own):
    page = own.client.get(f"{PAGE}/revisions/1").text
    text = text_of(page)
    assert "This is how the record was; the newest revision is 3" in text
    assert "Made-up plant" in text
    assert "Considered" in text
    assert "Construction" not in text
    newest = text_of(own.client.get(f"{PAGE}/revisions/3").text)
    assert "This is how the record was" not in newest
    assert "New Stage “Construction”, Mar 2025" in newest
    assert f'href="{PAGE}/revisions"' in own.client.get(PAGE).text
    assert f'href="{PAGE}/revisions"' in own.client.get(f"{PAGE}?part=body").text


def delete(own, comment="a mistake"):
    answer = own.client.delete(f"{ITEM}?comment={comment}", headers={**own.editor, "If-Match": "*"})
    assert 204 == answer.status_code


def test_a_deleted_record_answers_410_with_its_history(own):
    delete(own)
    answer = own.client.get(ITEM)
    assert (410, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert f"http://testserver{ITEM}/revisions" == answer.json()["revisions"]
    assert 'rel="version-history"' in answer.headers["link"]
    history = own.client.get(answer.json()["revisions"]).json()["revisions"]
    assert ["create", "update", "update", "delete"] == [each["action"] for each in history]
    assert 410 == own.client.get(f"{ITEM}/revisions/4").status_code
    assert 200 == own.client.get(f"{ITEM}/revisions/3").status_code
    page = own.client.get(PAGE)
    text = text_of(page.text)
    assert 410 == page.status_code
    assert "This record was deleted:" in text
    assert "a mistake" in text
    assert "editor" in text
    assert f'href="{PAGE}/revisions/3"' in page.text
    assert 200 == own.client.get(f"{PAGE}/revisions").status_code
    assert "deleted" in text_of(own.client.get(f"{PAGE}/revisions/4").text)
    assert "This record was deleted:" in text_of(own.client.get(f"{PAGE}/revisions/2").text)
    for code in LANGUAGES:
        told = own.client.get(f"{PAGE}?lang={code}").text
        assert Language(code).say("revisions.comes_back") in told
        assert 'href="/add"' in told


def revert(own, number, tag="*", key=None, **asked):
    headers = {**(own.editor if key is None else key), **({"If-Match": tag} if tag else {})}
    return own.client.post(f"{ITEM}/revisions/{number}/revert", headers=headers, params=asked)


def test_going_back_is_a_new_revision(own):
    tag = own.client.get(ITEM).headers["etag"]
    answer = revert(own, 1, tag)
    assert (200, 4, "Made-up plant") == (
        answer.status_code,
        *(answer.json()["properties"][n] for n in ("revision", "name")),
    )
    last = own.client.get(f"{ITEM}/revisions").json()["revisions"][-1]
    assert ("editor", "Back to revision 1") == (last["author"], last["comment"])
    assert own.store.revisions(ID)[0].project == own.store.revisions(ID)[3].project
    assert 412 == revert(own, 2, tag).status_code
    assert "why not" == (revert(own, 2, comment="why not"), own.store.head(ID).comment)[1]


def test_who_may_go_back_and_how(own):
    assert 428 == revert(own, 1, None).status_code
    assert 401 == revert(own, 1, key={}).status_code
    assert 403 == revert(own, 1, key=own.reader).status_code
    assert 404 == revert(own, 9).status_code
    chilean = {"X-API-Key": create_key(own.store.keys, "of Chile", "editor", scope=["CL"])[1]}
    assert 403 == revert(own, 1, key=chilean).status_code
    assert 3 == own.store.head(ID).number


def test_a_deleted_record_is_brought_back(own):
    delete(own)
    tag = own.client.get(ITEM).headers["etag"]
    assert 410 == revert(own, 4).status_code, "a deletion is nothing to go back to"
    assert 412 == revert(own, 3, '"3-deleted"').status_code
    answer = revert(own, 3, tag)
    assert (200, 5) == (answer.status_code, answer.json()["properties"]["revision"])
    assert "Second name" == own.client.get(ITEM).json()["properties"]["name"]
    assert "brought back" in text_of(own.client.get(f"{PAGE}/revisions").text)
    assert 409 == own.client.post(f"{P}/items", json=made_up_feature(), headers={**own.editor, **GEOJSON}).status_code


def test_a_record_whose_link_leads_nowhere_any_more_can_still_go_back(own):
    own.store.write([Edit("bo-other", made_up("bo-other"), None, "ana")])
    link = [{"type": "same_site", "project": "bo-other", "sources": ["s1"]}]
    own.store.write([Edit(ID, made_up(links=link), 3, "ana")])
    own.store.write([Edit(ID, made_up(), 4, "ana"), Edit("bo-other", None, 1, "ana")])
    assert 200 == revert(own, 4).status_code


def sign_in(own, headers):
    key = headers["Authorization"].removeprefix("Bearer ")
    own.client.post("/sign-in", data={"key": key}, follow_redirects=False)
    return own.client.get("/session").json()["csrf"]


def test_an_editor_goes_back_in_a_browser(own):
    address = f"{PAGE}/revisions/1"
    assert "csrf" not in own.client.get(address).text
    assert 401 == own.client.post(f"{address}/revert", data={"newest": "3"}).status_code
    token = sign_in(own, own.editor)
    page = own.client.get(address)
    assert f'action="{address}/revert"' in page.text
    assert "no-store" in page.headers["cache-control"]
    assert f"{PAGE}/revisions/3/revert" not in own.client.get(f"{PAGE}/revisions/3").text, "it is that already"
    assert 403 == own.client.post(f"{address}/revert", data={"newest": "3"}).status_code
    sent = {"csrf": token, "newest": "3", "comment": "it was right"}
    answer = own.client.post(f"{address}/revert?lang=es", data={**sent, "newest": "2"})
    assert (412, True) == (answer.status_code, 'role="alert"' in answer.text)
    assert 400 == own.client.post(f"{address}/revert", data={**sent, "newest": "x"}).status_code
    answer = own.client.post(f"{address}/revert", data=sent, follow_redirects=False)
    assert (303, f"{PAGE}/revisions") == (answer.status_code, answer.headers["location"])
    head = own.store.head(ID)
    assert (4, "editor", "it was right", "Made-up plant") == (
        head.number,
        head.author,
        head.comment,
        head.project.properties.name,
    )


def test_a_reader_who_is_signed_in_sees_no_way_back(own):
    token = sign_in(own, own.reader)
    assert "go-back" not in own.client.get(f"{PAGE}/revisions/1").text
    answer = own.client.post(f"{PAGE}/revisions/1/revert", data={"csrf": token, "newest": "3"})
    assert (403, 3) == (answer.status_code, own.store.head(ID).number)


def test_a_deletion_is_undone_in_a_browser(own):
    delete(own)
    token = sign_in(own, own.editor)
    assert "go-back" in own.client.get(f"{PAGE}/revisions/3").text
    sent = {"csrf": token, "newest": "4"}
    assert 200 == own.client.post(f"{PAGE}/revisions/3/revert", data=sent).status_code
    assert (5, "create", "Back to revision 3") == tuple(
        getattr(own.store.head(ID), name) for name in ("number", "action", "comment")
    )
