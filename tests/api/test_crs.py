"""What OGC API - Features Part 2 (18-058r1) requires, and Part 4 (20-002r1) of bodies, by the requirement's name."""

import math

import numpy as np
import orjson
import pyproj
import pytest
import shapely
from conftest import make_api
from made_up import made_up, made_up_feature

from api.quick import QuickAnswers
from api.routes import features
from geo.editing import Edit

pytestmark = pytest.mark.slow

COLLECTIONS = "/api/collections"
ITEMS = f"{COLLECTIONS}/projects/items"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
LATITUDE_FIRST = "http://www.opengis.net/def/crs/EPSG/0/4326"
METRES = "http://www.opengis.net/def/crs/EPSG/0/3857"
KNOWN = {CRS84: "OGC:CRS84", LATITUDE_FIRST: "EPSG:4326", METRES: "EPSG:3857"}
EXACT = {CRS84: 0, LATITUDE_FIRST: 0, METRES: 0.0051}  # in the units of each
UNSUPPORTED = [
    "http://www.opengis.net/def/crs/0/unsupported",  # that of OGC's suite
    "http://www.opengis.net/def/crs/EPSG/0/25832",
    f"{METRES} ",
    f"<{METRES}>",
    METRES.replace("http:", "https:"),
    "EPSG:3857",
    "[EPSG:3857]",
    "urn:ogc:def:crs:EPSG::3857",
    "#/crs",
]


@pytest.fixture(scope="module")
def api(make_lasting_store):
    """South America's records, for all tests of this module: what one of them writes has an id of its own."""
    return make_api(make_lasting_store.filled("south_america")())


@pytest.fixture(scope="module")
def many_api(lasting_many_api):
    return lasting_many_api


def get(api, path, **params):
    asked = {name.replace("_", "-"): value for name, value in params.items()}
    answer = api.client.get(path, params=asked or None)
    assert 200 == answer.status_code, answer.text[:300]
    return answer


def shape_of(feature):
    return None if feature["geometry"] is None else shapely.geometry.shape(feature["geometry"])


def ids(answer):
    return [feature["id"] for feature in answer.json()["features"]]


def moved(uri, shape):
    """A shape in longitude and latitude as another library has it in a system."""
    transform = pyproj.Transformer.from_crs("OGC:CRS84", KNOWN[uri]).transform
    return shapely.transform(shape, lambda positions: np.column_stack(transform(positions[:, 0], positions[:, 1])))


def is_near(one, other, exact):
    return shapely.equals_exact(one, other, tolerance=exact * math.sqrt(2))


def test_conformance(api):
    declared = get(api, "/api/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in declared


def test_fc_md_crs_list_and_storage_crs(api):
    """/req/crs/crs-uri, fc-md-crs-list, fc-md-storageCrs, fc-md-storageCrs-valid-value"""
    for listed in get(api, COLLECTIONS).json()["collections"]:
        alone = get(api, f"{COLLECTIONS}/{listed['id']}").json()
        for collection in (listed, alone):
            assert list(KNOWN) == collection["crs"]
            assert CRS84 == collection["storageCrs"]
            assert collection["storageCrs"] in collection["crs"]
            for uri in collection["crs"]:
                authority, _, code = uri.removeprefix("http://www.opengis.net/def/crs/").split("/")
                assert pyproj.CRS.from_authority(authority, code) == pyproj.CRS(KNOWN[uri])


@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}/{{id}}"])
def test_fc_crs_definition(api, path):
    """/req/crs/fc-crs-definition, fc-bbox-crs-definition: a parameter of features and of a feature."""
    paths = get(api, "/api/openapi.json").json()["paths"]
    operation = paths[path.removeprefix("/api").replace("{id}", "{featureId}")]["get"]
    found = {parameter["name"]: parameter for parameter in operation["parameters"]}
    for name in ("crs", "bbox-crs") if path == ITEMS else ("crs",):
        assert ("query", False, "form", False) == tuple(found[name][n] for n in ("in", "required", "style", "explode"))
        assert ("string", "uri") == (found[name]["schema"]["type"], found[name]["schema"]["format"])
        assert list(KNOWN) == found[name]["schema"]["enum"]
    assert "Content-Crs" in operation["responses"]["200"]["headers"]


