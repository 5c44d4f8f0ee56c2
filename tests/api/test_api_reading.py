"""Reading records over HTTP, as OGC API - Features Part 1 asks and as clients do it."""

import csv
import datetime as dt
import gzip
import io
import urllib.parse

import cramjam
import pytest
from conftest import COUNT, make_api, sql
from made_up import made_up

from geo.editing import Edit
from geo.snapshot import NO_PLACE

ITEMS = "/api/collections/projects/items"


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


def get(api, path, expect=200, **params):
    answer = api.client.get(path, params=params)
    assert expect == answer.status_code, answer.text[:500]
    return answer.json()


def test_the_landing_page_leads_everywhere(api):
    links = {link["rel"]: link for link in get(api, "/api")["links"]}
    for rel in ("self", "service-desc", "service-doc", "conformance", "data", "alternate"):
        answer = api.client.get(links[rel]["href"])
        assert 200 == answer.status_code, rel
        assert links[rel]["type"].split(";")[0] == answer.headers["content-type"].split(";")[0]


def test_the_collection_is_the_same_in_the_list_and_alone(api):
    alone = get(api, "/api/collections/projects")
    listed = get(api, "/api/collections")["collections"][0]
    assert {**alone, "links": ""} == {**listed, "links": ""}
    in_list, of_its_own = ({(each["rel"], each["href"]) for each in told["links"]} for told in (listed, alone))
    assert in_list <= of_its_own
    assert {"self", "alternate", "items", "describedby", "license"} <= {rel for rel, _ in of_its_own}
    west, south, east, north = alone["extent"]["spatial"]["bbox"][0]
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90
    assert all(alone["extent"]["temporal"]["interval"][0])


def test_items_are_features_with_exact_numbers_and_typed_links(api):
    page = get(api, ITEMS)
    assert "FeatureCollection" == page["type"]
    assert COUNT == page["numberMatched"] == page["numberReturned"] == len(page["features"])
    assert all(link["rel"] and link["type"] for link in page["links"])
    for feature in page["features"]:
        assert {"type", "id", "geometry", "properties"} == set(feature)
        assert {"status", "status_date", "segment", "sources_count", "revision"} <= set(feature["properties"])


