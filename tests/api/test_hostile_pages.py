"""What strangers write stays text on every page of proposals, reviews, revisions and releases, in feeds and tables."""

import csv
import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from conftest import make_api, wait_for
from hostile import HOSTILE, hostile

from geo.editing import Edit
from geo.keys import create_key
from geo.opening import open_ledger
from geo.proposals import Author, Draft, Remark
from geo.records.project import Project

pytestmark = pytest.mark.slow

PAGE = {"Accept": "text/html"}
TEXTS = [*HOSTILE, "=1+1", "+1", "@SUM(A1)", "-1+cmd|' /C calc'!A0"]
# What the templates have of what runs or loads: scripts of ours, data for them, pictures that are drawn.
OURS = re.compile(r"/static/[\w./-]+|data:image/svg\+xml[^\"]*")
ADDRESS = re.compile(r"(https?://|/|#|\?|mailto:)")


class Inert(HTMLParser):
    """Reads a page, and what on it would run."""

    def __init__(self, html):
        super().__init__()
        self.runs = []
        self.text = []
        self._data = False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self._data = tag in ("script", "style")
        is_data = tag == "script" and told.get("type") in ("application/json", "application/ld+json")
        is_ours = tag == "script" and OURS.fullmatch(told.get("src") or "")
        if tag in ("script", "iframe", "object", "embed", "img", "base", "math") and not (is_data or is_ours):
            self.runs.append((tag, attributes))
        self.runs += [(tag, name) for name in told if name.startswith("on") or name == "srcdoc"]
        led = [told.get(name) for name in ("href", "src", "action", "formaction")]
        self.runs += [(tag, address) for address in led if address and not ADDRESS.match(address)]

    def handle_endtag(self, tag):
        self._data = False

    def handle_data(self, data):
        if not self._data:
            self.text.append(data)


def with_text(project, text, **changed):
    stated = project.to_feature()
    return Project.from_feature(
        {**stated, "properties": {**stated["properties"], **changed, "region": text[:150] + "é"}}
    )