def test_content_crs_of_bodies_is_defined(api):
    paths = get(api, "/api/openapi.json").json()["paths"]
    for path, method in (("items", "post"), ("items/{featureId}", "put"), ("items/{featureId}", "patch")):
        parameters = paths[f"/collections/projects/{path}"][method]["parameters"]
        assert "header" in {each["in"] for each in parameters if each["name"] == "Content-Crs"}


@pytest.mark.parametrize("uri", UNSUPPORTED)
def test_fc_crs_valid_value(api, uri):
    """/req/crs/fc-crs-valid-value, crs-exception: just what the list has, else 400 that tells the list."""
    for path in (ITEMS, f"{ITEMS}/bo-acisa-battery"):
        answer = api.client.get(path, params={"crs": uri})
        problem = answer.json()
        assert (400, "crs", "crs-unknown") == (answer.status_code, problem["parameter"], problem["rule"])
        assert all(known in problem["detail"] for known in KNOWN)
        page = api.client.get(path, params={"crs": uri, "f": "html"})
        assert (400, True) == (page.status_code, all(known in page.text for known in KNOWN))


@pytest.mark.parametrize("uri", UNSUPPORTED)
def test_fc_bbox_crs_valid_value(api, uri):
    """/req/crs/fc-bbox-crs-valid-value, bbox-crs-exception: with a box and without one."""
    for box in ({"bbox": "5,49,6,50"}, {}):
        answer = api.client.get(ITEMS, params={"bbox-crs": uri, **box})
        assert (400, "bbox-crs") == (answer.status_code, answer.json()["parameter"])


def test_fc_crs_default_value(api):
    """/req/crs/fc-crs-default-value, ogc-crs-header, ogc-crs-header-value: said also where nothing was asked."""
    for path in (ITEMS, f"{ITEMS}/bo-acisa-battery"):
        plain, asked = get(api, path), get(api, path, crs=CRS84)
        assert f"<{CRS84}>" == plain.headers["content-crs"] == asked.headers["content-crs"]
        kept = {"type", "features", "geometry", "properties"}
        assert {n: v for n, v in plain.json().items() if n in kept} == {
            n: v for n, v in asked.json().items() if n in kept
        }


@pytest.mark.parametrize("uri", KNOWN)
def test_fc_crs_action(many_api, uri):
    """/req/crs/fc-crs-action, geojson: areas on both sides of 180 degrees, places near the poles, and those nowhere."""
    plain, asked = get(many_api, ITEMS, limit=500), get(many_api, ITEMS, limit=500, crs=uri)
    assert f"<{uri}>" == asked.headers["content-crs"]
    assert "application/geo+json" == asked.headers["content-type"]
    types = set()
    for one, other in zip(plain.json()["features"], asked.json()["features"], strict=True):
        assert {**one, "geometry": 0} == {**other, "geometry": 0}
        if one["geometry"] is None:
            assert other["geometry"] is None
            continue
        types.add(other["geometry"]["type"])
        assert is_near(moved(uri, shape_of(one)), shape_of(other), EXACT[uri])
    assert {"Point", "Polygon", "MultiPolygon"} <= types


@pytest.mark.parametrize("uri", KNOWN)
def test_fc_crs_action_of_a_feature(many_api, uri):
    for feature in get(many_api, ITEMS, country="FJ,BO").json()["features"]:
        answer = get(many_api, f"{ITEMS}/{feature['id']}", crs=uri)
        assert f"<{uri}>" == answer.headers["content-crs"]
        found = answer.json()
        assert feature["properties"] == found["properties"]
        assert (feature["geometry"] is None) == (found["geometry"] is None)
        assert found["geometry"] is None or is_near(moved(uri, shape_of(feature)), shape_of(found), EXACT[uri])


def test_latitude_comes_first_where_the_authority_says_so(api):
    [longitude, latitude] = get(api, f"{ITEMS}/bo-acisa-battery").json()["geometry"]["coordinates"]
    first = get(api, f"{ITEMS}/bo-acisa-battery", crs=LATITUDE_FIRST).json()["geometry"]["coordinates"]
    assert [latitude, longitude] == first