def test_next_links_lead_through_all_records_once(many_api):
    url, seen, pages = f"{ITEMS}?limit=33&sortby=-status_date,name", [], 0
    while url:
        answer = many_api.client.get(url)
        page = answer.json()
        assert 400 == page["numberMatched"]
        seen += [f["id"] for f in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        assert (url is None) == ('rel="next"' not in answer.headers["link"])
        pages += 1
    assert 13 == pages
    assert 400 == len(seen) == len(set(seen))


def test_links_of_a_page_keep_a_parameter_that_stands_twice(api):
    answer = api.client.get(f"{ITEMS}?country=BO&limit=2&country=AR")
    page = answer.json()
    links = {link["rel"]: link["href"].partition("?")[2] for link in page["links"]}
    assert "country=BO&limit=2&country=AR" == links["self"]
    assert "country=BO&country=AR&f=" in links["alternate"]
    assert {"BO", "AR"} == {feature["properties"]["country"] for feature in _all_pages(api, page)}
    assert f'{ITEMS}?{links["self"]}>; rel="self"' in answer.headers["link"]


def _all_pages(api, page):
    features = page["features"]
    while url := next((link["href"] for link in page["links"] if link["rel"] == "next"), None):
        page = api.client.get(url).json()
        features += page["features"]
    return features


def test_a_limit_over_the_most_is_the_most(many_api):
    assert 400 == get(many_api, ITEMS, limit=1_000_000)["numberReturned"]
    assert 400 == get(many_api, ITEMS, limit="9" * 30)["numberReturned"]
    assert 100 == get(many_api, ITEMS)["numberReturned"]


def test_a_box_of_six_numbers_leaves_heights_out(api):
    assert get(api, ITEMS, bbox="-70,-23,-57,-9") != get(api, ITEMS)
    flat, high = get(api, ITEMS, bbox="-70,-23,-57,-9"), get(api, ITEMS, bbox="-70,-23,0,-57,-9,5000")
    assert flat["features"] == high["features"]


def test_the_rosatom_record_is_in_any_box_of_its_country(api):
    found = get(api, ITEMS, bbox="-64,-15,-63.9,-14.9")["features"]
    assert "bo-rosatom-battery-factory" in {f["id"] for f in found}


@pytest.mark.parametrize(
    ("params", "test"),
    [
        ({"status": "operating,construction"}, lambda p: p["status"] in ("operating", "construction")),
        ({"country": "BO"}, lambda p: p["country"] == "BO"),
        (
            {"kind": "cell_factory", "country": "AR,BO"},
            lambda p: p["kind"] == "cell_factory" and p["country"] in "ARBO",
        ),
        ({"segment": "extraction"}, lambda p: p["segment"] == "extraction"),
        ({"status_group": "ended"}, lambda p: p["status_group"] == "ended"),
        ({"location_accuracy": "country"}, lambda p: p["location_accuracy"] == "country"),
        ({"status_stale": "true"}, lambda p: p["status_stale"]),
        ({"status_stale": "false"}, lambda p: not p["status_stale"]),
        ({"start_planned_year": "2026,2027"}, lambda p: p["start_planned_year"] in (2026, 2027)),
        ({"start_planned_year": "2026/2028"}, lambda p: 2026 <= (p["start_planned_year"] or 0) <= 2028),
        (
            {"start_year": "../2015,2030"},
            lambda p: p["start_year"] in (*range(1900, 2016), 2030),
        ),
        ({"capacity": "20000/50000"}, lambda p: 20_000 <= (p["capacity"] or 0) <= 50_000),
        ({"capacity": "1e5/.."}, lambda p: (p["capacity"] or 0) >= 100_000),
        ({"capacity": "40000"}, lambda p: p["capacity"] == 40_000),
        (
            {"capacity_measure": "lce,concentrate", "capacity_basis": "actual"},
            lambda p: p["capacity_measure"] in ("lce", "concentrate") and p["capacity_basis"] == "actual",
        ),
        (
            {"source_type": "government,filing"},
            lambda p: any(s.get("type") in ("government", "filing") for s in p["sources"]),
        ),
        ({"q": "RÓSATOM"}, lambda p: "rosatom" in str(p).lower()),
    ],
)
def test_properties_filter(api, params, test):
    everything = get(api, ITEMS)["features"]
    found = get(api, ITEMS, **params)["features"]
    assert found
    if "q" not in params:
        assert [f["id"] for f in everything if test(f["properties"])] == [f["id"] for f in found]
    assert all(test(f["properties"]) for f in found)


def test_a_server_that_runs_for_months_ages_its_records(own_api, monkeypatch):
    """Nothing is loaded anew: what was fresh is stale on its day, and what was kept of it is not valid any more."""
    path = f"{ITEMS}?status_stale=true"
    before = own_api.client.get(path)
    monkeypatch.setattr("geo.dates.today", lambda: dt.date(2040, 1, 1))
    after = own_api.client.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert 200 == after.status_code
    ended = get(own_api, ITEMS, status_group="ended,unknown")["numberMatched"]
    assert before.json()["numberMatched"] < after.json()["numberMatched"] == COUNT - ended
    fresh = {feature["id"] for feature in after.json()["features"]} - {f["id"] for f in before.json()["features"]}
    assert get(own_api, f"{ITEMS}/{min(fresh)}")["properties"]["status_stale"]


def test_the_status_is_that_of_the_day_asked_for(api):
    def status(day):
        features = get(api, ITEMS, as_of=day, q="rosatom battery factory")["features"]
        return [f["properties"]["status"] for f in features if f["id"] == "bo-rosatom-battery-factory"]

    assert [] == status("2020-01-01")
    assert ["considered"] == status("2024-03-26")
    assert ["considered"] == status("2026")


@pytest.mark.parametrize(
    "when",
    [
        "2024-03-26",
        "2024-03-26T10:00:00Z",
        "2024-03-26t10:00:00.5+02:00",
        "2023-01-01/2024-12-31",
        "../2024",
        "2024-01-01T00:00:00Z/..",
        "2024/",
        "/2024",
        "2024-03-01/P2D",
        "2020-01-01T00:00:00Z/P1Y6M",
        "1700-01-01/..",
        "../9999-12-31",
        "2016-12-31T23:59:60Z/..",
    ],
)
def test_every_form_of_datetime_is_read(api, when):
    assert 0 < get(api, ITEMS, datetime=when)["numberMatched"] <= COUNT


WRONG = [
    "limit=0",
    "limit=-1",
    "limit=ten",
    "limit=1_0",
    "bbox=1_0,2,30,40",
    "bbox=１,2,3,4",
    "bbox=0,0,nan,1,1,nan",
    "datetime=2024-W01-1T10",
    "datetime=2024-01-01T10:00",
    "datetime=2024-01-01T10:00:00Z%00",
    "datetime=0000",
    "limit=1&limit=2",
    "bbox=1,2,3",
    "bbox=1,2,3,x",
    "bbox=nan,0,1,1",
    "bbox=0,0,inf,1",
    "bbox=0,5,1,1",
    "bbox=200,0,210,1",
    "datetime=yesterday",
    "datetime=2024-13",
    "datetime=2024/2023",
    "datetime=../..",
    "datetime=1/2/3",
    "datetime=2024-01-01/P9999Y",
    "datetime=2024-01-01/Pfoo",
    "as_of=soon",
    "status_stale=yes",
    "start_planned_year=soon",
    "start_year=2030/2020",
    "start_year=../..",
    "start_year=2020.5",
    "start_year=2020/2030/2040",
    "start_year=２０２０",
    "capacity=10,",
    "capacity=/10",
    "capacity=10-100",
    "capacity=nan",
    "capacity=1e999",
    "capacity=100/10",
    "capacity_measure=barrels",
    "capacity_basis=built",
    "source_type=rumour",
    "sortby=colour",
    "sortby=name,-name",
    "after=!!!",
    "after=bnVsbA",
    "after=WyJhIiwiYiJd",
    "kind=volcano",
    "country=bo",
    "country=BOL",
    "staus=operating",
    "f=shp",
    "q=" + "x" * 201,
    "%00=1",
]


@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_parameter_is_a_400_that_names_it(api, query):
    answer = api.client.get(f"{ITEMS}?{query}")
    problem = answer.json()

    assert 400 == answer.status_code == problem["status"]
    assert "application/problem+json" == answer.headers["content-type"]
    assert problem["title"]
    assert problem["detail"]
    assert urllib.parse.unquote(query.split("=")[0]) == problem["parameter"]


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/conformance",
        "/api/collections",
        "/api/collections/projects",
        f"{ITEMS}/bo-rosatom-battery-factory",
        "/api/collections/projects/schema",
        "/api/openapi.json",
        "/api/docs",
    ],
)
def test_an_unknown_parameter_is_refused_everywhere(api, path):
    assert 400 == api.client.get(path, params={"nonsense": 1}).status_code


