"""The map's search and the API's are one, whatever is typed; and the map goes to what was found."""

import re
import urllib.parse

import pytest
from conftest import Server, copy_of
from made_up import made_up_feature
from playwright.sync_api import expect
from visits import add, expect_sentence, matched

NAMES = [
    *("宁德时代 CATL", "Росатом", "أرامكو", "삼성SDI", "パナソニック", "Ελλάς", "हिन्दी", "แบตเตอรี่", "Łódź", "Işık"),
    *("Côte d’Ivoire", "Hell’s Énergie d'Arc", "Xi’an", "São João", "Hải Phòng", "LG Energy"),
]
TYPED = [
    *(*NAMES, "Jujuy, Argentina", "CATL,BYD", "d’arc", "hells", "cote divoire", "РОСАТОМ", "rosatom", "ΕΛΛΑΣ", "lodz"),
    *("lithium brine Argentina", "operating refinery", "under construction", "%", "_", "-", "🔋", "Thacker-Pass", "zz"),
]


@pytest.fixture(scope="module")
def many_scripts(tmp_path_factory):
    server = Server(copy_of("south_america", tmp_path_factory.mktemp("scripts") / "ledger.gpkg"))
    for number, name in enumerate(NAMES):
        owner = {"name": NAMES[number - 1], "role": "owner", "sources": ["s1"]}
        add(server, made_up_feature(f"bo-script-{number}", name=name, owners=[owner]))
    for country, place in (("DE", [11, 51]), ("HU", [19, 47])):
        at = {"type": "Point", "coordinates": place}
        add(server, made_up_feature(f"{country.lower()}-made-up", name="Werk", country=country, geometry=at))
    yield server
    server.stop()


def found_by(server, typed, **more):
    return matched(server, urllib.parse.urlencode({"q": typed, **more}))


def test_the_map_finds_what_the_api_finds(many_scripts, visit):
    seen = visit()
    page = seen.open_map(many_scripts.url)
    for typed in TYPED:
        page.locator("#search").fill(typed)
        count = found_by(many_scripts, typed)
        said = re.compile(rf"^{count} projects? " if count else "^No project matches")
        expect(page.locator("#sentence"), typed).to_have_text(said)
    assert [] == seen.faults


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_found_as_typed(many_scripts, name):
    assert 2 <= found_by(many_scripts, name) <= 20, "its own record, and the one that it owns"


def test_words_that_begin_so_come_first(many_scripts, visit):
    page = visit().open_map(many_scripts.url)
    page.locator("#search").fill("LG")
    expect(page.locator("#results li").first).to_contain_text("LG Energy")


@pytest.mark.parametrize(("typed", "country"), [("Alemania", "DE"), ("玻利维亚", "BO"), ("Magyarország", "HU")])
def test_a_country_is_found_by_its_name_in_other_languages(many_scripts, visit, typed, country):
    page = visit().open_map(many_scripts.url)
    page.locator("#search").fill(typed)
    count = found_by(many_scripts, typed)
    assert count >= found_by(many_scripts, typed, country=country) == matched(many_scripts, f"country={country}") > 0
    expect_sentence(page, count)


def test_kind_and_country_are_words_too(many_scripts, visit):
    page = visit().open_map(many_scripts.url)
    page.locator("#search").fill("lithium brine Argentina")
    count = found_by(many_scripts, "lithium brine Argentina")
    assert count == found_by(many_scripts, "lithium brine Argentina", country="AR", kind="brine_operation") > 5
    expect_sentence(page, count)


def test_the_map_goes_to_what_was_found_and_can_show_it_all(many_scripts, visit):
    seen = visit()
    page = seen.open_map(f"{many_scripts.url}/#8/-50/-70")
    page.locator("#search").fill("Bolivia")
    seen.settle()
    page.wait_for_function("() => map_0.getBounds().contains([-20.2, -67.6])")
    everything = page.locator("#results #show-all")
    expect(everything).to_have_text(f"Show all {found_by(many_scripts, 'Bolivia')}")
    expect(everything).to_be_in_viewport(ratio=1)
    page.evaluate("map_0.setView([-50, -70], 8, { animate: false })")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_function("() => map_0.getBounds().contains([-20.2, -67.6])")
    expect(page.locator("#results")).to_be_hidden()