def test_the_poles_are_finite_in_metres(api):
    """EPSG:3857 has them infinitely far away, which JSON has no number for."""
    places = {"aq-south": [0, -90], "aq-north": [-180, 90], "aq-near": [180, 89.9999999]}
    for project_id, position in places.items():
        point = {"type": "Point", "coordinates": position}
        api.store.write([Edit(project_id, made_up(project_id, geometry=point), None, "test")])
        answer = get(api, f"{ITEMS}/{project_id}", crs=METRES)
        x, y = answer.json()["geometry"]["coordinates"]
        assert all(map(math.isfinite, (x, y)))
        assert abs(x) == (20_037_508.34 if position[0] else 0)
        assert math.copysign(1, x) == math.copysign(1, position[0] or 1)
        assert 1.3e8 < abs(y) < 2.5e8
        headers = {**api.editor, "Content-Type": "application/geo+json", "Content-Crs": f"<{METRES}>"}
        body = made_up_feature(f"{project_id}-again", geometry=answer.json()["geometry"])
        written = api.client.post(ITEMS, json=body, headers=headers)
        assert position == written.json()["geometry"]["coordinates"]


def test_links_keep_the_system(api):
    page = get(api, ITEMS, crs=METRES, limit=3)
    following = next(link["href"] for link in page.json()["links"] if link["rel"] == "next")
    second = api.client.get(following)
    assert f"<{METRES}>" == second.headers["content-crs"]
    assert {link["rel"] for link in second.json()["links"]} >= {"self", "next", "collection"}
    for link in page.json()["links"]:
        answer = api.client.get(link["href"], follow_redirects=False)
        assert answer.status_code == 200, link
        if link["type"] == "application/geo+json" and "f=geojsonfile" not in link["href"]:
            assert f"<{METRES}>" == answer.headers["content-crs"]
    item = get(api, f"{ITEMS}/bo-acisa-battery", crs=METRES).json()
    own = next(link["href"] for link in item["links"] if link["rel"] == "self")
    assert item == api.client.get(own).json()


def test_a_feature_that_was_taken_into_another_leads_there_in_the_same_system(api):
    edits = [Edit(each, made_up(each), None, "test") for each in ("bo-old", "bo-new")]
    api.store.write(edits)
    api.store.write([Edit("bo-old", None, 1, "test", successor="bo-new")])
    answer = get(api, f"{ITEMS}/bo-old", crs=METRES)
    assert ("bo-new", f"<{METRES}>") == (answer.json()["id"], answer.headers["content-crs"])


def test_each_system_has_tags_of_its_own(api):
    """A client's copy in one system is not the answer in another."""
    for path in (ITEMS, f"{ITEMS}/bo-acisa-battery"):
        tags = {uri: get(api, path, crs=uri).headers["etag"] for uri in (LATITUDE_FIRST, METRES)}
        tags[CRS84] = get(api, path).headers["etag"]
        assert len(KNOWN) == len({*tags.values()})
        for uri, tag in tags.items():
            same = api.client.get(path, params={} if uri == CRS84 else {"crs": uri}, headers={"If-None-Match": tag})
            assert (304, f"<{uri}>") == (same.status_code, same.headers["content-crs"])


def test_other_origins_see_the_system(api):
    answer = api.client.get(ITEMS, headers={"Origin": "https://example.org"})
    assert "content-crs" in answer.headers["access-control-expose-headers"].lower()


@pytest.mark.stores("geopackage")
def test_what_is_answered_at_once_names_the_system(api):
    answers = QuickAnswers(api.client.app, api.client.app.state.services)
    for address in (ITEMS, f"{ITEMS}/bo-acisa-battery"):
        scope = {"type": "http", "method": "GET", "scheme": "http", "server": ("127.0.0.1", 80), "root_path": ""}
        scope |= {"client": ("127.0.0.1", 50_000), "headers": [(b"host", b"localhost")]}
        assert f"<{CRS84}>" == answers({**scope, "state": {}}, address.encode()).headers["content-crs"]
        assert answers({**scope, "state": {}}, f"{address}?crs={METRES}".encode()) is None


def test_pages_to_read_are_the_same_in_any_system(api):
    plain, asked = (get(api, ITEMS, f="html", country="BO", **more).text for more in ({}, {"crs": METRES}))
    picture = [page[page.index("<svg") : page.index("</figure>")] for page in (plain, asked)]
    assert picture[0] == picture[1]
    answer = api.client.get(f"{ITEMS}/bo-acisa-battery", params={"f": "html", "crs": METRES}, follow_redirects=False)
    assert (303, "http://testserver/projects/bo-acisa-battery") == (answer.status_code, answer.headers["location"])


