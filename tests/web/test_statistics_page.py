"""The page of statistics: the same numbers, words and marks as those of the map, for every eye and screen."""

import json
import re
import subprocess

import pytest
from accessible import AXE, violations
from conftest import ROOT
from node import NODE
from playwright.sync_api import expect
from visits import PHONE, WIDE, api

from web.language import ENGLISH
from web.statistics.charts import Figure, Segment, bars, columns, ticks, times
from web.statistics.figures import GROUPS, SHARES, share
from web.statistics.page import PATTERNS

PAGE = "/api/collections/projects/statistics?f=html"
ASKED = (
    "by=kind,status_group&sum=capacity",
    "by=country&interval=year&sum=capacity&country=AR,CL",
    "histogram=capacity",
)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with npm's packages")
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_it_fits_every_screen_and_breaks_no_rule(server, visit, viewport):
    seen = visit(viewport=viewport, reduced_motion="reduce")
    for asked in ASKED:
        seen.page.goto(f"{server.url}{PAGE}&{asked}")
        expect(seen.page.locator("figure.chart svg[role=img]").first).to_be_visible()
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], asked
        assert [] == violations(seen.page), asked
    assert [] == seen.faults


def test_another_count_is_asked_for_without_script(server, visit):
    page = visit(java_script_enabled=False).page
    page.goto(f"{server.url}{PAGE}&by=kind&country=BO")
    page.get_by_label("By", exact=True).select_option("status_group")
    page.get_by_label("Series").select_option("year")
    page.get_by_label("From").fill("2018")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("h1")).to_have_text("Projects in Bolivia")
    expect(page.locator("figure.chart h2")).to_have_text("Number of projects by year and group of stages")
    expect(page.locator("tbody tr").first).to_contain_text("31 Dec 2018")
    page.get_by_role("link", name="Español").click()
    expect(page.locator("figure.chart h2")).to_have_text("Número de proyectos por año y grupo de etapas")


def test_sums_are_those_of_the_map(server, visit):
    """The map's own chart, as its table says it, has the numbers that statistics answer."""
    page = visit().open_map(f"{server.url}/#?tab=charts&measure=lce")
    figure = page.locator(".chart-capacities")
    figure.get_by_text("Show as a table", exact=True).click()
    heads, *rows = figure.locator("table").evaluate(
        "table => [...table.rows].map((row) => [...row.cells].map((cell) => cell.innerText))"
    )
    found = {}
    for group in api(server, "statistics?by=country,status_group&sum=capacity")["groups"]:
        country = found.setdefault(group["values"]["country"]["label"], dict.fromkeys(SHARES, 0))
        for each in group["sums"]:
            if each["measure"] == "lce":
                country[share(group["values"]["status_group"]["value"], each["basis"])] += each["sum"]
    named = {ENGLISH.say(f"charts.share_{name}"): name for name in SHARES}
    places = {at: named[head] for at, head in enumerate(heads) if head in named}
    assert set(SHARES) == set(places.values())
    for row in rows:
        shown = {name: float(re.sub(r"[^\d.]", "", row[at]) or 0) for at, name in places.items()}
        assert shown == pytest.approx(found[row[0]], rel=1e-5), row[0]


def test_marks_and_parts_are_those_of_the_map():
    script = """
      import { readFileSync } from "node:fs";
      const read = (name) => readFileSync(`web/static/charts/${name}.js`, "utf8");
      const lines = read("marks").match(/const LINES = (\\{[^}]*\\})/)[1];
      const groups = read("stages").match(/GROUPS = (\\[[^\\]]*\\])/)[1];
      const parts = read("capacities").match(/PARTS = (\\[[^\\]]*\\])/)[1];
      console.log(JSON.stringify([eval(`(${lines})`), eval(groups), eval(parts)]));
    """
    done = subprocess.run([NODE, "--input-type=module", "-e", script], cwd=ROOT, capture_output=True, check=True)
    lines, groups, parts = json.loads(done.stdout)
    assert {mark: line for mark, line in lines.items() if line} == {m: PATTERNS[m] for m in lines if m in PATTERNS}
    assert groups == list(GROUPS)
    assert {part["share"]: part["mark"] for part in parts} == SHARES
    assert [part["share"] for part in parts] == list(SHARES)


def test_bars_and_columns_are_as_long_as_their_numbers():
    segments = [Segment("a", "building"), Segment("b", "planned")]
    figure = Figure("T", "GWh", ["x", "y"], segments, [[1, 3], [0, 8]])
    drawn = [(shape.row, shape.x, shape.width) for shape in bars(figure, 10)]
    assert [(0, 0, 10), (0, 10, 30), (1, 0, 80)] == drawn
    heights = [(shape.row, shape.y, shape.height) for shape in columns(figure, 8)]
    assert [(0, 210, 30), (0, 120, 90), (1, 0, 240)] == heights


def test_axes_have_round_numbers_and_years():
    assert [0, 5, 10] == ticks(9, are_whole=True)
    assert [0, 1] == ticks(1, are_whole=True) == ticks(0, are_whole=True)
    assert [0, 0.02, 0.04, 0.06, 0.08] == ticks(0.07, are_whole=False)
    months = [f"{2020 + at // 12}-{at % 12 + 1:02}" for at in range(40)]
    assert ["2020", "2021", "2022", "2023"] == [tick.text for tick in times(months)]
    assert ["2026"] == [tick.text for tick in times(["2026"])]
