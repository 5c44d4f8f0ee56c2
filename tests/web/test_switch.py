"""A reader meets his language, changes it by a link, and is asked and refused in it."""

import pytest
from playwright.sync_api import expect
from visits import fill_name, fill_source, fill_stage, go_on, open_form, sign_in, type_into

from geo import vocabulary
from web.language import LANGUAGES, Language


def test_the_browser_s_language_comes_first_and_the_switch_is_kept(server, visit):
    page = visit(locale="es-BO").page
    page.goto(f"{server.url}/about")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.locator(".languages a[lang=ru]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator(".languages a[aria-current]")).to_have_text("Русский")
    page.goto(f"{server.url}/add")
    expect(page.locator("h1")).to_have_text(Language("ru").say("add.title"))
    page.go_back()
    expect(page.locator("html")).to_have_attribute("lang", "ru")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_form_asks_and_refuses_in_the_page_s_language(server, visit, code):
    language, seen = Language(code), visit(locale="de-DE")
    page = open_form(seen.page, server, f"/add?lang={code}")
    page.locator(".step:not([hidden]) .next").click()
    expect(page.locator("#source-title-error")).to_have_text(language.say("form.missing"))
    fill_source(page)
    page.locator("#accuracy-site").check()
    page.locator(".step:not([hidden]) .next").click()
    expect(page.locator("#name-error")).to_have_text(language.say("form.missing"))
    expect(page.locator("#lat-error")).to_have_text(language.say("form.place_missing"))
    assert language.country("DE") in page.locator("#country option").all_inner_texts()
    site = vocabulary.in_language(code)["location_accuracy"]["site"]
    expect(page.locator("label", has=page.locator("#accuracy-site"))).to_contain_text(site.label)
    assert [] == seen.faults


def test_the_server_is_asked_in_the_page_s_language_too(server, visit):
    page = visit(locale="de-DE").page
    sign_in(page, server)
    open_form(page, server, "/add?lang=zh")
    fill_source(page)
    fill_name(page)
    type_into(page, lat="-24.78", lon="-65.41")
    go_on(page, "stage")
    fill_stage(page)
    with page.expect_request(lambda request: request.url.endswith("/check")) as sent:
        go_on(page, "check")
    assert "zh" == sent.value.headers["accept-language"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_map_opens_in_every_language(server, visit, code):
    seen = visit(locale=code)
    page = seen.page
    page.goto(f"{server.url}/#rec=bo-rosatom-battery-factory")
    expect(page.locator("#project-canvas[data-draw-ms]")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", code)
    assert Language(code).country("BO") == page.evaluate(
        "JSON.parse(document.getElementById('texts').textContent)['country.BO']"
    )
    assert [] == seen.faults