def test_files_come_in_one_system(api):
    """/per/crs/fc-crs-action: a representation may be bound to a system, which 400 says."""
    assert f"<{CRS84}>" == get(api, ITEMS, f="csv", crs=CRS84).headers["content-crs"]
    answer = api.client.get(ITEMS, params={"f": "csv", "crs": METRES})
    assert (400, "crs-of-file", "crs") == (answer.status_code, *(answer.json()[n] for n in ("rule", "parameter")))
    assert CRS84 in answer.json()["detail"]


BOXES = [
    (-70.5, -30, -60, -10),
    (-180, -90, 180, 90),
    (170, -25, -170, 20),  # across 180 degrees
    (-180, -60, -100, 60),
    (100, -60, 180, 60),
    (-10, 60, 10, 90),
    (-67.6, -20.2, -67.6, -20.2),
]


def corners(uri, box):
    """A box's numbers in a system, the lower corner first."""
    west, south, east, north = box
    transform = pyproj.Transformer.from_crs("OGC:CRS84", KNOWN[uri]).transform
    lower, upper = transform(west, south), transform(east, north)
    return ",".join(f"{number:.9f}" for number in (*lower, *upper))


@pytest.mark.parametrize("box", BOXES)
def test_fc_bbox_crs_action(many_api, box):
    """/req/crs/fc-bbox-crs-action, fc-bbox-crs-default-value: the same records, in whichever system a box is asked."""
    asked = ",".join(map(str, box))
    plain = ids(get(many_api, ITEMS, limit=500, bbox=asked))
    for uri in KNOWN:
        answer = get(many_api, ITEMS, limit=500, bbox=corners(uri, box), bbox_crs=uri)
        assert plain == ids(answer), uri
        assert f"<{CRS84}>" == answer.headers["content-crs"]
    facets = f"{COLLECTIONS}/projects/facets"
    counted = {get(many_api, facets, bbox=corners(uri, box), bbox_crs=uri).json()["numberMatched"] for uri in KNOWN}
    assert {len(plain)} == counted


def test_a_box_on_the_edge_of_records_has_them_in_every_system(many_api):
    """OGC's suite asks for the extent, whose edges are records."""
    [[west, south, east, north]] = get(many_api, f"{COLLECTIONS}/projects").json()["extent"]["spatial"]["bbox"]
    plain = ids(get(many_api, ITEMS, limit=500, bbox=f"{west},{south},{east},{north}"))
    lower, upper = moved(METRES, shapely.Point(west, max(south, -85))), moved(METRES, shapely.Point(east, north))
    asked = ",".join(f"{n:.7f}" for n in (lower.x, -1e9, upper.x, upper.y))
    assert plain == ids(get(many_api, ITEMS, limit=500, bbox=asked, bbox_crs=METRES))


def test_maps_that_go_round_the_globe_ask_in_metres_beyond_180_degrees(many_api):
    world = 2 * 20_037_508.342789244
    plain = get(many_api, ITEMS, limit=500, bbox="170,-60,-170,60")
    lower, upper = moved(METRES, shapely.Point(170, -60)), moved(METRES, shapely.Point(190 - 360, 60))
    for turns in (-2, -1, 0, 1):
        asked = f"{lower.x + turns * world},{lower.y},{upper.x + (turns + 1) * world},{upper.y}"
        assert ids(plain) == ids(get(many_api, ITEMS, limit=500, bbox=asked, bbox_crs=METRES))
    everywhere = get(many_api, ITEMS, limit=500, bbox="-180,-60,180,60")
    asked = f"-3e7,{lower.y},3e7,{upper.y}"
    assert ids(everywhere) == ids(get(many_api, ITEMS, limit=500, bbox=asked, bbox_crs=METRES))


def test_a_box_that_has_no_latitude_first_is_read_the_other_way(api):
    """OGC's suite sends longitudes first with EPSG:4326, as many clients do."""
    plain = ids(get(api, ITEMS, bbox="-100,-56,-60,13"))
    assert plain
    assert plain == ids(get(api, ITEMS, bbox="-56,-100,13,-60", bbox_crs=LATITUDE_FIRST))
    assert plain == ids(get(api, ITEMS, bbox="-100,-56,-60,13", bbox_crs=LATITUDE_FIRST))
    assert plain != ids(get(api, ITEMS, bbox="-80,-56,-60,13", bbox_crs=LATITUDE_FIRST))


