"""Proposals as pages: everybody reads them, who proposed answers, editors decide; strangers' texts are only texts."""

import html
import re
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import orjson
import pytest
from conftest import client_of
from hostile import HOSTILE, hostile
from proposed import FACTORY, ITEMS, PROPOSALS, correction, key_of, new, proposed

from api.settings import Settings
from geo.keys import create_key
from web.language import LANGUAGES

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}


@pytest.fixture
def open_api(api):
    """An instance that lets anybody propose."""
    return api._replace(client=client_of(api.store, Settings(proposals="open", proposed=1000)))


class Editor:
    """Somebody signed in, with a browser of their own."""

    def __init__(self, api, name="Eva", role="editor", countries=()):
        secret = create_key(api.store.keys, name, role, scope=countries)[1]
        self.client = client_of(api.store, Settings(proposals="open", proposed=1000))
        self.client.post("/sign-in", data={"key": secret, "to": ""})

    def read(self, path, expected=200):
        answer = self.client.get(path, headers=HTML)
        assert expected == answer.status_code, answer.text
        return answer.text

    def send(self, path, page=None, expected=303, **fields):
        """Send the fields of a form with those that are hidden in it."""
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(page or self.read(path))}
        kept = {name: hidden[name] for name in ("csrf", "version", "seen", "into") if name in hidden}
        answer = self.client.post(path, data={**kept, **fields}, follow_redirects=False)
        assert expected == answer.status_code, answer.text
        return answer


HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture
def eva(open_api):
    return Editor(open_api)


