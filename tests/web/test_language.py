"""Texts, plurals, dates, numbers and lists in each language; and every page in all of them."""

import json
import re
from collections import Counter

import pytest

from api import openapi
from api.settings import Settings
from geo import vocabulary
from geo.countries import country_names
from geo.coverage import Coverage
from geo.curated.release import read_release
from web import pages, shell
from web.language import DEFAULT, LANGUAGES, Language, texts
from web.site import Site

SITE = Site(title="A <Ledger> {of} {{ours}}")
DATES = {
    "en": ["26 Mar 2024", "Mar 2024", "2024"],
    "es": ["26 mar 2024", "mar 2024", "2024"],
    "ru": ["26 мар. 2024 г.", "март 2024 г.", "2024"],
    "zh": ["2024年3月26日", "2024年3月", "2024年"],
}
LISTS = {
    "en": ["", "a", "a and b", "a, b and c", "a, b or c"],
    "es": ["", "a", "a y b", "a, b y c", "a, b o c"],
    "ru": ["", "a", "a и b", "a, b и c", "a, b или c"],
    "zh": ["", "a", "a和b", "a、b和c", "a、b或c"],
}
NUMBERS = {
    "en": ["1,234", "12,345.5", "10.20652", "0", "-3"],
    "es": ["1234", "12.345,5", "10,20652", "0", "-3"],
    "ru": ["1 234", "12 345,5", "10,20652", "0", "-3"],
    "zh": ["1,234", "12,345.5", "10.20652", "0", "-3"],
}


def blanks(text):
    return re.sub("[\u00a0\u202f]", " ", text)


@pytest.mark.parametrize("code", LANGUAGES)
def test_dates_numbers_and_lists_are_those_of_cldr(code):
    language = Language(code)
    assert DATES[code] == [blanks(language.date(text)) for text in ("2024-03-26", "2024-03", "2024")]
    assert ["", DATES[code][0]] == [blanks(language.date(text)) for text in (None, "2024-03-26T23:59:59Z")]
    assert LISTS[code] == [language.listed(x) for x in ("", "a", "ab", "abc")] + [language.listed("abc", "or")]
    assert NUMBERS[code] == [blanks(language.number(x)) for x in (1234, 12345.5, 10.20652, 0, -3.0)]
    assert blanks(language.number(3, "0.0")) in ("3.0", "3,0")


@pytest.fixture
def files(monkeypatch):
    """A text with every plural form of Russian, and one with links."""
    forms = {"one": "{count} файл", "few": "{count} файла", "many": "{count} файлов", "other": "{count} файла"}
    monkeypatch.setitem(texts("ru"), "made.files", forms)
    monkeypatch.setitem(texts("en"), "made.link", "See [the <list>](list) of **{name}** & more")


def test_russian_has_the_plural_form_of_each_count(files):
    said = [Language("ru").say("made.files", count=count) for count in (1, 2, 5, 11, 21, 22, 1.5)]
    assert ["1 файл", "2 файла", "5 файлов", "11 файлов", "21 файл", "22 файла", "1,5 файла"] == said


def test_chinese_has_one_form():
    assert {"other"} == {Language("zh").locale.plural_form(count) for count in (0, 1, 2, 5, 11, 21)}


def test_a_text_with_links_keeps_everything_else_a_text(files):
    said = Language().say_html("made.link", list='/x?"<', name="<b>{list}[a](name)**")
    assert '<a href="/x?&#34;&lt;">the &lt;list&gt;</a>' in said
    assert "<strong>&lt;b&gt;{list}[a](name)**</strong> &amp; more" in said


def test_a_key_that_is_missing_is_found_out():
    with pytest.raises(KeyError):
        Language("es").say("site.no_such_text")


def test_carried_texts_end_no_element_and_start_no_template(monkeypatch):
    hostile = "</script><!-- {{7*7}} {% x %} {# y #} {{{{ \u2028\u2029 & ]]>"
    monkeypatch.setitem(texts("en"), "site.hostile", hostile)
    carried = Language().texts_json(["site"], ["kind"], countries=True)
    assert not re.search(r"[<>&\u2028\u2029]|\{[{%#]", carried)
    assert hostile == json.loads(carried)["site.hostile"]
    assert {"site", "label", "definition", "country"} == {key.partition(".")[0] for key in json.loads(carried)}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_country_has_a_name_and_its_place_in_the_order(code):
    language = Language(code)
    countries = language.countries()
    assert dict(countries) == country_names(code)
    assert all(name and name != at for at, name in countries)
    assert "XX" == language.country("XX")
    first = {"en": "Afghanistan", "es": "Afganistán", "ru": "Австралия", "zh": "阿尔巴尼亚"}
    assert first[code] == countries[0][1]


