"""A parameter without a value is as if it were not there: forms without script send every field that they have."""

import re
from urllib.parse import urlencode

import pytest
from proposed import new

from api import openapi
from api.empty import without_empty

STORES = ("geopackage",)  # parameters are read before a store is asked

pytestmark = pytest.mark.slow

PLACES = {
    "featureId": "bo-rosatom-battery-factory",
    "part": "drawn",
    "tileMatrixSetId": "WebMercatorQuad",
    "tileMatrix": "0",
    "tileRow": "0",
    "tileCol": "0",
    "number": "1",
    "proposalId": "1",
}
OF_COLLECTIONS = {"organisations": "rosatom", "countries": "BO"}


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


def operations():
    """Path and names of the query's parameters of everything that is read, as the definition has them."""
    document = openapi.document("http://testserver", "Title", 100)
    for path, described in document["paths"].items():
        asked = [each for each in described.get("get", {}).get("parameters", ()) if each["in"] == "query"]
        names = [each["name"] for each in asked]
        if names and not any(each.get("required") for each in asked):
            yield path if "servers" in described else f"/api{path}", names


def filled(path):
    known = next((each for of, each in OF_COLLECTIONS.items() if f"/{of}/" in path), PLACES["featureId"])
    return path.format(**{**PLACES, "featureId": known})


def answer_of(api, address):
    answer = api.client.get(address, follow_redirects=False)
    return answer.status_code, re.sub(rb'"(timeStamp|generated)":"[^"]*"', b"", answer.content)


@pytest.mark.parametrize(("path", "names"), list(operations()), ids=lambda each: each if isinstance(each, str) else "")
def test_empty_parameters_change_nothing(api, path, names):
    empty = urlencode(dict.fromkeys(set(names) - {"after", "before"}, ""))
    if "proposalId" in path:
        api.client.post("/api/proposals", json=new(), headers=api.editor)
    status, whole = answer_of(api, filled(path))
    assert status < 400
    assert (status, whole) == answer_of(api, f"{filled(path)}?{empty}")


def test_an_empty_mark_of_a_page_and_a_name_that_nobody_knows_are_mistakes(api):
    """A program that lost the mark would begin again without end."""
    for asked in ("after=", "colour=", "q=&colour"):
        assert 400 == api.client.get(f"/api/collections/projects/items?{asked}").status_code, asked


def test_what_stands_beside_the_empty_stays_as_it_was_written():
    assert b"q=a%20b&q=+&bbox-crs=x" == without_empty(b"f=&q=a%20b&country&q=+&%62box=&bbox-crs=x&limit=")
