"""Answers keep browsers careful, and data stay readable for every origin."""

import pytest

STORES = ("geopackage",)  # headers are the same over every store

ITEMS = "/api/collections/projects/items"
PAGES = [
    "/",
    "/embed",
    "/add",
    "/about",
    "/about/data",
    "/stories",
    "/projects/bo-acisa-battery",
    "/api/docs",
    "/api/clients",
    "/no",
]
FILES = ["/static/favicon.svg", "/static/styles/site.css"]
DATA = ["/api", ITEMS, f"{ITEMS}?limit=0", "/healthz", "/api/no", "/cite", *FILES]
OFF = ["camera", "microphone", "geolocation", "payment", "usb"]


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_a_policy_and_no_use_for_devices(api, path):
    answer = api.client.get(path, headers={"Accept": "text/html"})
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors" in answer.headers["content-security-policy"]
    assert {f"{name}=()" for name in OFF} <= set(answer.headers["permissions-policy"].split(", "))
    assert "bluetooth" not in answer.headers["permissions-policy"], "Chromium does not know it, and says so"
    assert "same-origin" == answer.headers["cross-origin-opener-policy"]
    assert "nosniff" == answer.headers["x-content-type-options"]


@pytest.mark.parametrize("path", DATA)
def test_nothing_runs_in_data_and_every_origin_may_read_them(api, path):
    answer = api.client.get(path, headers={"Origin": "https://elsewhere.example"})
    assert "default-src 'none'; frame-ancestors 'none'" == answer.headers["content-security-policy"]
    assert "*" == answer.headers["access-control-allow-origin"]
    assert "cross-origin-resource-policy" not in answer.headers
    assert "cross-origin-opener-policy" not in answer.headers
