"""The countries of ISO 3166-1, and what they are called in other languages (CLDR, by Babel)."""

from __future__ import annotations

import functools

import babel

ENGLISH = "en"


@functools.cache
def country_names(language: str = ENGLISH) -> dict[str, str]:
    """Return the short name of every ISO 3166-1 alpha-2 code, and of XK (Kosovo, user-assigned), in a language.

    The English register turns some names about for its alphabet ("Congo, The Democratic Republic of the"); here they
    read on. English stands where CLDR has no name.
    """
    english = _english_names()
    if language == ENGLISH:
        return english
    own = babel.Locale.parse(language).territories
    return {code: str(own.get(code, name)) for code, name in english.items()}


@functools.cache
def _english_names() -> dict[str, str]:
    import pycountry

    names = {each.alpha_2: _read_on(getattr(each, "common_name", each.name)) for each in pycountry.countries}
    return {**names, "XK": "Kosovo"}


def _read_on(name: str) -> str:
    first, comma, rest = name.partition(", ")
    return f"{rest} {first}".removeprefix("The ") if comma and " and " not in rest else name
