"""Make names.tsv from the CLDR that Babel has (Unicode License V3): `make countries`.

One line a country: its ISO 3166-1 alpha-2 code, and what it is called with `|` between the names: here, in the
languages of the site and those in which much is read about lithium, and in what is spoken there. The same Babel gives
the same bytes. It is a table since Babel keeps all that it knows of each of a hundred languages, 80 MB in each process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import babel
from babel.core import get_global

from geo.countries import country_names

LANGUAGES = ("en", "es", "ru", "zh", "zh_Hant", "fr", "de", "pt", "it", "ja", "ko", "ar")
_SPOKEN = ("official", "de_facto_official")


def table() -> str:
    return "".join(f"{code}\t{'|'.join(dict.fromkeys(names(code)))}\n" for code in sorted(country_names()))


def names(code: str) -> Iterator[str]:
    yield country_names()[code]
    spoken = get_global("territory_languages").get(code, {})
    official = [language for language, use in spoken.items() if use["official_status"] in _SPOKEN]
    for language in (*LANGUAGES, *official):
        name = _territories(language).get(code)
        if name:
            yield name


def _territories(language: str) -> Mapping[str, str]:
    try:
        territories: Mapping[str, str] = babel.Locale.parse(language).territories
    except babel.UnknownLocaleError:  # a language that CLDR counts speakers of and has no words in
        return {}
    return territories


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(table(), encoding="utf-8", newline="\n")