@pytest.mark.parametrize(
    ("uri", "box", "rule"),
    [
        (LATITUDE_FIRST, "10,0,-10,0", "bbox-latitude-first"),
        (LATITUDE_FIRST, "0,0,10,181", "bbox-latitude-first"),
        (LATITUDE_FIRST, "-100,-100,100,100", "bbox-latitude-first"),
        (METRES, "0,10,0,-10", "bbox-in-metres"),
        (METRES, "0,0,1e10,0", "bbox-in-metres"),
        (METRES, "0,0,1e999,0", "bbox-in-metres"),
        (METRES, "0,0,1", "bbox-form"),
    ],
)
def test_a_box_that_lies_nowhere_is_refused(api, uri, box, rule):
    answer = api.client.get(ITEMS, params={"bbox": box, "bbox-crs": uri})
    assert (400, rule, "bbox") == (answer.status_code, *(answer.json()[n] for n in ("rule", "parameter")))


def test_a_box_in_metres_is_told_in_degrees(api):
    """A file's name and its words, of which nobody reads metres."""
    asked = {"bbox": corners(METRES, (-70, -30, -60, -10)), "bbox-crs": METRES}
    name = api.client.get(ITEMS, params={"f": "csv", **asked}).headers["content-disposition"]
    assert "bbox-70-30-60-10-" in name
    cited = api.client.get("/cite", params={"f": "bibtex", **asked}).text
    assert "-70,-30,-60,-10" in cited
    assert METRES in cited


def written(api, method, path, body, tag=None, crs=None, media="application/geo+json"):
    headers = {**api.editor, "Content-Type": media}
    headers |= {"If-Match": tag} if tag else {}
    headers |= {"Content-Crs": crs} if crs is not None else {}
    return api.client.request(method, path, content=orjson.dumps(body), headers=headers)


AREA = {"type": "Polygon", "coordinates": [[[-67.6, -20.2], [-67.5, -20.2], [-67.5, -20.1], [-67.6, -20.2]]]}
POINT = {"type": "Point", "coordinates": [-67.6123456, -20.2123456]}


@pytest.mark.parametrize("uri", KNOWN)
@pytest.mark.parametrize("geometry", [POINT, AREA])
def test_content_crs_header(api, uri, geometry):
    """/req/features/content-crs-header, crs-other-crs, default-crs: what is written in a system is read back in it."""
    project_id = f"bo-moved-{KNOWN[uri][5:].lower()}-{geometry['type'].lower()}"
    body = made_up_feature(project_id, geometry=shapely.geometry.mapping(moved(uri, shapely.geometry.shape(geometry))))
    made = written(api, "POST", ITEMS, body, crs=f"<{uri}>")
    assert (201, f"<{CRS84}>") == (made.status_code, made.headers["content-crs"])
    assert geometry == made.json()["geometry"]

    path = f"{ITEMS}/{project_id}"
    read = get(api, path, crs=uri)
    replaced = written(api, "PUT", path, read.json(), read.headers["etag"], uri)
    assert (200, f"<{CRS84}>") == (replaced.status_code, replaced.headers["content-crs"]), replaced.text
    again = get(api, path)
    assert is_near(shapely.geometry.shape(geometry), shape_of(again.json()), 0 if uri != METRES else 1e-7)

    there = {"type": "Point", "coordinates": [-67.1, -20.9]}
    stated = shapely.geometry.mapping(moved(uri, shapely.geometry.shape(there)))
    patch = {"geometry": {**stated, "coordinates": list(stated["coordinates"])}}
    patched = written(api, "PATCH", path, patch, get(api, path, crs=uri).headers["etag"], f"<{uri}>")
    assert (200, there) == (patched.status_code, patched.json()["geometry"]), patched.text


def test_what_a_patch_does_not_name_stays_where_it_is(api):
    before = get(api, f"{ITEMS}/bo-acisa-battery")
    patch = {"properties": {"name": "Another name"}}
    answer = written(api, "PATCH", f"{ITEMS}/bo-acisa-battery", patch, before.headers["etag"], METRES)
    assert 200 == answer.status_code, answer.text
    assert before.json()["geometry"] == answer.json()["geometry"]


def test_a_patch_of_the_coordinates_alone_is_in_the_system_too(api):
    x, y = moved(METRES, shapely.Point(-67.1, -20.9)).coords[0]
    patch = {"geometry": {"coordinates": [x, y]}}
    answer = written(api, "PATCH", f"{ITEMS}/bo-acisa-battery", patch, "*", METRES)
    assert [-67.1, -20.9] == answer.json()["geometry"]["coordinates"]


