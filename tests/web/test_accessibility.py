"""No page and no state of the map breaks a rule of WCAG that a machine can check; nothing is cut off when enlarged."""

import json

import pytest
from accessible import AXE, violations, violations_when_narrow
from made_up import made_up_feature
from playwright.sync_api import expect
from visits import PHONE, WIDE, add, fill_name, fill_stage, go_on, open_form, sign_in

ROSATOM, DENSE = "bo-rosatom-battery-factory", "bo-u1-uyuni-dle"
ENLARGED = [{"width": 320, "height": 640}, {"width": 720, "height": 450}]  # at 400 and at 200 % of 1280 and 1440 pixels
PAGES = (
    f"/projects/{DENSE}",
    f"/projects/{DENSE}/revisions?from=1&to=1",
    f"/projects/{DENSE}/revisions/1",
    "/releases",
    "/add",
    f"/projects/{DENSE}/correct",
    "/about",
    "/sign-in",
    "/about/data",
    "/stories",
    "/nothing-here",
    "/api/docs",
    "/api/clients",
    "/api/collections/projects",
    "/api/collections/projects/items?country=BO",
    "/api/collections/countries/items",
    "/api/collections/projects/filter?filter=country='BO'",
    "/api/collections/projects/statistics?by=status_group&interval=year&sum=capacity",
)

pytestmark = pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with npm's packages")
each_screen = pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])


def go_to(page, view, waited_for):
    """Change the view as a link does, and wait for what it shows."""
    page.evaluate("(view) => { location.hash = view; }", view)
    expect(page.locator(waited_for).first).to_be_visible()


def to_the_top(page):
    """What is half under the edge of what scrolls is too small for the moment."""
    page.evaluate("document.getElementById('rail').scrollTo(0, 0)")


@each_screen
def test_the_map_in_all_its_states(server, visit, viewport):
    page = visit(viewport=viewport, reduced_motion="reduce").open_map(server.url)
    found = {"untouched": violations(page)}
    go_to(page, "#?country=BO&status_group=planned,building", "#chips .chip")
    found["filtered"] = violations(page)
    for fold in ("#stages", "#kinds", "#more-filters"):
        page.locator(f"{fold} > summary").click()
    page.locator("#capacity-measure").select_option("lce")
    to_the_top(page)
    found["more filters"] = violations(page)
    go_to(page, "#?status=construction&kind=cell_factory&country=BO", ".way")
    to_the_top(page)
    found["nothing"] = violations(page)
    go_to(page, "#?country=FR&colour=red", "#link-notice")
    found["an odd link"] = violations(page)
    go_to(page, "#?as_of=2019-03", "#chips .chip")
    found["a month"] = violations(page)
    page.evaluate("location.hash = '#?'")
    page.locator("#search").fill("lithium")
    expect(page.locator("#results li").first).to_be_visible()
    found["search"] = violations(page)
    page.locator("#search").fill("")
    page.locator(".tray-count").click()
    found["tray"] = violations(page)
    page.locator(".tray-count").click()
    page.locator("#ground-button").click()
    found["layers"] = violations(page)
    page.locator("#ground-button").click()
    go_to(page, f"#5/-19/-61?rec={DENSE}", "#panel .facts")
    found["record"] = violations(page)
    assert {} == {state: each for state, each in found.items() if each}


@each_screen
def test_every_step_of_the_form(server, visit, viewport):
    page = visit(viewport=viewport, reduced_motion="reduce").page
    sign_in(page, server)
    open_form(page, server)
    page.locator("#source-url").fill("https://t.me/a/1")
    page.locator("#source-title").fill("A refinery is announced")
    page.locator(".step:not([hidden]) .next").click()
    expect(page.locator("#source-url-error")).to_be_visible()
    found = {"refused": violations(page)}
    page.locator("#source-url").fill("https://example.org/a")
    go_on(page, "what")
    fill_name(page, "Rosatom battery", "cell_factory", "BO", "country")
    expect(page.locator("#alike-list li").first).to_be_visible()
    page.locator("#place-name").press_sequentially("Uyuni")
    expect(page.locator("#place-list li").first).to_be_visible()
    found["what"] = violations(page)
    page.locator("#place-list li").first.click()
    go_on(page, "stage")
    found["stage"] = violations(page)
    fill_stage(page)
    go_on(page, "check")
    expect(page.locator("#preview")).to_be_visible()
    found["check"] = violations(page)
    open_form(page, server, f"/projects/{DENSE}/correct")
    page.locator("#source-url").fill("https://example.org/a")
    page.locator("#source-title").fill("A text")
    go_on(page, "wrong")
    found["wrong"] = violations(page)
    for part in ("stage", "owner", "capacity", "event"):
        page.locator(f"#wrong-{part}").check()
    go_on(page, "stage")
    found["corrected"] = violations(page)
    assert {} == {state: each for state, each in found.items() if each}