def words(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main>")[2])))


def conflicting(api):
    """A correction of the factory whose name somebody else changed meanwhile."""
    number = proposed(api, correction(api, name="Proposed name", locality="Uyuni"))["id"]
    changed = {"properties": {"name": "Name of meanwhile"}}
    etag = api.client.get(f"{ITEMS}/{FACTORY}").headers["etag"]
    assert (
        200
        == api.client.patch(f"{ITEMS}/{FACTORY}", json=changed, headers={**api.editor, "If-Match": etag}).status_code
    )
    return number


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_everybody_reads_what_was_proposed_and_that_nobody_has_looked_at_it(open_api, code):
    number = proposed(open_api, new(author="Rosa", language="es"))["id"]
    page = open_api.client.get(f"/proposals/{number}?lang={code}", headers=HTML)
    told = words(page.text)
    assert 200 == page.status_code
    assert all(each in told for each in ("Planta Rincón", "Rosa", "I live there."))
    assert 'name="robots" content="noindex"' in page.text
    assert 404 == open_api.client.get("/proposals/99", headers=HTML).status_code
    assert "<h1>" in open_api.client.get("/proposals/x", headers=HTML).text


def test_a_correction_is_told_as_what_differs_from_the_record_now(open_api):
    number = proposed(open_api, correction(open_api, name="Proposed name"))["id"]
    page = open_api.client.get(f"/proposals/{number}").text
    assert "<del>" in page
    assert "Proposed name" in words(page)
    assert f"/projects/{FACTORY}/revisions/1" in page
    assert "example.org" in page  # the host of its source


def test_the_list_is_filtered_and_comes_page_by_page(open_api):
    for name in ("Alpha works", "Beta works"):
        proposed(open_api, new(name))
    proposed(open_api, correction(open_api, name="Gamma works"), key_of(open_api, "ngo"))

    def named(**asked):
        found = open_api.client.get("/proposals", params=asked).text
        return [each for each in ("Alpha works", "Beta works", "Gamma works") if each in words(found)]

    assert ["Gamma works"] == named(kind="change") == named(signed_in="true") == named(q="gamma")
    assert ["Alpha works", "Beta works"] == named(signed_in="false") == named(kind="create", state="open")
    assert [] == named(country="CL")
    first = open_api.client.get("/proposals?limit=2").text
    assert words(first).index("Gamma works") < words(first).index("Beta works")
    following = html.unescape(re.findall('rel="next" href="([^"]+)"', first)[0])
    assert "Alpha works" in words(open_api.client.get(f"/proposals{following}").text)
    assert 400 == open_api.client.get("/proposals?unheard=1").status_code


def test_who_proposed_without_a_key_answers_and_withdraws_by_the_token(open_api):
    kept = proposed(open_api, new(author="Rosa"))
    path = f"/proposals/{kept['id']}"
    sent = {"version": "1", "decision": "answer", "text": "It is by the lake."}
    wrong = open_api.client.post(path, data={**sent, "token": "guessed"})
    assert 403 == wrong.status_code
    assert "It is by the lake." in wrong.text  # nothing that was typed is lost
    assert 200 == open_api.client.post(path, data={**sent, "token": kept["token"]}).status_code
    assert "It is by the lake." in words(open_api.client.get(path).text)
    again = {"version": "2", "decision": "withdraw", "token": kept["token"]}
    assert 403 == open_api.client.post(path, data={**again, "decision": "accept"}).status_code
    assert "Withdrawn" in words(open_api.client.post(path, data=again).text)


def test_who_proposed_with_a_key_answers_when_signed_in(open_api):
    ngo, other = Editor(open_api, "ngo", "contributor"), Editor(open_api, "other", "contributor")
    secret = create_key(open_api.store.keys, "third", "contributor")[1]
    number = proposed(open_api, new(), {"Authorization": f"Bearer {secret}"})["id"]
    third = Editor.__new__(Editor)
    third.client = client_of(open_api.store, Settings(proposals="open"))
    third.client.post("/sign-in", data={"key": secret, "to": ""})
    path = f"/proposals/{number}"
    other.send(path, expected=403, decision="answer", text="Mine")
    assert 'name="token"' not in third.read(path)
    third.send(path, decision="answer", text="Here it is.")
    assert "Here it is." in words(ngo.read(path))


def test_others_than_editors_are_led_to_sign_in(open_api):
    answer = open_api.client.get("/review?kind=create", headers=HTML, follow_redirects=False)
    assert (303, "/sign-in?to=%2Freview%3Fkind%3Dcreate") == (answer.status_code, answer.headers["location"])
    contributor = Editor(open_api, "ngo", "contributor")
    assert 403 == contributor.client.get("/review", headers=HTML).status_code


def test_an_editor_accepts_and_comes_to_what_waits_next(open_api, eva):
    first, second = (proposed(open_api, new(name))["id"] for name in ("Alpha works", "Beta works"))
    path = f"/review/{first}?kind=create"
    answer = eva.send(path, decision="accept", text="Thank you.")
    assert f"/review/{second}?kind=create&done={first}&as=accept" == answer.headers["location"]
    assert "Accepted: Alpha works." in words(eva.read(answer.headers["location"]))
    assert 200 == open_api.client.get(f"{ITEMS}/bo-alpha-works").status_code
    told = open_api.client.get(f"/proposals/{first}").text
    assert "Eva" in words(told)
    assert 'href="/projects/bo-alpha-works/revisions/1"' in told
    last = eva.send(f"/review/{second}", decision="decline", reason="duplicate")
    assert f"/review?done={second}&as=decline" == last.headers["location"]
    assert "Declined: Beta works." in words(eva.read(last.headers["location"]))


def test_a_reason_is_said_in_the_language_of_who_proposed_it(open_api, eva):
    number = proposed(open_api, new(language="es"))["id"]
    eva.send(f"/review/{number}", decision="decline", reason="duplicate", text="Véase la otra.")
    told = open_api.client.get(f"{PROPOSALS}/{number}").json()["remarks"][0]["text"]
    assert "El registro ya tiene este proyecto.\nVéase la otra." == told


def test_declining_without_a_word_is_refused_in_place(open_api, eva):
    number = proposed(open_api, new())["id"]
    page = eva.send(f"/review/{number}", expected=422, decision="decline").text
    assert 'role="alert"' in page
    assert "open" == open_api.client.get(f"{PROPOSALS}/{number}").json()["state"]


def test_a_question_goes_back_and_forth(open_api, eva):
    kept = proposed(open_api, new())
    eva.send(f"/review/{kept['id']}", decision="ask", text="Where is it?")
    assert "Where is it?" in words(eva.read("/review?state=asked") + eva.read(f"/proposals/{kept['id']}"))
    sent = {"version": "2", "token": kept["token"], "decision": "answer", "text": "In Uyuni."}
    assert 200 == open_api.client.post(f"/proposals/{kept['id']}", data=sent).status_code
    assert "In Uyuni." in words(eva.read(f"/review/{kept['id']}"))


def test_of_two_editors_one_decides_and_the_other_is_told(open_api, eva):
    number = proposed(open_api, new())["id"]
    adam = Editor(open_api, "Adam")
    path = f"/review/{number}"
    seen = adam.read(path)
    eva.send(path, decision="ask", text="Where is it?")
    page = adam.send(path, seen, 409, decision="decline", text="No such place, I say.").text
    assert "Where is it?" in words(page)
    assert "No such place, I say." in page
    assert [("version", "2")] == sorted({each for each in HIDDEN.findall(page) if each[0] == "version"})
    adam.send(path, page, decision="decline", text="No such place, I say.")


def test_an_editor_corrects_fields_before_accepting(open_api, eva):
    number = proposed(open_api, new())["id"]
    fields = fields_of(eva.read(f"/review/{number}"))
    eva.send(
        f"/review/{number}", decision="accept", **{**fields, "with": "fields", "name": "Rincón plant", "lat": "-20,5"}
    )
    record = open_api.client.get(f"{ITEMS}/bo-planta-rincon").json()
    assert ("Rincón plant", -20.5) == (record["properties"]["name"], record["geometry"]["coordinates"][1])


def test_an_editor_corrects_the_stage_and_its_date_before_accepting(open_api, eva):
    """That of the newest event that says one: what came before it, and what is no stage, stays."""
    asked = new()
    p = asked["feature"]["properties"]
    talks = {"date": "2025", "type": "agreement", "summary": "They signed.", "sources": ["s1"]}
    p["events"] = [{**p["events"][0], "date": "2024-06", "status": "announced"}, *p["events"], talks]
    number = proposed(open_api, asked)["id"]
    fields = fields_of(eva.read(f"/review/{number}"))
    assert ("announced", "2024-06", "happened") == tuple(fields[f"status{end}"] for end in ("", "_date", "_date_basis"))
    wrong = {**fields, "with": "fields", "status_date": "last June"}
    page = eva.send(f"/review/{number}", expected=422, decision="accept", **wrong).text
    assert 'id="status_date-error0"' in page
    right = {"status": "construction", "status_date": "2024-07", "status_date_basis": "reported"}
    eva.send(f"/review/{number}", decision="accept", **{**fields, "with": "fields", **right})
    after = open_api.client.get(f"{ITEMS}/bo-planta-rincon").json()["properties"]
    assert ("construction", "2024-07") == (after["status"], after["status_date"])
    assert ["2024-07", "2024-03-26", "2025"] == [each["date"] for each in after["events"]]
    assert "announced" not in [each.get("status") for each in after["events"]]


@pytest.mark.parametrize("field", ["name", "feature"])
def test_what_an_editor_has_changed_counts_whichever_button_is_pressed(open_api, eva, field):
    number = proposed(open_api, new())["id"]
    fields = fields_of(eva.read(f"/review/{number}"))
    fields[field] = fields[field].replace("Planta Rincón", "Rincón plant")
    eva.send(f"/review/{number}", decision="accept", **fields)
    assert "Rincón plant" == open_api.client.get(f"{ITEMS}/bo-planta-rincon").json()["properties"]["name"]


def test_what_the_checks_say_names_its_place_in_words_and_what_would_be_right(open_api, eva):
    feature = {**new()["feature"]}
    feature["properties"] = {name: each for name, each in feature["properties"].items() if name != "summary"}
    page = eva.read(f"/review/{proposed(open_api, new() | {'feature': feature})['id']}?lang=es")
    assert "Resumen: falta Correcto sería: dos o tres frases" in words(page)


def test_what_nobody_has_changed_is_accepted_as_proposed(open_api, eva):
    number = conflicting(open_api)
    fields = fields_of(eva.read(f"/review/{number}"))
    eva.send(f"/review/{number}", decision="accept", **{**fields, "choice-0": "take /properties/name"})
    assert "Proposed name" == open_api.client.get(f"{ITEMS}/{FACTORY}").json()["properties"]["name"]


def test_everybody_reads_what_was_proposed_where_both_have_changed_it(open_api):
    page = open_api.client.get(f"/proposals/{conflicting(open_api)}", headers=HTML).text
    assert 'data-pointer="/properties/name"' in page
    assert "Name of meanwhile" in words(page)
    assert "Proposed name" in words(page).partition("What would change")[2].partition("Where")[0]


def fields_of(page):
    """What the fields of the form for corrections hold."""
    inputs = re.findall(r'<input id="e-\w+" name="(\w+)" value="([^"]*)"', page)
    texts = re.findall(r'<textarea id="e-(\w+)"[^>]*>([^<]*)</textarea>', page)
    lists = re.findall(r'<select id="e-\w+" name="(\w+)".*?value="([^"]*)" selected', page, re.DOTALL)
    return {name: html.unescape(value) for name, value in (*inputs, *texts, *lists)}


def test_what_is_wrong_is_said_beside_its_field(open_api, eva):
    number = proposed(open_api, new())["id"]
    fields = fields_of(eva.read(f"/review/{number}"))
    wrong = {**fields, "with": "fields", "kind": "bakery", "lat": "far away"}
    page = eva.send(f"/review/{number}", expected=422, decision="accept", **wrong).text
    assert 'aria-describedby="kind-error0"' in page
    assert 'id="lat-error0"' in page
    assert "far away" in page
    assert "open" == open_api.client.get(f"{PROPOSALS}/{number}").json()["state"]


@pytest.mark.parametrize(
    ("text", "status"), [("{", 400), ("[1]", 422), ('{"type": "Feature"}', 422), ("[" * 60 + "]" * 60, 400)]
)
def test_a_whole_record_that_is_none_is_refused(open_api, eva, text, status):
    number = proposed(open_api, new())["id"]
    page = eva.send(f"/review/{number}", expected=status, decision="accept", **{"with": "whole", "feature": text}).text
    assert html.escape(text, quote=False) in html.unescape(page).replace("&#34;", '"')


def test_a_whole_record_is_accepted_as_the_editor_wrote_it(open_api, eva):
    number = proposed(open_api, new())["id"]
    page = eva.read(f"/review/{number}")
    feature = orjson.loads(fields_of(page)["feature"])
    feature["properties"]["summary"] = "Written by an editor."
    eva.send(f"/review/{number}", decision="accept", **{"with": "whole", "feature": orjson.dumps(feature).decode()})
    record = open_api.client.get(f"{ITEMS}/bo-planta-rincon").json()
    assert "Written by an editor." == record["properties"]["summary"]


def test_of_a_conflict_the_editor_chooses(open_api, eva):
    number = conflicting(open_api)
    path = f"/review/{number}"
    page = eva.read(path)
    assert {"take /properties/name", "leave /properties/name"} == set(
        re.findall(r'value="((?:take|leave) [^"]+)"', page)
    )
    eva.send(path, expected=409, decision="accept")
    eva.send(path, expected=409, decision="accept", **{"with": "fields", **fields_of(page)})
    eva.send(path, decision="accept", **{"choice-0": "take /properties/name"})
    stated = open_api.client.get(f"{ITEMS}/{FACTORY}").json()["properties"]
    assert ("Proposed name", "Uyuni") == (stated["name"], stated["locality"])


def moved_to(lon, lat):
    return {"geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": {"location_accuracy": "site"}}


@pytest.mark.parametrize(("way", "place"), [("take", [-66.8, -20.4]), ("leave", [-65.2, -17.4])])
def test_a_place_is_chosen_whole(open_api, eva, way, place):
    body = correction(open_api)
    moved = moved_to(-66.8, -20.4)
    body["feature"]["geometry"] = moved["geometry"]
    body["feature"]["properties"] |= moved["properties"]
    number = proposed(open_api, body)["id"]
    etag = open_api.client.get(f"{ITEMS}/{FACTORY}").headers["etag"]
    headers = {**open_api.editor, "If-Match": etag, "Content-Type": "application/merge-patch+json"}
    assert 200 == open_api.client.patch(f"{ITEMS}/{FACTORY}", json=moved_to(-65.2, -17.4), headers=headers).status_code
    page = eva.read(f"/review/{number}")
    assert 1 == page.count('class="conflict"')
    [value] = [each for each in re.findall(r'name="choice-0" value="([^"]+)"', page) if each.startswith(way)]
    assert "/geometry" in value.split()
    eva.send(f"/review/{number}", page, decision="accept", **{"choice-0": value})
    record = open_api.client.get(f"{ITEMS}/{FACTORY}").json()
    assert (place, "site") == (record["geometry"]["coordinates"], record["properties"]["location_accuracy"])


def test_what_one_side_took_out_and_the_other_changed_is_chosen_as_one(open_api, eva):
    feature = open_api.client.get(f"{ITEMS}/{FACTORY}/revisions").json()["revisions"][0]["feature"]
    key = feature["properties"]["events"][0]["key"]
    body = correction(open_api)
    body["feature"]["properties"]["events"][0]["summary"] = "Otherwise, says the proposal."
    number = proposed(open_api, body)["id"]
    etag = open_api.client.get(f"{ITEMS}/{FACTORY}").headers["etag"]
    headers = {**open_api.editor, "If-Match": etag, "Content-Type": "application/merge-patch+json"}
    gone = {"properties": {"events": {key: None}}}
    assert 200 == open_api.client.patch(f"{ITEMS}/{FACTORY}", json=gone, headers=headers).status_code
    page = eva.read(f"/review/{number}")
    assert f'value="take /properties/events/{key}"' in page
    assert "Otherwise, says the proposal." in words(page)
    eva.send(f"/review/{number}", page, decision="accept", **{"choice-0": f"take /properties/events/{key}"})
    stated = open_api.client.get(f"{ITEMS}/{FACTORY}").json()["properties"]["events"]
    assert "Otherwise, says the proposal." in {each["summary"] for each in stated}


def test_a_record_that_moved_while_it_was_looked_at_is_looked_at_again(open_api, eva):
    number = proposed(open_api, correction(open_api, locality="Uyuni"))["id"]
    path = f"/review/{number}"
    seen = eva.read(path)
    etag = open_api.client.get(f"{ITEMS}/{FACTORY}").headers["etag"]
    changed = {"properties": {"name": "Name of meanwhile"}}
    open_api.client.patch(f"{ITEMS}/{FACTORY}", json=changed, headers={**open_api.editor, "If-Match": etag})
    page = eva.send(path, seen, 409, decision="accept").text
    eva.send(path, page, decision="accept")
    stated = open_api.client.get(f"{ITEMS}/{FACTORY}").json()["properties"]
    assert ("Name of meanwhile", "Uyuni") == (stated["name"], stated["locality"])


def test_a_likely_duplicate_stands_beside_it_and_takes_it_in(open_api, eva):
    number = proposed(open_api, new("Fábrica de baterías de Rosatom", alike={FACTORY: "same"}))["id"]
    page = eva.read(f"/review/{number}")
    assert f'href="?into={FACTORY}#changes"' in page
    merged = eva.read(f"/review/{number}?into={FACTORY}")
    assert "Merged into" in words(merged)
    answer = eva.send(f"/review/{number}", merged, decision="merge")
    assert f"done={number}&as=merge" in answer.headers["location"]
    stated = open_api.client.get(f"{ITEMS}/{FACTORY}").json()["properties"]
    assert "Fábrica de baterías de Rosatom" in stated["other_names"]
    assert "no record" in words(eva.read(f"/review/{number}?into=xx-nothing", 404)).lower()


def test_a_record_that_the_proposer_names_stands_beside_it_though_it_does_not_resemble_it(open_api, eva):
    number = proposed(open_api, new("Wholly other", alike={FACTORY: "phase", "bo-gone": "same"}))["id"]
    page = eva.read(f"/review/{number}")
    assert f'href="?into={FACTORY}#changes"' in page
    assert "Rosatom battery factory in Bolivia : Another phase; bo-gone : The same" in words(page)


def test_of_a_record_that_is_gone_a_correction_is_read_and_not_accepted(open_api, eva):
    number = proposed(open_api, correction(open_api, locality="Uyuni"))["id"]
    new_one = proposed(open_api, new())["id"]
    etag = open_api.client.get(f"{ITEMS}/{FACTORY}").headers["etag"]
    headers = {**open_api.editor, "If-Match": etag}
    assert 204 == open_api.client.delete(f"{ITEMS}/{FACTORY}", headers=headers).status_code
    assert "deleted" in words(open_api.client.get(f"/proposals/{number}").text)
    page = eva.send(f"/review/{number}", expected=409, decision="accept").text
    assert "deleted" in words(page)
    assert 'role="alert"' in eva.read(f"/review/{new_one}?into={FACTORY}", 410)
    eva.send(f"/review/{number}", decision="decline", reason="outdated")


def test_a_removal_is_shown_and_accepted(open_api, eva):
    source = {"url": "https://example.org/never", "title": "It never was"}
    body = {"kind": "delete", "project": FACTORY, "revision": 1, "comment": "It never was.", "sources": [source]}
    number = proposed(open_api, body)["id"]
    page = eva.read(f"/review/{number}")
    assert "It never was" in words(page)
    assert 'name="with" value="fields"' not in page
    eva.send(f"/review/{number}", page, decision="accept")
    assert 410 == open_api.client.get(f"{ITEMS}/{FACTORY}").status_code
    assert 200 == open_api.client.get(f"/proposals/{number}").status_code


def test_an_editor_of_one_country_decides_about_its_records_alone(open_api):
    inside, outside = (proposed(open_api, correction(open_api, locality=name))["id"] for name in ("Uyuni", "Colcha"))
    chile, bolivia = Editor(open_api, "Clara", countries=["CL"]), Editor(open_api, "Berta", countries=["BO"])
    assert f'href="/review/{inside}"' in bolivia.read("/review")
    assert f'href="/review/{inside}"' not in chile.read("/review")
    page = chile.read(f"/review/{outside}")
    assert '<button class="strong" name="with"' not in page
    seen = bolivia.read(f"/review/{inside}")
    hidden = {name: value for name, value in HIDDEN.findall(seen) if name in ("version", "seen")}
    token = chile.client.get("/session").json()["csrf"]
    refused = chile.client.post(f"/review/{inside}", data={**hidden, "csrf": token, "decision": "accept"})
    assert 403 == refused.status_code
    moved = {**fields_of(seen), "with": "fields", "country": "CL"}
    bolivia.send(f"/review/{inside}", seen, 403, decision="accept", **moved)
    bolivia.send(f"/review/{inside}", seen, decision="accept")


def test_what_no_page_of_ours_has_sent_is_refused(open_api, eva):
    number = proposed(open_api, new())["id"]
    path = f"/review/{number}"
    assert 403 == eva.client.post(path, data={"version": "1", "decision": "accept"}).status_code
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    token = eva.client.get("/session").json()["csrf"]
    sent = {"version": "1", "decision": "accept", "csrf": token}
    assert 403 == eva.client.post(path, data=sent, headers=elsewhere).status_code
    assert 400 == eva.client.post(path, data={**sent, "unheard": "1"}).status_code
    assert "open" == open_api.client.get(f"{PROPOSALS}/{number}").json()["state"]


class Elements(HTMLParser):
    """What a page is made of: its elements with their attributes, and where its links lead."""

    def __init__(self, page):
        super().__init__()
        self.found, self.schemes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found |= {tag, *(f"{tag} {name}" for name, _ in attrs)}
        self.schemes |= {urlsplit(value).scheme for name, value in attrs if name in ("href", "src", "action")}


def pages_of(open_api, eva, text):
    feature = hostile(0, text).to_feature()
    del feature["id"]
    body = {"kind": "create", "feature": feature, "comment": text, "author": "Rosa", "alike": {FACTORY: "different"}}
    number = proposed(open_api, body)["id"]
    eva.send(f"/review/{number}", decision="ask", text=text)
    paths = (
        f"/proposals/{number}",
        f"/review/{number}",
        f"/review/{number}?into={FACTORY}",
        f"/review?q={quote(text[:20])}",
    )
    return [Elements(eva.read(path)) for path in paths]


@pytest.mark.slow
def test_what_strangers_write_is_only_text(open_api, eva):
    plain = pages_of(open_api, eva, "plain words")
    for text in HOSTILE:
        if not text.isprintable():
            continue  # refused before it is kept
        for one, other in zip(plain, pages_of(open_api, eva, text), strict=True):
            assert set() == other.found - one.found, text
            assert other.schemes <= {"", "http", "https"}, text


def test_where_undecided_proposals_lie_is_told_apart_from_the_records(open_api, eva):
    placed = proposed(open_api, new("Alpha works"))["id"]
    proposed(open_api, correction(open_api, name="Somewhere in Bolivia"))  # known to its country alone
    decided = proposed(open_api, new("Beta works"))["id"]
    eva.send(f"/review/{decided}", decision="decline", reason="duplicate")
    answer = open_api.client.get(f"{PROPOSALS}?f=geojson")
    assert "application/geo+json" == answer.headers["content-type"]
    [told] = answer.json()["features"]
    assert (placed, "Alpha works", False) == (told["id"], told["properties"]["name"], told["properties"]["reviewed"])
    assert told["properties"]["page"].endswith(f"/proposals/{placed}")
    assert [] == open_api.client.get(f"{PROPOSALS}?f=geojson&state=declined").json()["features"]
    assert 400 == open_api.client.get(f"{PROPOSALS}?f=csv").status_code
