"""The language of a page: its texts from `texts/<language>/<room>.toml`; its dates, numbers, plurals and lists (CLDR).

A text is a string in which `{name}` stands for a value, or a table of such strings by plural category, chosen by the
value `count`. The browser reads the same texts by the same rule (`static/base/texts.js`).
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TypeGuard

import babel
import babel.dates
import babel.numbers
from anyascii import anyascii
from markupsafe import Markup, escape

from geo import vocabulary
from geo.countries import country_names
from geo.folding import fold

Text = str | Mapping[str, str]

DEFAULT = "en"
# Each by its own name, in the order of the switcher.
LANGUAGES = {"en": "English", "es": "Español", "ru": "Русский", "zh": "中文"}
# CLDR's skeletons of dates, by how many of year, month and day are known.
_DATE_SKELETONS = {1: "y", 2: "yMMM", 3: "yMMMd"}
# Spanish parts thousands from five digits on: CLDR's minimumGroupingDigits, which browsers know and Babel does not.
_GROUPED_FROM = {"es": 10_000}
_LINK = re.compile(r"\[([^\]]*)\]\((\w+)\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_TEMPLATE_SIGN = re.compile(r"\{(?=[{%#])")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Language:
    """One of `LANGUAGES`, by its code."""

    code: str = DEFAULT

    @property
    def locale(self) -> babel.Locale:
        return _locale(self.code)

    @property
    def name(self) -> str:
        """The language's name in itself."""
        return LANGUAGES[self.code]

    @property
    def terms(self) -> Mapping[str, vocabulary.Vocabulary[vocabulary.Term]]:
        """Every vocabulary by its name, with the labels and definitions of this language."""
        return vocabulary.in_language(self.code)

    def say(self, key: str, **values: object) -> str:
        """Return the text `room.name` with its values filled in, numbers as they are written; KeyError for no text."""
        return self._chosen(key, values).format_map(self._all_shown(values))

    def say_html(self, key: str, **values: object) -> Markup:
        """Return a text as HTML, in which `[words](name)` is a link to the value `name`, and `**words**` are strong.

        Everything else is escaped, the values too.
        """
        escaped = str(escape(self._chosen(key, values)))
        linked = _LINK.sub(r'<a href="{\2}">\1</a>', escaped)
        return Markup(_STRONG.sub(r"<strong>\1</strong>", linked)).format_map(self._all_shown(values))

    def _chosen(self, key: str, values: Mapping[str, object]) -> str:
        """Of a text with several forms, the one for the value `count`."""
        text = texts(self.code)[key]
        if isinstance(text, str):
            return text
        count = values["count"]
        assert isinstance(count, int | float)
        return text.get(self.locale.plural_form(count), text["other"])

    def label(self, name: str, code: str) -> str:
        """Return the label of a code in the vocabulary `name`, or the code when the vocabulary has no such word."""
        terms = self.terms[name]
        return terms[code].label if code in terms else code

    def definition(self, name: str, code: str) -> str:
        """Return the one-sentence definition of a code, "" for none."""
        terms = self.terms[name]
        return terms[code].definition if code in terms else ""

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Return (code, label) of every word of a vocabulary, in its order."""
        return [(term.code, term.label) for term in self.terms[name]]

    def country(self, code: str) -> str:
        """Return a country's name by its ISO 3166-1 alpha-2 code, or the code when there is no such country."""
        return country_names(self.code).get(code, code)

    def countries(self) -> list[tuple[str, str]]:
        """Return (code, name) of every country in the order of the names; Chinese ones stand by their sound."""
        return sorted(country_names(self.code).items(), key=lambda each: sort_key(each[1]))

    def number(self, value: float, pattern: str = "#,##0.######") -> str:
        """Return a number with its thousands apart and at most six decimals, or by another pattern of CLDR's."""
        grouped = abs(value) >= _GROUPED_FROM.get(self.code, 0)
        return babel.numbers.format_decimal(value, format=pattern, locale=self.locale, group_separator=grouped)

    def compact(self, value: float) -> str:
        """Return a large number in words of thousands, millions and so on, to three digits."""
        return babel.numbers.format_compact_decimal(float(f"{value:.3g}"), locale=self.locale, fraction_digits=2)

    def date(self, text: str | None) -> str:
        """Return `2024-03-26` as `26 Mar 2024`, `2024-03` as `Mar 2024` and none as ""; of a time only its day."""
        if not text:
            return ""
        known = [int(part) for part in text[:10].split("-")]
        day = dt.date(*known, *[1] * (3 - len(known)))
        return babel.dates.format_skeleton(_DATE_SKELETONS[len(known)], day, locale=self.locale)

    def listed(self, words: Iterable[str], style: str = "standard") -> str:
        """Return `a, b and c`; with the style `or` it is `a, b or c`."""
        *most, last = [*words] or [""]
        if not most:
            return last
        pattern, parting = self.locale.list_patterns[style], self.locale.list_patterns["standard"]["middle"]
        together = functools.reduce(lambda before, word: parting.format(before, word), most)
        return str(pattern["end" if most[1:] else "2"].format(together, last))

    @property
    def comma(self) -> str:
        """What parts the items of a list, with its blank."""
        return str(self.locale.list_patterns["standard"]["middle"]).replace("{0}", "").replace("{1}", "")

    def _all_shown(self, values: Mapping[str, object]) -> dict[str, object]:
        return {name: self.number(value) if _is_number(value) else value for name, value in values.items()}

    def texts_json(self, rooms: Iterable[str], vocabularies: Iterable[str] = (), countries: bool = False) -> Markup:
        """Return what a page carries in `#texts` for its scripts: the texts of some rooms as JSON that HTML may hold.

        Labels and definitions of vocabularies are at `label.kind.refinery` and `definition.kind.refinery`, units
        of measures at `unit.measure.cells`, names of countries at `country.BO`.
        """
        carried: dict[str, Text] = texts_of(self.code, tuple(rooms))
        for known in (self.terms[name] for name in vocabularies):
            carried |= {f"label.{known.name}.{term.code}": term.label for term in known}
            carried |= {f"definition.{known.name}.{term.code}": term.definition for term in known}
            carried |= {f"unit.{known.name}.{t.code}": t.unit for t in known if isinstance(t, vocabulary.Measure)}
        if countries:
            carried |= {f"country.{code}": name for code, name in country_names(self.code).items()}
        return json_in_html(carried)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def json_in_html(value: object) -> Markup:
    """No text in it can end its element, or be taken for a part of a template: Folium runs its output as one."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(_TEMPLATE_SIGN.sub(r"\\u007b", text))


def small(label: str) -> str:
    """Return a label as it stands within a sentence; one in capitals stays."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def sort_key(text: str) -> str:
    """Return what a name is sorted by: its letters without accents, and of Chinese its sound in Latin ones."""
    return fold(text if not _HAN.search(text) else anyascii(text))


ENGLISH = Language()


@functools.cache
def _locale(code: str) -> babel.Locale:
    return babel.Locale.parse("en_GB" if code == DEFAULT else code)


@functools.cache
def texts(code: str) -> dict[str, Text]:
    """Return every text of a language by its key; English stands where a translation is missing."""
    own = _read(code)
    return own if code == DEFAULT else {**texts(DEFAULT), **own}


def texts_of(code: str, rooms: tuple[str, ...]) -> dict[str, Text]:
    """Return the texts of some rooms, for the browser."""
    return {key: text for key, text in texts(code).items() if key.partition(".")[0] in rooms}


def _read(code: str) -> dict[str, Text]:
    folder = resources.files("web").joinpath("texts", code)
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    rooms = {file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
    return {f"{room}.{name}": text for room, stated in rooms.items() for name, text in stated.items()}
