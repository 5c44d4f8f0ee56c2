"""What is on the screen before the map's library is there: the places, where the symbols will be, and the texts."""

import json

from made_up import made_up_feature
from playwright.sync_api import expect
from visits import add, expect_sentence, matched

# How many pixels of the first picture are drawn within so many around a point of the page.
DRAWN_AT = """([x, y, reach]) => {
  const canvas = document.querySelector("#first-canvas"), box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width, side = 2 * reach * ratio;
  const at = [(x - box.left - reach) * ratio, (y - box.top - reach) * ratio];
  const { data } = canvas.getContext("2d").getImageData(...at, side, side);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""


def held_back(seen, url):
    """Open the map without its library; return what lets it come."""
    waiting = []
    seen.page.route("**/built/leaflet.js", lambda route: waiting.append(route))
    seen.page.goto(url)
    expect(seen.page.locator("#first-canvas")).to_have_count(1)
    return lambda: [route.continue_() for route in waiting]


def test_places_are_drawn_before_the_map_s_library_is_there(server, visit):
    seen = visit()
    go_on = held_back(seen, f"{server.url}/#6/-20.2/-67.6?country=BO")
    page = seen.page
    canvas = page.locator("#first-canvas").bounding_box()
    middle = [canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2]
    assert page.evaluate("() => typeof L") == "undefined"
    assert page.evaluate(DRAWN_AT, [*middle, 60]) > 10, "the salt flat of Uyuni is in the middle"
    assert page.evaluate(DRAWN_AT, [canvas["x"] + 60, canvas["y"] + 60, 60]) == 0, "and nothing of Bolivia far from it"
    expect(page.locator(".motto"), "texts are there too").to_be_visible()
    assert "drawing" not in page.evaluate("document.documentElement.className")
    go_on()
    expect(page.locator("body[data-ready]")).to_have_count(1)
    expect(page.locator("#first-canvas"), "symbols are there in place of points").to_have_count(0)
    expect_sentence(page, matched(server, "country=BO"))
    assert [] == seen.faults


def test_the_first_picture_is_where_the_map_will_be(server, visit):
    for options in ({}, {"viewport": {"width": 390, "height": 844}}):
        seen = visit(**options)
        go_on = held_back(seen, server.url)
        page = seen.page
        # The library has moved nothing: where it draws rings and symbols there were points before.
        page.evaluate("() => void (window.firstCanvas = document.querySelector('#first-canvas'))")
        go_on()
        expect(page.locator("body[data-ready]")).to_have_count(1)
        clusters = json.loads(page.locator("#project-canvas").get_attribute("data-clusters"))
        assert clusters
        found = page.evaluate(
            """(places) => {
              const ctx = window.firstCanvas.getContext("2d");
              const isDrawn = ({ x, y }) => {
                const { data } = ctx.getImageData(x - 20, y - 20, 40, 40);
                return data.some((value, i) => i % 4 === 3 && value > 0);
              };
              return places.filter(isDrawn).length;
            }""",
            clusters,
        )
        assert found == len(clusters)


def test_what_a_stranger_wrote_is_no_part_of_the_first_picture(fresh_server, visit):
    add(fresh_server, made_up_feature(name="<img src=x onerror=alert(1)>"))
    seen = visit()
    held_back(seen, fresh_server.url)
    assert "onerror" not in seen.page.content()
    assert [] == seen.faults


def test_texts_do_not_wait_for_columns_that_do_not_come(server, visit):
    seen = visit()
    seen.page.route("**/snapshot/drawn", lambda route: None)
    seen.page.goto(server.url)
    expect(seen.page.locator(".motto")).to_be_visible()
    seen.page.wait_for_function("() => document.documentElement.className === ''")