@each_screen
def test_every_view_over_the_map(server, visit, viewport):
    options = {"viewport": viewport, "reduced_motion": "reduce"}
    page = visit(**options).open_map(f"{server.url}/#?tab=list")
    expect(page.locator("#list [data-id]").first).to_be_visible()
    found = {"list": violations(page)}
    go_to(page, "#?tab=charts", ".chart-starts h3")
    found["charts"] = violations(page, "#over")
    go_to(page, "#?tab=changes", "#changes-happened li")
    found["changes"] = violations(page, "#over")
    go_to(page, "#?tab=compare", "#compare h2")
    found["compare, empty"] = violations(page, "#over")
    go_to(page, f"#?tab=compare&compare={ROSATOM},{DENSE}", "#compare thead th")
    found["compare"] = violations(page, "#over")
    go_to(page, f"#?tab=list&rec={DENSE}", "#panel .facts")
    found["list and record"] = violations(page)
    go_to(page, "#?country=BO", "#chips .chip")
    page.locator("#share").click()
    for part in page.locator("#share-dialog details").all():
        if part.get_attribute("open") is None:
            part.locator("summary").click()
        found[f"share {part.get_attribute('id')}"] = violations(page, "#share-dialog")
    assert {} == {state: each for state, each in found.items() if each}


@each_screen
def test_every_other_page(server, visit, viewport):
    page = visit(viewport=viewport, reduced_motion="reduce").page
    found = {}
    for path in PAGES:
        if path != "/api/docs":  # which shows more with all parts open, below
            page.goto(server.url + path)
            found[path] = violations(page)
    page.goto(f"{server.url}/embed#5/-19/-61?rec={ROSATOM}")
    expect(page.locator("#panel .facts")).to_be_visible()
    found["/embed"] = violations(page)
    assert {} == {path: each for path, each in found.items() if each}


def test_the_api_s_page_with_all_parts_open(server, visit):
    page = visit(viewport=WIDE, reduced_motion="reduce").page
    page.goto(f"{server.url}/api/docs")
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert [] == violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [] == violations_when_narrow(page, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@each_screen
def test_the_list_of_projects_at_one_spot(fresh_server, visit, viewport):
    for n in range(9):
        at = {"type": "Point", "coordinates": [-58.4, -17.1]}
        add(fresh_server, made_up_feature(f"bo-made-up-{n}", name=f"Works number {n}", geometry=at))
    page = visit(viewport=viewport, reduced_motion="reduce").open_map(f"{fresh_server.url}/#9/-17.5/-58.4")
    [pile] = json.loads(page.locator("#project-canvas").get_attribute("data-piles"))
    page.locator("#map_0").click(position={"x": pile["x"], "y": pile["y"]})
    expect(page.locator("#chooser [data-id]").first).to_be_focused()
    assert [] == violations(page)


OUT_OF_SIGHT = """() => [...document.querySelectorAll("button, a, input, select, summary")].filter((element) => {
  if (!element.checkVisibility({ visibilityProperty: true })) return false;
  const { left, right, width } = element.getBoundingClientRect();
  const scrolls = element.closest(".tabs, .panel-bar, #over, .scroll, .table-scroll, .compare-scroll, .skip, .grip");
  return width > 0 && !scrolls && (left < -1 || right > innerWidth + 1);
}).map((element) => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("viewport", ENLARGED, ids=["320 pixels", "200 percent"])
def test_nothing_scrolls_sideways_or_is_cut_off_when_enlarged(server, visit, viewport):
    page = visit(viewport=viewport, reduced_motion="reduce").open_map(server.url)
    views = {
        "#": "#sentence",
        "#?country=BO,AR,CL&kind=refinery&q=lithium": "#chips .chip",
        f"#5/-19/-61?rec={DENSE}": "#panel .facts",
        "#?tab=list": "#list [data-id]",
        "#?tab=charts": ".chart-starts h3",
        "#?tab=changes": "#changes-happened li",
        f"#?tab=compare&compare={ROSATOM},{DENSE}": "#compare thead th",
    }
    for view, shown in views.items():
        go_to(page, view, shown)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        assert [] == page.evaluate(OUT_OF_SIGHT), view
    for path in PAGES:
        page.goto(server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert [] == page.evaluate(OUT_OF_SIGHT), path


OVERLAPS = """() => {
  const parts = ["#rail", "#tools", "#time", "#chips", "#tray", ".leaflet-control-zoom", ".ground-switcher"];
  const boxes = parts.flatMap((name) => {
    const element = document.querySelector(name);
    if (!element?.checkVisibility()) return [];
    const found = getComputedStyle(element).display === "contents" ? element.parentElement : element;
    return [[name, found.getBoundingClientRect()]];
  });
  const lie = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const others = ([one, a], i) => boxes.slice(i + 1).flatMap(([other, b]) => (lie(a, b) ? [`${one} ${other}`] : []));
  return boxes.flatMap(others);
}"""


@pytest.mark.parametrize("viewport", [WIDE, {"width": 1024, "height": 700}, PHONE, *ENLARGED])
def test_no_part_of_the_page_lies_over_another(server, visit, viewport):
    page = visit(viewport=viewport).open_map(f"{server.url}/#?country=BO,AR,CL,PE&kind=brine_operation")
    assert [] == page.evaluate(OVERLAPS)


def test_still_screens_and_forced_colours_are_respected(server, visit):
    seen = visit(reduced_motion="reduce", forced_colors="active")
    page = seen.open_map(f"{server.url}/#?status_group=planned")
    assert page.evaluate("map_0.options.zoomAnimation === false && map_0.options.inertia === false")
    chosen, other = (
        page.locator(f".group-{group} .tick").evaluate("(tick) => getComputedStyle(tick).outlineStyle")
        for group in ("planned", "operating")
    )
    assert ("solid", "none") == (chosen, other)
    expect(page.locator(".group-planned .group-icon")).to_have_css("forced-color-adjust", "none")
