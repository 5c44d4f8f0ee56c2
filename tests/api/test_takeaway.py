"""What a reader takes away: files of exactly what was asked for, in the form that was asked for, and citations."""

import csv
import dataclasses
import datetime as dt
import gzip
import io
import re

import geopandas
import openpyxl
import pytest
from conftest import client_of
from made_up import made_up
from taken_away import read_back

from api import forms, taking
from api.settings import Settings
from geo.editing import Edit
from geo.formats.registry import FORMATS
from geo.formats.selection import Selection
from geo.store import Loaded

pytestmark = pytest.mark.slow

ITEMS = "/api/collections/projects/items"
CITE = "/projects/bo-rosatom-battery-factory/cite"
MEDIA = {name: form.plain_type for name, form in FORMATS.items()}


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


def records(api, **params):
    found = api.client.get(ITEMS, params={"limit": 10_000, **params}).json()
    return [feature["id"] for feature in found["features"]]


def ids(answer, form, tmp_path):
    found = [row["id"] for row in read_back(form, answer.content, tmp_path)]
    if form in ("bibtex", "csl"):  # whose keys end with the day
        found = [re.fullmatch(r"lithium-ledger-(.+)-\d{4}-\d\d-\d\d", key).group(1) for key in found]
    return found


QUESTION = {"country": "BO,AR", "as_of": "2021", "sortby": "-first_date", "segment": "extraction"}


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_holds_just_what_was_asked_for_in_its_order_and_as_of_its_day(api, form, tmp_path):
    answer = api.client.get(ITEMS, params={**QUESTION, "f": form})
    assert 200 == answer.status_code
    assert MEDIA[form] == answer.headers["content-type"].partition(";")[0]
    found, meant = ids(answer, form, tmp_path), records(api, **QUESTION)
    if form == "fgb":  # whose index has an order of its own
        found, meant = sorted(found), sorted(meant)
    if form == "pmtiles":  # tiles have an order of their own, and only records that have a point, or an outline
        assert set(found) <= set(meant)
        meant = found
    assert meant == found
    assert 10 < len(found) < len(records(api, country="BO,AR", segment="extraction"))


def test_a_file_is_not_cut_into_pages(api, tmp_path):
    assert len(records(api)) == len(ids(api.client.get(f"{ITEMS}?f=csv"), "csv", tmp_path))
    assert records(api)[:3] == ids(api.client.get(f"{ITEMS}?f=csv&limit=3"), "csv", tmp_path)


def test_stages_in_a_file_are_those_of_the_day(api):
    path = f"{ITEMS}?id=bo-acisa-battery"
    text = api.client.get(f"{path}&as_of=2019-01-01&f=csv").content.decode("utf-8-sig")
    then, now = (api.client.get(path + day).json()["features"][0]["properties"] for day in ("&as_of=2019-01-01", ""))
    assert [then["status"]] == [row["status"] for row in csv.DictReader(io.StringIO(text))] != [now["status"]]


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "geojsonfile"])
def test_accept_and_f_agree(api, form, tmp_path):
    path = f"{ITEMS}?country=BO"
    liked = api.client.get(path, headers={"Accept": f"{MEDIA[form]}, application/geo+json;q=0.5"})
    asked_for = api.client.get(f"{path}&f={form}", headers={"Accept": "application/geo+json"})
    assert liked.headers["content-type"] == asked_for.headers["content-type"] == FORMATS[form].media_type
    assert ids(liked, form, tmp_path) == ids(asked_for, form, tmp_path)
    assert "Accept" in liked.headers["vary"]


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/geo+json",
        "text/csv;q=0, */*",
        "text/csv;q=0.4, application/geo+json;q=0.5",
    ],
)
def test_whoever_likes_nothing_better_gets_pages_of_geojson(api, accept):
    answer = api.client.get(f"{ITEMS}?country=BO", headers={"Accept": accept})
    assert "application/geo+json" == answer.headers["content-type"]
    assert answer.json() | {"timeStamp": ""} == api.client.get(f"{ITEMS}?country=BO&f=geojson").json() | {
        "timeStamp": "",
        "links": answer.json()["links"],
    }


@pytest.mark.parametrize(
    ("accept", "liked"),
    [
        ("text/*", "text/csv"),
        ("a/b, x/y;q=0.3", "a/b"),
        ("*/*;q=0.1, x/y;q=0.2", "x/y"),
        ("x/y;q=oo, a/b;q=0.1", "a/b"),
    ],
)
def test_the_weights_of_accept_are_read(accept, liked):
    offered = tuple(forms.Form((each,), (each,)) for each in ("a/b", "text/csv", "x/y"))
    assert liked == forms._liked(accept, offered).name


def test_a_format_that_there_is_not_is_refused_with_those_that_there_are(api):
    problem = api.client.get(f"{ITEMS}?f=shp").json()
    assert (400, "f") == (problem["status"], problem["parameter"])
    assert ", ".join(["geojson", "html", *FORMATS]) in problem["detail"]
    assert 400 == api.client.get(f"{ITEMS}?f=csv&f=csv").status_code


