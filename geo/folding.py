"""Text as search compares it. One rule: for what is searched, for what is typed, and for the browser (`table`)."""

from __future__ import annotations

import functools
import re
import unicodedata

from anyascii import anyascii

# Apostrophes, and what is not seen: joiners, direction marks, soft hyphens, variation selectors, the tatweel of Arabic.
_DROPPED = (
    "['`\\u00b4\\u2018-\\u201b\\u2032\\u02b9-\\u02bf\\uff07"
    "\\u00ad\\u034f\\u0640\\u200b-\\u200f\\u2060\\ufe00-\\ufe0f\\ufeff]"
)
# Accents, and the points that Hebrew, Arabic and Devanagari may be written without. The marks that are letters of
# their own in Kana, Thai or Devanagari stay.
_MARKS = (
    "[\\u0300-\\u036f\\u0591-\\u05bd\\u05bf-\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4"
    "\\u093c\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]"
)
# Letters that Unicode takes for no other letter with an accent.
_LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ŋ": "n",
    "ħ": "h",
    "ŧ": "t",
    "ĸ": "k",
    "ſ": "s",
    "ƒ": "f",
    "ə": "e",
    "ς": "σ",
}
# Letters that an accent is part of, which Unicode does not take apart.
_STROKED = str.maketrans("øØłŁđĐħĦŧŦı", "oOlLdDhHtTi")
_LATIN_OF = (
    (0x370, 0x590),
    (0x10A0, 0x1100),
    (0x1C80, 0x1CC0),
    (0x1F00, 0x2000),
)  # Greek, Cyrillic, Armenian, Georgian
_ASCII_WORDS = re.compile("[0-9a-z]+")
_COMMA = re.compile("[,\uff0c\u3001\u060c]")  # commas, full-width, ideographic and Arabic ones


@functools.lru_cache(maxsize=16_384)  # countries, owners and regions come again and again
def fold(text: str) -> str:
    """Return the words of a text in lower case without accents, each in its own script, parted by one blank.

    `Côte d’Ivoire` becomes `cote divoire`, `Thacker-Pass` `thacker pass`, `パナソニック` stays as it is.
    """
    if text.isascii():
        return " ".join(_ASCII_WORDS.findall(text.replace("'", "").replace("`", "").lower()))  # of those dropped
    bare = _pattern(_DROPPED).sub("", text)
    lower = unicodedata.normalize("NFKD", bare).lower()
    plain = _pattern(_MARKS).sub("", _pattern(_DROPPED).sub("", lower))
    letters = "".join(_LETTERS.get(letter, letter) for letter in plain)
    spaced = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in letters)
    return unicodedata.normalize("NFC", " ".join(spaced.split()))


def without_accents(text: str) -> str:
    """Return a text whose letters are without accents, in their own case; marks that are letters of Kana stay."""
    plain = _pattern(_MARKS).sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", plain).translate(_STROKED)


def in_latin(text: str) -> str:
    """Return a text of Greek, Cyrillic, Armenian or Georgian letters as `fold` has it in Latin ones."""
    known = _latin_letters()
    lower = unicodedata.normalize("NFC", text).lower()
    return fold("".join(known.get(letter, letter) for letter in lower))


@functools.lru_cache(maxsize=16_384)
def searchable(text: str) -> str:
    """Return the ways in which a text may be found: as it is written, and in Latin letters."""
    own = fold(text)
    return own if own.isascii() else " ".join(dict.fromkeys((own, in_latin(text), fold(_transliterated(text)))))


def alternatives(typed: str) -> list[list[frozenset[str]]]:
    """Return what is asked for: any of the comma-separated parts; of a part all words; of a word any of its spellings.

    A part without a word asks for nothing and is left out.
    """
    parts = ([spellings for word in part.split() for spellings in _spellings(word)] for part in _COMMA.split(typed))
    return [part for part in parts if part]


def _spellings(word: str) -> list[frozenset[str]]:
    """Each word in its own script or in Latin letters; `Thacker-Pass` is two."""
    own, latin = fold(word).split(), in_latin(word).split()
    if len(own) != len(latin):
        latin = own
    return [frozenset(pair) for pair in zip(own, latin, strict=True)]


def table() -> dict[str, object]:
    """Return what the browser needs to fold as we do: patterns (of one character each) and letters."""
    return {"dropped": _DROPPED, "marks": _MARKS, "letters": _LETTERS, "latin": _latin_letters()}


def _transliterated(text: str) -> str:
    return "".join(c if c.isascii() else re.sub("['\"`]", "", anyascii(c)) for c in text)


@functools.cache
def _latin_letters() -> dict[str, str]:
    letters = (chr(number) for first, last in _LATIN_OF for number in range(first, last))
    known = {letter: fold(_transliterated(letter)) for letter in letters if letter.lower() == letter}
    return {letter: latin for letter, latin in known.items() if latin or letter in "ъь"}


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