def every_page(language):
    """Every page that needs no store, by its name."""
    counts = {kind: Counter({"planned": 1}) for kind in vocabulary.KINDS.codes}
    coverage = Coverage(
        total=21,
        sources=2,
        stale=5,
        looked_for=1,
        groups={"planned": 21},
        kinds=counts,
        countries={"BO": counts["refinery"]},
        accuracies=dict.fromkeys(vocabulary.LOCATION_ACCURACIES.codes, 2),
        date_bases=dict.fromkeys(vocabulary.STATUS_DATE_BASES.codes, 2),
    )
    release = read_release()
    made = {
        "map": shell.map_page(SITE, language),
        "add": pages.add_page(SITE, language),
        "about": pages.about_page(SITE, language),
        "problem": pages.problem_page(SITE, 404, "T", "D", language),
        "reference": pages.reference_page(SITE, openapi.document("http://localhost", "T", 100), [], language),
        "refusal": pages.refusal("T", "D", language),
    }
    for loaded in (None, release.name, "2000.01"):
        made[f"data of {loaded}"] = pages.data_page(SITE, release, loaded, coverage, language)
    return made


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_speaks_in_texts_and_shows_no_key(code):
    rooms = {key.partition(".")[0] for key in texts(DEFAULT)}
    for name, html in every_page(Language(code)).items():
        if name != "refusal":
            assert f'<html lang="{code}">' in html, name
        shown = re.sub(r"<script.*?</script>|<style.*?</style>|<code>.*?</code>", "", html, flags=re.DOTALL)
        shown = re.sub(r"<[^>]+>", " ", shown)
        assert not re.findall(rf"\b(?:{'|'.join(rooms)})\.[a-z_]+\b", shown), name
        assert "A &lt;Ledger&gt; {of} {{ours}}" in html or name == "refusal", name
        assert not re.findall(r"(?<!\{)\{[a-z_]+\}(?!\})", shown.replace("{of}", "")), name


def test_an_operator_s_contact_is_linked_in_every_language():
    contact = Settings.from_environment({"LEDGER_CONTACT": "atlas@example.org"}).contact
    for code in LANGUAGES:
        said = Language(code).say_html("data.report", contact=contact)
        assert '<a href="mailto:atlas@example.org">' in said


def test_a_title_that_looks_like_a_template_is_shown_as_it_is():
    for code in LANGUAGES:
        assert "49" not in shell.map_page(Site(title="{{7*7}} {% x"), Language(code)).partition("</h1>")[0][-200:]


@pytest.mark.slow
@pytest.mark.parametrize("code", [each for each in vocabulary.languages() if each != DEFAULT])
def test_a_vocabulary_that_is_translated_is_translated_whole(code):
    translated = vocabulary.in_language(code)
    for name, english in vocabulary.ALL.items():
        for term in english:
            own = translated[name][term.code]
            stated = vocabulary._translations(code)[name][term.code]
            more = [*(["words"] if term.words else []), *(["unit"] if isinstance(term, vocabulary.Measure) else [])]
            assert {"label", "definition", *more} == set(stated), (name, term.code)
            assert all(text.strip() == text and text for text in stated.values()), (name, term.code)
            assert (own.group, own.code) == (term.group, term.code)
            assert own.definition.endswith((".", "?", "。", "？")), own.definition
        assert set(vocabulary._translations(code)[name]) == set(english.codes)
    assert set(vocabulary._translations(code)) == set(vocabulary.ALL)


def test_the_vocabularies_speak_every_language_of_the_site():
    assert set(LANGUAGES) == set(vocabulary.languages())


@pytest.mark.parametrize("code", LANGUAGES)
def test_two_words_of_a_vocabulary_are_never_called_the_same(code):
    for name, known in vocabulary.in_language(code).items():
        labels = [term.label for term in known]
        assert len(set(labels)) == len(labels), name


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_form_names_its_choices_as_it_shows_them(code):
    language = Language(code)
    for choice in ("country", "undisclosed"):
        assert language.label("location_accuracy", choice) in language.say("form.place_missing")
