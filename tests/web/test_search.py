"""The map's search and the API's are one: the button says how many the file holds, whatever is typed."""

import json
import urllib.parse
import urllib.request

import pytest
from conftest import Server, copy_of
from made_up import made_up_feature
from playwright.sync_api import expect
from visits import add

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
    yield server
    server.stop()


def matched(server, address):
    with urllib.request.urlopen(server.url + address) as answer:
        return json.load(answer)["numberMatched"]


def test_the_button_says_what_the_file_holds(many_scripts, visit):
    seen = visit()
    page = seen.open_map(many_scripts.url)
    for typed in TYPED:
        page.locator("#search").fill(typed)
        count = matched(many_scripts, f"/api/collections/projects/items?{urllib.parse.urlencode({'q': typed})}")
        words = f"Download these {count}" if count else "Nothing to download"
        expect(page.locator("#download"), typed).to_have_text(words)
        if count:
            assert count == matched(many_scripts, page.locator("#download").get_attribute("href")), typed
    assert [] == seen.faults


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_found_as_typed(many_scripts, name):
    found = matched(many_scripts, f"/api/collections/projects/items?{urllib.parse.urlencode({'q': name})}")
    assert 2 <= found <= 20, "its own record, and the one that it owns"


def test_words_that_begin_so_come_first(many_scripts, visit):
    page = visit().open_map(many_scripts.url)
    page.locator("#search").fill("LG")
    expect(page.locator("#results li").first).to_contain_text("LG Energy")