def draft(kind, project, base, text, author):
    p = project.properties
    return Draft(
        kind, project.id, base, project, p.name, p.country, ["s1"], text, author, alike={"bo-hostile-0": "same"}
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A ledger in which each hostile text is a record, changed, proposed anew, corrected otherwise, and remarked on."""
    store = open_ledger(tmp_path_factory.mktemp("hostile") / "store.gpkg").store
    api = make_api(store)
    for number, text in enumerate(TEXTS):
        project = hostile(number, text)
        store.write([Edit(project.id, project, None, text[:100], text)])
        author = Author(text[:100])
        new = Project.from_feature({**hostile(0, text).to_feature(), "id": f"bo-proposed-{number}"})
        made = store.proposals.add(draft("create", new, None, text, author))
        store.proposals.remark(made.id, 1, Remark(text, text[:100], True, "asked"))
        store.proposals.add(draft("change", with_text(project, text, summary=f"{text} b"), 1, text, author))
        changed = with_text(project, text, summary=f"{text} c", locality=f"{text[:150]} d")
        store.write([Edit(project.id, changed, 1, text[:100], text)])
        if number == 0:
            store.name_release("2026.1")
    store.write([Edit("bo-hostile-12", None, 2, HOSTILE[1], HOSTILE[2])])
    yield api.client, create_key(store.keys, HOSTILE[2], "admin")[1]
    store.close()


def addresses():
    for number in range(1, 2 * len(TEXTS) + 1):
        yield from (f"/proposals/{number}", f"/review/{number}")
        if number % 2:
            yield f"/review/{number}?into=bo-hostile-1"
    for number in range(len(TEXTS)):
        record = f"/projects/bo-hostile-{number}"
        yield from (
            f"{record}/revisions",
            f"{record}/revisions?from=1&to=2",
            f"{record}/revisions/1",
            f"{record}/correct",
        )
    yield from ("/proposals", "/review", "/review?q=%3Cscript%3E&country=BO", "/admin", "/admin/keys", "/admin/audit")
    yield from (
        "/admin/authors",
        "/api/changes?f=html",
        "/api/releases/changes?from=2026.1&f=html&limit=200",
        "/import",
    )
    yield from ("/sign-in?to=%22%3E%3Cscript%3E", "/sign-in?to=javascript:alert(1)", "/sign-in?to=//evil.example")


@pytest.mark.parametrize("signed_in", [True, False])
def test_nothing_of_a_stranger_runs_on_any_page(pages, signed_in):
    client, key = pages
    client.cookies.clear()
    if signed_in:
        client.post("/sign-in", data={"key": key, "to": ""})
    seen = ""
    for address in addresses():
        answer = client.get(address, headers=PAGE)
        assert answer.status_code < 500, (address, answer.text)
        page = Inert(answer.text)
        assert not page.runs, address
        if answer.status_code == 200:
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], address
            seen += "".join(page.text)
    assert all(" ".join(text.split()) in " ".join(seen.split()) for text in TEXTS)


@pytest.mark.parametrize("address", ["/api/changes?f=atom", "/api/releases/changes?from=2026.1&f=atom"])
def test_a_feed_is_xml_whatever_is_told_in_it(pages, address):
    entries = []
    while address:
        feed = ET.fromstring(pages[0].get(address).content)
        entries += feed.iter("{http://www.w3.org/2005/Atom}entry")
        following = [link.get("href") for link in feed if link.get("rel") == "next"]
        address = following[0].removeprefix("http://testserver") if following else None
    told = "".join(text for entry in entries for text in entry.itertext())
    assert len(HOSTILE) <= len(entries)
    assert all(text in told for text in HOSTILE[1:8])
    assert all(
        link.get("href").startswith("http://testserver/") for entry in entries for link in entry if link.get("href")
    )


def test_no_cell_of_a_report_is_a_formula(pages):
    table = pages[0].get("/api/releases/changes?from=2026.1&f=csv").text
    cells = [cell for row in csv.reader(io.StringIO(table.removeprefix("\ufeff"))) for cell in row]
    assert not [line for cell in cells for line in cell.splitlines() if re.match(r"[\s\u00a0]*[=+\-@]", line)]
    assert "'=1+1" in cells


def test_a_json_feed_tells_texts_and_no_pages(pages):
    told, address = "", "/api/changes?f=jsonfeed"
    while address:
        feed = pages[0].get(address).json()
        for item in feed["items"]:
            assert "content_html" not in item
            assert item["url"].startswith("http://testserver/")
            told += "".join([item["title"], item["content_text"], *(each["name"] for each in item["authors"])])
        address = feed.get("next_url", "").removeprefix("http://testserver")
    assert all(text in told for text in HOSTILE[1:8])


def test_how_a_proposal_would_look_runs_nothing(pages):
    client, key = pages
    client.cookies.clear()
    for number, text in enumerate(TEXTS):
        feature = {**hostile(0, text).to_feature(), "id": f"bo-looks-{number}"}
        asked = {"kind": "create", "feature": feature, "comment": "x"}
        told = client.post("/api/proposals/check", json=asked, headers={"Authorization": f"Bearer {key}"}).json()
        assert told["html"], told
        page = Inert(told["html"])
        assert not page.runs, text
        assert " ".join(text.split()) in " ".join("".join(page.text).split())


@pytest.mark.slow
def test_a_table_of_hostile_texts_is_text_on_its_page_and_in_its_reports(pages):
    client, key = pages
    client.cookies.clear()
    client.post("/sign-in", data={"key": key, "to": ""})
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["name", "kind", "country", "region", HOSTILE[1], HOSTILE[5]])
    rows.writerows([text, text if at % 2 else "mine", "BO", text, text, text] for at, text in enumerate(TEXTS))
    sent = {"csrf": client.get("/session").json()["csrf"]}
    files = {"file": (f"{HOSTILE[2]}.csv", table.getvalue().encode())}
    path = client.post("/import", data=sent, files=files, headers=PAGE, follow_redirects=False).headers["location"]
    wait_for(lambda: "http-equiv" not in client.get(path, headers=PAGE).text)
    for address in (path, "/import"):
        page = Inert(client.get(address, headers=PAGE).text)
        assert not page.runs, address
        assert HOSTILE[2] in "".join(page.text)
    told = client.get(f"{path}/report?f=json").json()
    assert len(TEXTS) == len(told)
    cells = [cell for row in csv.reader(io.StringIO(client.get(f"{path}/report?f=csv").text)) for cell in row]
    assert not [line for cell in cells for line in cell.splitlines() if re.match(r"[\s\u00a0]*[=+\-@]", line)]
    client.post(path, data={**sent, "do": "cancel"})