@pytest.mark.parametrize("uri", ["", "<>", "EPSG:3857", *UNSUPPORTED[:2], f"{METRES}, {CRS84}"])
def test_a_body_in_a_system_that_is_not_known_is_refused(api, uri):
    """/req/features/crs-other-crs B"""
    answers = [
        written(api, "POST", ITEMS, made_up_feature(), crs=uri),
        written(api, "PUT", f"{ITEMS}/bo-acisa-battery", made_up_feature("bo-acisa-battery"), "*", uri),
        written(api, "PATCH", f"{ITEMS}/bo-acisa-battery", {"properties": {"name": "A"}}, "*", uri),
    ]
    for answer in answers:
        problem = answer.json()
        assert (400, "crs-unknown", "Content-Crs") == (answer.status_code, problem["rule"], problem["parameter"])


@pytest.mark.parametrize(
    ("uri", "coordinates", "rule"),
    [
        (METRES, [20_037_509, 0], "longitude-range"),
        (METRES, [0, 2.5e8], "latitude-range"),
        (METRES, [1e300, 0], "longitude-range"),
        (METRES, [1, "2"], "position-form"),
        (METRES, [1, 2, 3], "position-form"),
        (METRES, [True, 2], "position-form"),
        (METRES, [[1, 2]], "position-form"),
        (METRES, {"x": 1}, "position-form"),
        (METRES, None, "position-form"),
        (METRES, [], "position-form"),
        (LATITUDE_FIRST, [91, 0], "latitude-range"),
        (LATITUDE_FIRST, [0, 181], "longitude-range"),
    ],
)
def test_a_body_beyond_its_system_is_refused_with_every_other_fault(api, uri, coordinates, rule):
    body = made_up_feature("bo-lost", geometry={"type": "Point", "coordinates": coordinates}, name="")
    answer = written(api, "POST", ITEMS, body, crs=uri)
    assert 422 == answer.status_code
    assert rule in {each["rule"] for each in answer.json()["errors"]}
    assert any(each["pointer"] == "/properties/name" for each in answer.json()["errors"])


@pytest.mark.parametrize("geometry", [None, 7, [], "x", {}, {"type": "Point"}, {"coordinates": [[[]]]}])
def test_what_is_no_geometry_is_none_in_any_system(api, geometry):
    body = made_up_feature("bo-lost", geometry=geometry)
    one, other = (written(api, "POST", ITEMS, body, crs=uri) for uri in (METRES, CRS84))
    assert (422, 422) == (one.status_code, other.status_code)
    assert one.json()["errors"] == other.json()["errors"]


def test_a_change_under_one_name_is_another_in_another_system(api):
    """Idempotency-Key: the same numbers in metres are another place."""
    headers = {**api.editor, "Content-Type": "application/geo+json", "Idempotency-Key": "one"}
    body = made_up_feature("bo-once", geometry={"type": "Point", "coordinates": [-67.6, -20.2]})
    first = api.client.post(ITEMS, json=body, headers=headers)
    again = api.client.post(ITEMS, json=body, headers=headers)
    other = api.client.post(ITEMS, json=body, headers={**headers, "Content-Crs": f"<{METRES}>"})
    assert (201, 201, 422) == (first.status_code, again.status_code, other.status_code)


def test_the_tag_of_an_older_revision_is_none_in_any_system(api):
    path = f"{ITEMS}/bo-acisa-battery"
    read = get(api, path, crs=METRES)
    assert 200 == written(api, "PATCH", path, {"properties": {"name": "A"}}, "*").status_code
    assert 412 == written(api, "PUT", path, read.json(), read.headers["etag"], METRES).status_code
    now = api.client.get(path, params={"crs": METRES}, headers={"If-None-Match": read.headers["etag"]})
    assert (200, "A") == (now.status_code, now.json()["properties"]["name"])


def test_a_page_in_another_system_has_a_bound_and_a_next_one(many_api, monkeypatch):
    """To move coordinates takes memory; every record is answered once all the same."""
    monkeypatch.setattr(features, "MOST_MOVED", 150)
    address, found = f"{ITEMS}?limit=10000&crs={METRES}", []
    while address:
        page = get(many_api, address).json()
        assert 400 == page["numberMatched"]
        assert page["numberReturned"] == len(page["features"]) <= 150
        found += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert found == ids(get(many_api, ITEMS, limit=10_000))