def test_a_parameter_that_is_nearly_right_is_recognised(api):
    assert "did you mean status" in get(api, ITEMS, 400, staus="operating")["detail"]


def test_a_time_with_an_offset_is_a_day_of_utc(api):
    from api.times import parse_datetime

    assert "2024-03-25" == str(parse_datetime("2024-03-26T01:00:00+02:00").start)


def test_an_interval_that_begins_in_no_year_has_no_beginning(api):
    """QGIS asks so."""
    asked = get(api, ITEMS, datetime="0000-01-01T00:00:00Z/2020-12-31T00:00:00Z")["numberMatched"]
    assert get(api, ITEMS, datetime="../2020-12-31")["numberMatched"] == asked


def test_an_empty_question_leaves_nothing_out(api):
    for words in ("", " ", ",", "\u200b"):
        assert COUNT == get(api, ITEMS, q=words)["numberMatched"]


def test_one_record_has_its_links_and_those_of_others_to_it(api):
    feature = get(api, f"{ITEMS}/bo-u1-uyuni-dle")
    assert "bo-u1-uyuni-dle" == feature["id"]
    assert {"self", "alternate", "collection", "version-history", "related"} == {
        link["rel"] for link in feature["links"]
    }
    assert {"type": "follows_from", "project": "bo-rosatom-battery-factory"} in feature["incoming"]


