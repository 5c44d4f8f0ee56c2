"""A visit to the served pages: a browser page, with all that goes wrong in it and every host that it asks."""

import json
import re
import urllib.parse
import urllib.request

from playwright.sync_api import expect

# How long to wait before a test fails: no promise, but far beyond what a busy machine needs.
SECONDS = 60
expect.set_options(timeout=SECONDS * 1000)

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


class Visit:
    """A page, with all that went wrong in it and every host it asked."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(viewport=options.pop("viewport", WIDE), **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        self.faults, self.hosts = [], set()
        self.context.on("request", lambda request: self.hosts.add(urllib.parse.urlsplit(request.url).netloc))
        self.context.on("console", lambda message: message.type == "error" and self.faults.append(message.text))
        self.context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.context.on("dialog", lambda dialog: (self.faults.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def open_map(self, url):
        self.page.goto(url)
        expect(self.page.locator("body[data-ready]")).to_have_count(1)
        expect(self.page.locator("#project-canvas[data-draw-ms][data-countries]")).to_have_count(1)
        self.settle()
        return self.page

    def open_map_of_nothing(self, url):
        self.page.goto(url)
        expect(self.page.locator("body[data-ready]")).to_have_count(1)
        expect(self.page.locator("#sentence")).to_contain_text("No project matches")
        return self.page

    def settle(self):
        """Wait until the map stands still and has been drawn."""
        self.page.evaluate(
            """async () => {
              const state = () => `${map_0.getCenter()} ${map_0.getZoom()}`;
              for (let before = "", still = 0; still < 3; before = state()) {
                await new Promise((resolve) => setTimeout(resolve, 100));
                still = before === state() ? still + 1 : 0;
              }
            }"""
        )

    def click_at(self, latitude, longitude):
        point = self.page.evaluate("(at) => map_0.latLngToContainerPoint(at)", [latitude, longitude])
        self.page.locator("#map_0").click(position={"x": point["x"], "y": point["y"]})


def api(server, path):
    with urllib.request.urlopen(f"{server.url}/api/collections/projects/{path}") as answer:
        return json.load(answer)


def matched(server, query):
    """How many records the API finds."""
    return api(server, f"items?limit=1&{query}")["numberMatched"]


def expect_sentence(page, count):
    """Wait until the headline counts just so many projects."""
    expect(page.locator("#sentence")).to_have_text(re.compile(rf"^{count:,} projects? "))


def asked(page):
    """The parameters of the page's address."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).fragment.partition("?")[2]))


def add(server, feature):
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/geo+json"}
    request = urllib.request.Request(
        f"{server.url}/api/collections/projects/items", json.dumps(feature).encode(), headers
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["id"]


def type_into(page, **fields):
    """Press the keys of each text in its field, and leave the field."""
    for name, text in fields.items():
        field = page.locator(f"#{name.replace('_', '-')}")
        field.press("ControlOrMeta+a")
        field.press_sequentially(text)
        field.press("Tab")


def sign_in(page, server):
    """Sign in with the server's key, which may publish."""
    page.goto(f"{server.url}/sign-in")
    page.locator("main #key").fill(server.key)
    page.locator("main form button").click()
    expect(page.locator("main form[action$='/sign-out']")).to_be_visible()


def open_form(page, server, path="/add"):
    """Open the form, once it knows who asks."""
    page.goto(f"{server.url}{path}")
    expect(page.locator("#add-form[data-known]")).to_have_count(1)
    return page


def go_on(page, step):
    """Go on, to a step that is then shown."""
    page.locator(".step:not([hidden]) .next").click()
    expect(page.locator(f".step[data-step={step}]")).to_be_visible()


def fill_source(page, **fields):
    type_into(
        page, **{"source_url": "https://example.org/news/42", "source_title": "A refinery is announced", **fields}
    )
    go_on(page, "what")


def fill_name(page, name="Typed", kind="refinery", country="AR", accuracy="site"):
    page.locator("#name").fill(name)
    page.locator("#kind").select_option(kind)
    page.locator("#country").select_option(country)
    page.locator(f"#accuracy-{accuracy}").check()


def fill_stage(page, status="announced", date="2024", basis="happened"):
    page.locator("#status").select_option(status)
    type_into(page, status_date=date)
    page.locator("#status-basis").select_option(basis)


def fill_in(page, lat="-24.78", lon="-65.41", **name):
    """Fill in a record, to its last step."""
    fill_source(page)
    fill_name(page, **name)
    if lat is not None:
        type_into(page, lat=lat, lon=lon)
    go_on(page, "stage")
    fill_stage(page)
    go_on(page, "check")
