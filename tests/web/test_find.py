"""What a click on a filter does: only this, also that, without; and the counts are the API's at every step."""

import re

import pytest
from playwright.sync_api import expect
from visits import api, asked, expect_sentence, matched

ROWS = "#list tbody tr"


def press(page, name, code):
    """Press the box of a code in a group of filters, unfolding what it lies in."""
    box = page.locator(f'.facet-{name} [data-{name}="{code}"]')
    for fold in ("#stages", "#kinds", "#more-filters"):
        if page.locator(f"{fold}:not([open]) .facet-{name}").count():
            page.locator(f"{fold} > summary").click()
    box.click()
    return box


def chips(page):
    return page.locator("#chips .chip bdi").all_inner_texts()


@pytest.mark.parametrize(
    ("first", "second", "query", "names"),
    [
        ((".group-building", ".group-paused"), "group", "status_group={}", ["building", "paused"]),
        (('[data-segment="cell_factory"]', '[data-segment="refinery"]'), "segment", "kind={}", None),
        (('[data-kind="refinery"]', '[data-kind="pilot_plant"]'), "kind", "kind={}", ["refinery", "pilot_plant"]),
        (('[data-status="operating"]', '[data-status="study"]'), "status", "status={}", ["operating", "study"]),
        (('[data-country="BO"]', '[data-country="CL"]'), "country", "country={}", ["BO", "CL"]),
    ],
    ids=["group", "segment", "kind", "stage", "country"],
)
def test_a_click_means_only_this_another_also_that_and_again_without(server, visit, first, second, query, names):
    names = names or ["cell_factory", "refinery"]
    page = visit().open_map(server.url)
    for fold in ("#stages", "#kinds"):
        page.locator(f"{fold} > summary").click()
    one, other = (page.locator(f".facet-{second} {selector}") for selector in first)
    one.click()
    expect_sentence(page, matched(server, query.format(names[0])))
    expect(one).to_have_attribute("aria-checked", "true")
    expect(other).to_have_attribute("aria-checked", "false")
    other.click()
    expect_sentence(page, matched(server, query.format(",".join(names))))
    one.click()
    expect_sentence(page, matched(server, query.format(names[1])))
    other.click()
    expect_sentence(page, matched(server, ""))
    expect(page.locator("#chips .chip")).to_have_count(0)


def test_a_part_of_a_group_is_neither_in_nor_out(server, visit):
    page = visit().open_map(server.url)
    press(page, "status", "announced")
    expect(page.locator(".group-planned")).to_have_attribute("aria-checked", "mixed")
    page.locator(".group-planned").click()
    expect(page.locator(".group-planned")).to_have_attribute("aria-checked", "true")
    expect_sentence(page, matched(server, "status_group=planned"))
    assert asked(page)["status_group"] == "planned"


def test_every_filter_is_a_chip_and_each_can_be_taken_away(server, visit):
    page = visit().open_map(server.url)
    press(page, "country", "BO")
    page.locator(".group-planned").click()
    press(page, "kind", "brine_operation")
    assert ["Planned", "Brine operation", "Bolivia"] == chips(page)
    page.get_by_role("button", name="Take the filter away: Planned").click()
    expect_sentence(page, matched(server, "country=BO&kind=brine_operation"))
    expect(page.locator("#chips .chip").first).to_be_focused()
    page.get_by_role("button", name="Take the filter away: Bolivia").click()
    expect_sentence(page, matched(server, "kind=brine_operation"))
    press(page, "country", "AR")
    page.locator("#clear").click()
    expect_sentence(page, matched(server, ""))
    expect(page.locator("#chips *")).to_have_count(0)
    expect(page.locator("#search")).to_be_focused()


def test_going_back_undoes_a_filter_and_forward_does_it_again(server, visit):
    page = visit().open_map(server.url)
    press(page, "country", "BO")
    page.locator(".group-planned").click()
    expect_sentence(page, matched(server, "country=BO&status_group=planned"))
    page.go_back()
    expect_sentence(page, matched(server, "country=BO"))
    assert ["Bolivia"] == chips(page)
    page.go_back()
    expect_sentence(page, matched(server, ""))
    page.go_forward()
    expect_sentence(page, matched(server, "country=BO"))


def test_counts_are_what_a_click_would_show(server, visit):
    """Each group is counted under all other filters, and not under its own."""
    page = visit().open_map(f"{server.url}/#?country=AR,BO&kind=brine_operation,refinery")
    page.locator("#stages > summary").click()
    page.locator("#kinds > summary").click()
    filters = {"country": "country=AR,BO", "kind": "kind=brine_operation,refinery", "status": ""}
    for dimension in filters:
        others = "&".join(query for name, query in filters.items() if name != dimension)
        counts = api(server, f"facets?{others}")["facets"][dimension]
        assert counts
        for code, count in counts.items():
            label = page.locator(f'.facet-{dimension} [data-{dimension}="{code}"] .count')
            expect(label, f"{dimension} {code}").to_have_text(str(count))