def test_the_address_of_a_record_that_was_taken_into_another_leads_there(own_api):
    own_api.store.write([Edit("bo-acisa-battery", None, 1, "test", successor="bo-acisa-lioh")])
    for path in (f"{ITEMS}/bo-acisa-battery", "/projects/bo-acisa-battery", "/projects/bo-acisa-battery?part=body"):
        sent = own_api.client.get(path, follow_redirects=False)
        assert 301 == sent.status_code
        there = own_api.client.get(sent.headers["Location"])
        assert (200, True) == (there.status_code, "bo-acisa-lioh" in str(there.url))
        assert path.partition("?")[2] == there.url.query.decode()
    refused = own_api.client.delete(f"{ITEMS}/bo-acisa-battery", headers={**own_api.editor, "If-Match": "*"})
    assert (410, True) == (refused.status_code, "'bo-acisa-lioh'" in refused.json()["detail"])
    told = get(own_api, f"{ITEMS}/bo-acisa-battery/revisions")["revisions"][-1]
    assert ("delete", "bo-acisa-lioh") == (told["action"], told["successor"])


def test_what_is_not_there_is_404_and_what_was_deleted_410(own_api):
    assert "bo-nobody" in get(own_api, f"{ITEMS}/bo-nobody", 404)["detail"]
    get(own_api, "/api/collections/lakes", 404)
    get(own_api, "/api/nothing", 404)
    get(own_api, f"{ITEMS}/..%2f..%2fetc", 404)
    own_api.store.write([Edit("bo-acisa-battery", None, 1, "test")])
    assert "revision 2" in get(own_api, f"{ITEMS}/bo-acisa-battery", 410)["detail"]
    assert ["create", "delete"] == [
        r["action"] for r in get(own_api, f"{ITEMS}/bo-acisa-battery/revisions")["revisions"]
    ]


def test_a_long_history_comes_in_pages(own_api):
    for number in range(1, 6):
        own_api.store.write(
            [Edit("bo-acisa-battery", made_up("bo-acisa-battery", name=f"Name {number}"), number, "test")]
        )
    path, names = f"{ITEMS}/bo-acisa-battery/revisions?limit=4", []
    while path:
        page = own_api.client.get(path).json()
        names += [r["feature"]["properties"]["name"] for r in page["revisions"]]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert 6 == len(names)
    assert "Name 5" == names[-1]
    get(own_api, f"{ITEMS}/bo-acisa-battery/revisions", 400, after="x")
    get(own_api, f"{ITEMS}/bo-nobody/revisions", 404)


def test_facets_count_what_items_finds(api):
    facets = get(api, "/api/collections/projects/facets", segment="extraction")
    assert get(api, ITEMS, segment="extraction")["numberMatched"] == facets["numberMatched"]
    for column, counts in facets["facets"].items():
        for value, count in counts.items():
            both = {"segment": "extraction", column: value}
            assert count == get(api, ITEMS, **both)["numberMatched"]