def test_a_file_is_named_by_its_filter(api, monkeypatch):
    monkeypatch.setattr("geo.dates.today", lambda: dt.date(2026, 11, 26))
    answer = api.client.get(f"{ITEMS}?status=considered&country=BO&f=csv")
    name = "lithium-ledger-country-BO-status-considered-2026-11-26.csv"
    assert f'attachment; filename="{name}"' == answer.headers["content-disposition"]
    hostile = api.client.get(ITEMS, params={"q": '"\r\nSet-Cookie: a=b; ../é', "f": "csv"})
    name = re.fullmatch(r'attachment; filename="([A-Za-z0-9.-]+)"', hostile.headers["content-disposition"]).group(1)
    assert ".." not in name
    assert "set-cookie" not in hostile.headers


def test_who_has_the_file_gets_no_other(own_api):
    first = own_api.client.get(f"{ITEMS}?f=csv")
    again = own_api.client.get(f"{ITEMS}?f=csv", headers={"If-None-Match": first.headers["etag"]})
    assert (304, b"") == (again.status_code, again.content)
    own_api.store.write([Edit("bo-new", made_up("bo-new"), None, "test")])
    assert 200 == own_api.client.get(f"{ITEMS}?f=csv", headers={"If-None-Match": first.headers["etag"]}).status_code
    other = own_api.client.get(
        ITEMS, headers={"Accept": "text/csv", "If-None-Match": own_api.client.get(ITEMS).headers["etag"]}
    )
    assert 200 == other.status_code, "the tag of pages is not that of a file"


