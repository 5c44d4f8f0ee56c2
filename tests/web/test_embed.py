"""The embedded map may stand on any page; every other page only on our own."""

import pytest


def policy(answer):
    return dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))


def test_the_embedded_map_may_stand_on_any_page(api):
    answer = api.client.get("/embed")
    assert 200 == answer.status_code
    assert "*" == policy(answer)["frame-ancestors"]
    assert 'class="map-page embed"' in answer.text
    assert "x-frame-options" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/add", "/about", "/about/data", "/projects/bo-rosatom-battery-factory", "/no"])
def test_every_other_page_only_on_our_own(api, path):
    answer = api.client.get(path, headers={"Accept": "text/html"})
    assert "'self'" == policy(answer)["frame-ancestors"]
    assert 'class="map-page embed"' not in answer.text


def test_the_embedded_map_is_otherwise_as_careful_as_the_map(api):
    whole, embedded = (policy(api.client.get(path)) for path in ("/", "/embed"))
    assert whole | {"frame-ancestors": "*"} == embedded


def test_the_embedded_map_speaks_the_language_of_its_address(api):
    assert '<html lang="es"' in api.client.get("/embed", params={"lang": "es"}).text