def test_the_snapshot_has_areas_but_not_the_outlines_of_countries(store):
    ring = [[[-68, -21], [-67, -21], [-67, -20], [-68, -21]]]
    area = made_up("bo-area", geometry={"type": "Polygon", "coordinates": ring})
    country = made_up("bo-country", geometry=None, location_accuracy="country")
    store.write([Edit(p.id, p, None, "test") for p in (area, country)])
    whole = get(make_api(store), "/api/collections/projects/snapshot")

    assert ["0"] == list(whole["areas"])
    assert [True, False] == [lon != NO_PLACE for lon in whole["columns"]["lon"]]


# HTTP itself


@pytest.mark.parametrize(
    "path",
    [
        ITEMS,
        f"{ITEMS}?limit=2&country=BO",
        f"{ITEMS}/bo-rosatom-battery-factory",
        "/api/collections/projects/snapshot",
        "/api/collections/projects/facets",
        "/api/collections/projects",
        "/api",
        "/",
        "/projects/bo-rosatom-battery-factory",
        "/projects/bo-rosatom-battery-factory?part=body",
        "/boundaries/countries.geojson",
    ],
)
def test_an_answer_has_a_tag_that_saves_the_second_one(api, path):
    first = api.client.get(path)
    tag = first.headers["etag"]
    again = api.client.get(path, headers={"If-None-Match": tag})

    is_page_of_records = path.split("?")[0] == ITEMS  # its time stamp differs from answer to answer
    assert tag.startswith('W/"' if is_page_of_records else '"')
    assert (304, b"", tag) == (again.status_code, again.content, again.headers["etag"])
    assert 304 == api.client.get(path, headers={"If-None-Match": f'"x", W/{tag.removeprefix("W/")}'}).status_code
    assert 200 == api.client.get(path, headers={"If-None-Match": '"other"'}).status_code


def test_the_tag_of_an_answer_changes_with_the_records(own_api):
    tags = {
        path: own_api.client.get(path).headers["etag"]
        for path in (ITEMS, "/api/collections/projects/snapshot", "/projects/bo-acisa-battery")
    }
    own_api.store.write([Edit("bo-made-up", made_up(), None, "test")])
    assert all(tag != own_api.client.get(path).headers["etag"] for path, tag in tags.items())


DECOMPRESS = {
    "gzip": gzip.decompress,
    "br": lambda b: bytes(cramjam.brotli.decompress(b)),
    "zstd": lambda b: bytes(cramjam.zstd.decompress(b)),
}


def test_what_is_packed_once_is_packed_best(api):
    asked = {"Accept-Encoding": "gzip, deflate, br, zstd"}

    assert "br" == api.client.get("/static/built/map.js", headers=asked).headers["content-encoding"]
    assert "zstd" == api.client.get("/api/collections/projects/snapshot", headers=asked).headers["content-encoding"]


@pytest.mark.parametrize("encoding", DECOMPRESS)
def test_answers_are_compressed_as_asked_and_tagged_for_it(api, encoding):
    path = "/api/collections/projects/snapshot"
    plain = api.client.get(path)
    with api.client.stream("GET", path, headers={"Accept-Encoding": encoding}) as answer:
        packed = b"".join(answer.iter_raw())

    assert encoding == answer.headers["content-encoding"]
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.headers["etag"] != plain.headers["etag"]
    assert plain.content == DECOMPRESS[encoding](packed)
    assert len(packed) < len(plain.content) / 2.5


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("", None),
        ("identity", None),
        ("gzip;q=0", None),
        ("br;q=0.5, gzip", "gzip"),
        ("*", "zstd"),
        ("gzip, br", "br"),
        ("zstd;q=x", None),
        ("*;q=0, gzip;q=0.1", "gzip"),
    ],
)
def test_the_client_s_preference_decides_the_compression(header, encoding):
    from api.responses import accepted_encoding

    assert encoding == accepted_encoding(header)


@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}/bo-rosatom-battery-factory", "/api", "/", "/healthz"])
def test_head_is_get_without_the_body(api, path):
    head, got = api.client.head(path), api.client.get(path)
    assert (200, b"") == (head.status_code, head.content)
    assert got.headers["content-length"] == head.headers["content-length"]
    assert got.headers.get("etag") == head.headers.get("etag")