def test_csv_comes_compressed_where_that_is_liked(api):
    plain = api.client.get(f"{ITEMS}?f=csv").content
    with api.client.stream("GET", f"{ITEMS}?f=csv", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
        assert "gzip" == answer.headers["content-encoding"]
    assert plain == gzip.decompress(packed)
    assert len(packed) < len(plain) / 2


def test_a_file_that_would_be_too_large_says_what_to_do(api, monkeypatch):
    for name, form in FORMATS.items():
        monkeypatch.setitem(FORMATS, name, dataclasses.replace(form, most=5))
        answer = api.client.get(f"{ITEMS}?f={name}")
        assert (413, "selection-too-large") == (answer.status_code, answer.json()["rule"])
        assert "ask for fewer" in answer.json()["detail"]
        assert 200 == api.client.get(f"{ITEMS}?f={name}&limit=5").status_code


def test_a_file_of_geojson_has_all_records_where_a_page_has_some(api, tmp_path):
    client = client_of(api.store, Settings(page_size=10))
    page = client.get(ITEMS, headers={"Accept": "application/geo+json"}).json()
    whole = geopandas.read_file(io.BytesIO(client.get(f"{ITEMS}?f=geojsonfile").content))
    assert page["numberReturned"] < page["numberMatched"] == len(whole)
    assert [link["href"] for link in page["links"] if link["href"].endswith("f=geojsonfile")]


def test_who_asks_for_the_head_of_a_file_has_none_made(api, monkeypatch):
    def never(_: Selection):
        raise AssertionError

    whole = api.client.get(f"{ITEMS}?f=fgb&limit=1")
    monkeypatch.setitem(FORMATS, "fgb", dataclasses.replace(FORMATS["fgb"], write=never))
    head = api.client.head(f"{ITEMS}?f=fgb&limit=1")
    named = ("content-type", "content-disposition", "etag", "vary")
    assert [whole.headers[name] for name in named] == [head.headers[name] for name in named]
    assert (200, b"") == (head.status_code, head.content)


def test_only_so_many_files_are_made_at_a_time(api):
    services = api.client.app.state.services
    impatient = client_of(api.store, Settings(writer_seconds=0))
    turns = impatient.app.state.services.files
    while turns.acquire(blocking=False):
        pass
    answer = impatient.get(f"{ITEMS}?f=csv")
    assert (503, "files-waiting", "10") == (answer.status_code, answer.json()["rule"], answer.headers["retry-after"])
    assert 200 == impatient.get(ITEMS).status_code
    turns.release()
    assert [200, 200] == [impatient.get(f"{ITEMS}?f=csv&limit=1").status_code for _ in range(2)]
    assert services.files is not turns


def test_a_fault_on_the_way_gives_the_turn_back(own_api, monkeypatch):
    def broken(_: Selection):
        yield from ()
        raise RuntimeError

    monkeypatch.setitem(FORMATS, "csv", dataclasses.replace(FORMATS["csv"], write=broken))
    assert [500] * 5 == [own_api.client.get(f"{ITEMS}?f=csv").status_code for _ in range(5)]
    monkeypatch.undo()
    assert 200 == own_api.client.get(f"{ITEMS}?f=csv").status_code


def test_a_workbook_says_what_it_is(own_api):
    own_api.store.note_dataset_loaded(Loaded("x", "2026.12"))
    answer = own_api.client.get(f"{ITEMS}?country=BO&status=considered,announced&as_of=2025-01-01&f=xlsx")
    rows = openpyxl.load_workbook(io.BytesIO(answer.content))["About"].iter_rows(values_only=True)
    told = {title: text for title, text in rows if title}
    words = "Projects in Bolivia, considered or announced, as of 1 January 2025"
    assert words == told["What is in this file"]
    assert "1 January 2025" == told["Dated columns are as of"]
    assert "CC BY 4.0" in told["Licence"]
    assert "data release 2026.12" == told["Filled from"]
    assert words in told["Cite as"]
    assert own_api.client.get(told["The same, live"].removeprefix("http://testserver")).json()["numberMatched"] == int(
        told["Records"]
    )
    assert "Group of stages" == told["status_group"]


def test_a_page_of_records_names_its_other_formats(api):
    page = api.client.get(f"{ITEMS}?country=BO&limit=2").json()
    links = {link["type"]: link["href"] for link in page["links"] if link["rel"] == "alternate"}
    assert {*MEDIA.values(), "text/html"} == set(links)
    found = api.client.get(links["text/csv"].removeprefix("http://testserver"))
    assert (
        page["numberMatched"] == len(found.text.splitlines()) - 1 - found.text.count('\n"') or found.status_code == 200
    )


def test_the_head_of_a_page_stays_small_whatever_the_question(api):
    answer = api.client.get(ITEMS, params={"q": "литий " * 20, "country": "BO", "limit": 1})
    assert 200 == answer.status_code
    assert len(answer.headers["link"]) < 4_000  # nginx takes heads of one page of memory


def test_a_record_is_cited_as_text_bibtex_csl_and_ris(own_api, monkeypatch):
    own_api.store.note_dataset_loaded(Loaded("x", "2026.12"))
    monkeypatch.setattr("geo.dates.today", lambda: dt.date(2026, 11, 26))
    name = own_api.client.get(f"{ITEMS}/bo-rosatom-battery-factory").json()["properties"]["name"]
    text = own_api.client.get(CITE)
    assert "text/plain; charset=utf-8" == text.headers["content-type"]
    address = "http://testserver/projects/bo-rosatom-battery-factory"
    assert (
        f"Lithium Ledger: “{name}”, revision 1, data release 2026.12, CC BY 4.0. {address} "
        "(accessed 26 November 2026)." == text.text
    )
    bibtex = own_api.client.get(f"{CITE}?f=bibtex")
    assert bibtex.headers["content-disposition"].endswith('.bib"')
    assert "@misc{lithium-ledger-bo-rosatom-battery-factory-2026-11-26," in bibtex.text
    assert f"  url = {{{address}}}," in bibtex.text
    [item] = own_api.client.get(f"{CITE}?f=csl").json()
    assert ("dataset", name, address, "2026.12") == (item["type"], item["title"], item["URL"], item["version"])
    assert [[2026, 11, 26]] == item["accessed"]["date-parts"]
    ris = own_api.client.get(f"{CITE}?f=ris")
    assert ris.content.startswith(b"TY  - DATA\r\nAU  - Lithium Ledger\r\n")
    assert ris.content.endswith(b"ER  - \r\n")


def test_a_selection_is_cited_by_its_filter(api):
    text = api.client.get("/cite?country=BO&kind=brine_operation").text
    count = api.client.get(f"{ITEMS}?country=BO&kind=brine_operation").json()["numberMatched"]
    assert f"“Projects in Bolivia, of the kind brine operation” ({count} records)" in text
    address = re.search(r"http://testserver(\S+)", text).group(1)
    assert count == api.client.get(address).json()["numberMatched"]


def test_an_owner_is_cited_by_name(api):
    assert "Projects with Rosatom among the parties" in api.client.get("/cite?owner=rosatom").text


@pytest.mark.parametrize("path", ["/cite?f=word", f"{CITE}?f=word", f"{CITE}?kind=refinery", "/cite?kind=volcano"])
def test_a_citation_that_cannot_be_made_is_refused(api, path):
    assert 400 == api.client.get(path).status_code


def test_what_is_not_there_is_not_cited(api):
    assert 404 == api.client.get("/projects/bo-nobody/cite").status_code


def test_the_citation_of_a_record_that_was_taken_into_another_is_there(own_api):
    [revision] = own_api.store.revisions("bo-acisa-battery")
    edit = Edit("bo-acisa-battery", None, revision.number, "test", successor="bo-rosatom-battery-factory")
    own_api.store.write([edit])
    moved = own_api.client.get("/projects/bo-acisa-battery/cite?f=ris", follow_redirects=False)
    assert (301, f"http://testserver{CITE}?f=ris") == (moved.status_code, moved.headers["location"])


def test_the_waiting_for_a_turn_is_bounded():
    assert taking.FilesWaiting.status == 503
