"""A reader meets his language, changes it by a link, and is asked and refused in it."""

import pytest
from playwright.sync_api import expect

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
    page = seen.page
    page.goto(f"{server.url}/add?lang={code}")
    page.locator("#capacity-value").fill("20,000")
    page.locator("#accuracy").select_option("site")
    page.locator("#send").click()
    expect(page.locator("#errors")).to_have_text(language.say("form.missing_title"))
    expect(page.locator("#name-error")).to_have_text(language.say("form.missing"))
    advice = language.say("form.without_separators_or_decimals", number="20000", decimals="20.0000")
    expect(page.locator("#capacity-value-error")).to_have_text(advice)
    expect(page.locator("#lat-error")).to_have_text(language.say("form.place_missing"))
    site = vocabulary.in_language(code)["location_accuracy"]["site"]
    expect(page.locator("#accuracy-hint")).to_have_text(site.definition)
    assert language.country("DE") in page.locator("#country option").all_inner_texts()
    assert [] == seen.faults


def test_the_server_s_refusal_is_in_the_page_s_language_too(server, visit):
    page = visit(locale="de-DE").page
    page.goto(f"{server.url}/add?lang=zh")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.evaluate(
            "document.querySelectorAll('[aria-required]').forEach((field) => field.removeAttribute('aria-required'))"
        )
        page.locator("#send").click()
    assert "zh" == sent.value.headers["accept-language"]
    expect(page.locator("#errors")).to_contain_text(Language("zh").say("form.not_added"))


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