def test_pages_elsewhere_may_read_without_credentials(api):
    answer = api.client.get(ITEMS, headers={"Origin": "https://elsewhere.example"})
    assert "*" == answer.headers["access-control-allow-origin"]
    assert "access-control-allow-credentials" not in answer.headers
    seen = {"ETag", "Link", "Location", "Retry-After", "X-Request-ID"}
    assert seen <= set(answer.headers["access-control-expose-headers"].split(", "))


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("PATCH", "if-match, authorization, content-type, idempotency-key"),
        ("GET", "traceparent, tracestate, x-requested-with, cache-control, sentry-trace"),
    ],
)
def test_a_browser_may_send_what_it_asks_for_first(api, method, headers):
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    preflight = api.client.options(f"{ITEMS}/bo-acisa-battery", headers={"Origin": "https://a.example", **asked})
    assert 200 == preflight.status_code, preflight.text
    assert method in preflight.headers["access-control-allow-methods"]
    allowed = preflight.headers["access-control-allow-headers"].split(",")
    assert set(headers.split(", ")) <= {name.strip() for name in allowed}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", ITEMS, "GET, HEAD, OPTIONS, POST"),
        ("POST", f"{ITEMS}/bo-acisa-battery", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("POST", "/api", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_allowed_is_told_which_are(api, method, path, allowed):
    answer = api.client.request(method, path)
    assert (405, allowed, 405) == (answer.status_code, answer.headers["allow"], answer.json()["status"])


@pytest.mark.parametrize("path", ["/", "/api", "/api/collections/projects/facets", "/healthz", "/about"])
def test_options_are_told_everywhere(api, path):
    answer = api.client.options(path)
    assert (200, "GET, HEAD, OPTIONS") == (answer.status_code, answer.headers["allow"])
    assert 404 == api.client.options("/nowhere").status_code


def test_health_knows_of_the_store(api):
    """What is in a database is not asked for its version here: nobody waits for that."""
    version = COUNT if api.store.is_at_hand else None
    assert {"status": "ok", "version": version} == get(api, "/healthz")


def test_a_store_that_cannot_be_read_is_503_without_its_secrets(own_api):
    with sql(own_api.store.location) as connection:
        connection.execute("ALTER TABLE revisions RENAME TO lost")
    problem = get(own_api, "/healthz" if own_api.store.is_at_hand else "/api/changes", 503)
    assert own_api.store.place not in str(problem)


def test_a_fault_of_ours_is_a_500_without_its_secrets(api, monkeypatch):
    monkeypatch.setattr("geo.snapshot.listed", lambda *_: 1 / 0)
    problem = get(api, "/api/collections/projects/snapshot", 500, q="what nobody asked for before")
    assert "ZeroDivision" not in str(problem)


def test_pages_may_not_run_foreign_scripts(api):
    for path in ("/", "/add", "/projects/bo-rosatom-battery-factory", "/projects/bo-rosatom-battery-factory?part=body"):
        policy = api.client.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe-inline" not in scripts


def test_a_record_s_page_is_also_given_as_its_article_alone(api):
    path = "/projects/bo-rosatom-battery-factory"
    whole, body = api.client.get(path), api.client.get(path, params={"part": "body"})
    assert whole.headers["etag"] != body.headers["etag"]
    assert whole.headers["content-type"] == body.headers["content-type"]
    assert body.text.startswith("<article")
    assert body.text.rstrip().endswith("</article>")
    assert "<h1>" in whole.text
    assert "<h1>" not in body.text
    assert "Kirill Komarov" in whole.text
    assert "Kirill Komarov" in body.text
    assert whole.text == api.client.get(path, params={"from": "elsewhere"}).text


@pytest.mark.parametrize("query", ["part=head", "part=", "part=body&part=body"])
def test_another_part_of_a_page_is_refused(api, query):
    answer = api.client.get(f"/projects/bo-rosatom-battery-factory?{query}")
    assert 400 == answer.status_code
    assert "part is body" in answer.text


def test_a_record_that_is_not_there_is_said_in_the_same_words_in_both_doors(own_api):
    own_api.store.write([Edit("bo-acisa-battery", None, 1, "test")])
    for path, status, words in [
        ("/projects/bo-nobody", 404, "There is no record &#39;bo-nobody&#39;."),
        ("/projects/bo-acisa-battery", 410, "was deleted at revision 2; its revisions are kept."),
    ]:
        whole, body = own_api.client.get(path), own_api.client.get(path, params={"part": "body"})
        assert status == whole.status_code == body.status_code
        assert words in whole.text
        assert words in body.text
        assert body.text.rstrip().endswith("</article>")


@pytest.mark.parametrize("path", ["../api/app.py", "..%2fapi%2fapp.py", "map/../../shell.py", "nothing.js", "", "%00"])
def test_only_files_of_the_pages_are_served(api, path):
    assert 404 == api.client.get(f"/static/{path}").status_code


EVENTS = "/api/collections/projects/events"


def test_events_of_a_period_come_newest_first(api):
    found = get(api, EVENTS, country="BO", **{"from": "2023", "to": "2024-06"})
    days = [event["date"] for event in found["events"]]
    assert days == sorted(days, key=lambda day: day.ljust(10, "~"), reverse=True)
    assert all("2023" <= day <= "2024-06-30" for day in days)
    assert {"BO"} == {event["country"] for event in found["events"]}
    assert not any(event["expected"] for event in found["events"])
    assert all(source["title"] for event in found["events"] for source in event["sources"])
    plans = get(api, EVENTS, country="BO", expected="true", limit=1000)["events"]
    assert plans
    assert all(event["expected"] for event in plans)


def test_pages_of_events_follow_their_next_link(api):
    whole = get(api, EVENTS, limit=10_000, **{"from": "2022"})
    found, path, pages = [], f"{EVENTS}?from=2022&limit=50", 0
    while path and pages < 100:
        page = api.client.get(path).json()
        found += page["events"]
        pages += 1
        links = {link["rel"]: link["href"].removeprefix("http://testserver") for link in page["links"]}
        path = links.get("next")
    assert whole["events"] == found
    assert pages > 3
    assert len(found) == whole["numberMatched"] == page["numberMatched"]


def test_all_events_of_a_question_come_as_one_file(api, monkeypatch):
    monkeypatch.setattr("api.routes.events._TOGETHER", 7)
    asked = {"country": "BO", "from": "2023"}
    told = get(api, EVENTS, limit=10_000, **asked)["events"]
    answer = api.client.get(EVENTS, params={**asked, "f": "csv", "limit": 2})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "lithium-ledger-events-country-BO-from-2023-" in answer.headers["content-disposition"]
    rows = [*csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))]
    assert [event["record_id"] for event in told] == [row["record_id"] for row in rows]
    assert [event["date"] for event in told] == [row["date"] for row in rows]
    assert [event["summary"] for event in told] == [row["summary"].removeprefix("'") for row in rows]
    assert all(row["source_urls"].startswith("http") for row in rows if row["source_urls"])


@pytest.mark.parametrize(
    "query",
    [
        "from=soon",
        "to=2024-13",
        "to=2020&from=2021",
        "expected=maybe",
        "after=WyJhIl0",
        "after=WzEsMSwiYSIsdHJ1ZV0",
        "sortby=name",
        "f=xlsx",
        "limit=0",
        "from=2020&from=2021",
    ],
)
def test_events_that_cannot_be_asked_for_are_a_400_that_names_the_parameter(api, query):
    answer = api.client.get(f"{EVENTS}?{query}")
    assert (400, query.split("=")[0]) == (answer.status_code, answer.json()["parameter"])