def test_an_organisation_has_what_its_subsidiaries_hold(server, visit):
    page = visit().open_map(server.url)
    found = api(server, "items?limit=1000&owner=ganfeng-lithium")["features"]
    section = page.locator(".ranked").filter(has=page.locator(".facet-owner"))
    if not section.locator(".narrow").is_visible():
        section.get_by_role("button", name=re.compile("more$")).click()
    section.locator(".narrow").fill("ganfeng")
    box = page.locator('[data-owner="ganfeng-lithium"]')
    expect(box.locator(".count")).to_have_text(str(len(found)))
    box.click()
    expect_sentence(page, len(found))
    expect(page.locator("#chips .chip")).to_contain_text("Ganfeng")
    page.locator("#tab-list").click()
    expect(page.locator(ROWS)).to_have_count(len(found))
    shown = page.locator(ROWS).evaluate_all("rows => rows.map((row) => row.dataset.id)")
    assert sorted(shown) == sorted(feature["id"] for feature in found)


def open_more(page):
    page.locator("#more-filters > summary").click()
    return page.locator("#more-filters")


def test_a_span_of_capacity_is_typed_or_taken_from_the_histogram(server, visit):
    page = visit().open_map(server.url)
    more = open_more(page)
    expect(more.locator(".span-capacity")).to_be_hidden()
    more.locator("#capacity-measure").select_option("lce")
    expect_sentence(page, matched(server, "capacity_measure=lce"))
    more.locator("#capacity-low").fill("10000")
    more.locator("#capacity-high").fill("20000")
    more.locator("#capacity-high").press("Tab")
    expect_sentence(page, matched(server, "capacity_measure=lce&capacity=10000/20000"))
    expect(page.locator("#chips .chip")).to_contain_text("Lithium chemicals: 10,000 to 20,000 t LCE a year")
    more.locator(".span-capacity .hit").last.click()
    expect(more.locator("#capacity-low")).not_to_have_value("10000")
    span = asked(page)["capacity"]
    assert 0 < matched(server, f"capacity_measure=lce&capacity={span}")
    expect_sentence(page, matched(server, f"capacity_measure=lce&capacity={span}"))
    page.locator("#chips .chip").click()
    expect_sentence(page, matched(server, ""))


def test_the_ends_of_a_span_may_be_open_or_the_wrong_way_round(server, visit):
    page = visit().open_map(server.url)
    more = open_more(page)
    more.locator("#start_year-low").fill("2026")
    more.locator("#start_year-low").press("Tab")
    expect_sentence(page, matched(server, "start_year=2026/.."))
    more.locator("#start_year-high").fill("2025")
    more.locator("#start_year-high").press("Tab")
    expect_sentence(page, matched(server, "start_year=2025/2026"))
    expect(page.locator("#chips .chip")).to_contain_text("Start 2025 to 2026")


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("location_accuracy", "country", "Country"),
        ("status_stale", "true", "Not confirmed for over 24 months"),
        ("status_stale", "false", "Confirmed within 24 months"),
        ("source_type", "news", "News"),
    ],
)
def test_place_freshness_and_kind_of_source_are_filters_too(server, visit, name, code, words):
    page = visit().open_map(server.url)
    box = press(page, name, code)
    count = matched(server, f"{name}={code}")
    expect_sentence(page, count)
    expect(box.locator(".count")).to_have_text(str(count))
    assert [words] == chips(page)


def test_provinces_are_offered_once_one_country_is_chosen(server, visit):
    page = visit().open_map(server.url)
    region = page.locator('[data-region="Jujuy"]')
    expect(region).to_have_count(0)
    press(page, "country", "AR")
    expect(region.locator(".count")).to_have_text(str(matched(server, "country=AR&region=Jujuy")))
    region.click()
    expect_sentence(page, matched(server, "country=AR&region=Jujuy"))
    page.get_by_role("button", name="Take the filter away: Argentina").click()
    expect(region, "what is chosen can be taken out again").to_have_attribute("aria-checked", "true")


def test_an_empty_answer_says_what_there_is_and_which_filter_to_drop(server, visit):
    page = visit().open_map_of_nothing(f"{server.url}/#?status=construction&kind=cell_factory&country=BO")
    others = api(server, "facets?kind=cell_factory&country=BO")["facets"]["status"]
    assert {"considered": 1, "cancelled": 1} == others
    ways = page.locator("#ways")
    expect(ways.locator("#nearest")).to_have_text("At other stages there are 1 considered and 1 cancelled.")
    dropped = {
        "Construction": "kind=cell_factory&country=BO",
        "Bolivia": "status=construction&kind=cell_factory",
        "Cell factory": "status=construction&country=BO",
    }
    counts = {name: matched(server, query) for name, query in dropped.items()}
    offered = ways.locator(".way").all_inner_texts()
    expected = sorted((count, name) for name, count in counts.items() if count)
    assert [f"{count} without “{name}”" for count, name in expected] == offered
    ways.get_by_role("button", name="without “Construction”").click()
    expect_sentence(page, 2)
    expect(ways.locator("*")).to_have_count(0)


def test_what_is_filtered_is_shown_whole_by_one_press(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#6/-35/-58?country=BO")
    button = page.locator("#show-all-found")
    expect(button).to_have_text(f"Show all {matched(server, 'country=BO')}")
    button.click()
    seen.settle()
    expect(button).to_be_hidden()
    assert page.evaluate("map_0.getBounds().contains([-20.2, -67.6])")


def test_a_region_of_the_world_without_filters_offers_nothing_to_show(server, visit):
    page = visit().open_map(f"{server.url}/#6/-35/-58")
    expect(page.locator("#show-all-found")).to_be_hidden()
