"""The texts of every language have the same keys, values, links and plural forms as the English ones."""

import re
import string
import tomllib

import pytest
from conftest import ROOT

from web.language import DEFAULT, LANGUAGES, Language

TEXTS = ROOT / "web" / "texts"
OTHERS = [code for code in LANGUAGES if code != DEFAULT]
ROOMS = sorted(file.name for file in (TEXTS / DEFAULT).glob("*.toml"))


def room(code, name):
    file = TEXTS / code / name
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def forms(text):
    return list(text.values()) if isinstance(text, dict) else [text]


def values(text):
    return {name for form in forms(text) for _, name, _, _ in string.Formatter().parse(form) if name is not None}


def links(text):
    """Names of what is linked, and how often words are strong, in the form for whatever count."""
    form = forms(text)[-1]
    return sorted(re.findall(r"\[[^\]]*\]\((\w+)\)", form)), form.count("**")


@pytest.mark.parametrize("name", ROOMS)
@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_and_no_other_is_there(code, name):
    english, own = room(DEFAULT, name), room(code, name)
    assert list(english) == list(own), "the same keys in the same order"


@pytest.mark.parametrize("name", ROOMS)
@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_values_and_links_of_the_english_text(code, name):
    english, own = room(DEFAULT, name), room(code, name)
    for key in english.keys() & own.keys():
        assert values(english[key]) == values(own[key]), key
        assert links(english[key]) == links(own[key]), key
        assert isinstance(english[key], dict) == isinstance(own[key], dict), key


@pytest.mark.parametrize("name", ROOMS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_text_with_a_count_has_every_plural_form_of_its_language(code, name):
    """CLDR's: of Spanish also the one after whole millions, "un millón de filas"."""
    needed = {*Language(code).locale.plural_form.tags, "other"}
    for key, text in room(code, name).items():
        if isinstance(text, dict):
            assert needed == set(text), key


def test_the_forms_are_those_of_cldr():
    forms = {"en": "one other", "es": "one many other", "ru": "one few many other", "zh": "other"}
    assert forms.keys() == LANGUAGES.keys()
    for code, names in forms.items():
        assert {*names.split()} == {*Language(code).locale.plural_form.tags, "other"}


def test_a_number_of_things_is_said_in_forms():
    """In English a count before a word in the plural needs another form for one: "1 rows" is no English."""
    for name in ROOMS:
        for key, text in room(DEFAULT, name).items():
            if isinstance(text, str):
                assert not re.search(r"\{count\} (?!stages|kinds|people|lines)[a-z]+s\b", text), (name, key)


@pytest.mark.parametrize("name", ROOMS)
@pytest.mark.parametrize("code", OTHERS)
def test_a_sentence_is_not_left_in_english(code, name):
    english, own = room(DEFAULT, name), room(code, name)
    for key in english.keys() & own.keys():
        words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", " ".join(forms(english[key]))))
        if len(words) > 2:
            assert forms(english[key]) != forms(own[key]), key


def test_no_room_is_there_that_english_has_not():
    for code in OTHERS:
        assert {file.name for file in (TEXTS / code).glob("*.toml")} <= set(ROOMS), code
