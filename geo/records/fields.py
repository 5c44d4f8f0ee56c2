"""The kinds of value a record's fields hold, each with its bound."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from geo import dates
from geo.text import UNWANTED
from geo.vocabulary import Term, Vocabulary

ID_PATTERN = r"^[a-z]{2}(-[a-z0-9]+)+$"
SOURCE_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"


def _refuse(code: str, message: str, expected: str) -> PydanticCustomError:
    return PydanticCustomError("wrong_value", "{problem}", {"problem": message, "expected": expected, "rule": code})


def _check_characters(text: str) -> None:
    unwanted = UNWANTED.search(text)
    if unwanted:
        problem = f"has the control or text-reordering character U+{ord(unwanted.group()):04X}"
        raise _refuse("character", problem, "plain text without it")


def _line(text: str) -> str:
    if text != text.strip() or not text:
        raise _refuse("blank", "is empty or has blanks at its ends", "text without blanks at its ends")
    if not any(character.isalnum() for character in text):
        raise _refuse("letters", "has no letter or digit", "words")
    if "\n" in text:
        raise _refuse("line", "has a line break", "one line of text")
    _check_characters(text)
    return text


def _paragraph(text: str) -> str:
    if text != text.strip() or not text:
        raise _refuse("blank", "is empty or has blanks at its ends", "text without blanks at its ends")
    _check_characters(text)
    return text


def _url(text: str) -> str:
    expected = "an address that starts with https:// or http:// and names a host"
    if re.search(r"[\s<>\"\\^`{|}\x00-\x1f\x7f]", text):
        raise _refuse("url", "has a blank or a character that no address has", expected)
    _check_characters(text)
    try:
        parts = urlsplit(text)
        has_host, _ = bool(parts.hostname), parts.port
    except ValueError:
        raise _refuse("url", "is not an address", expected) from None
    if parts.scheme not in ("http", "https") or not has_host:
        raise _refuse("url", "is not an http(s) address", expected)
    if parts.username is not None:
        raise _refuse("url", "carries a user name", "the address without a user name or password")
    return text


def _date(text: str) -> str:
    try:
        dates.first_day(text)
    except ValueError as error:
        raise _refuse("date", f"is no date: {error}", "YYYY, YYYY-MM or YYYY-MM-DD, such as 2024-03-26") from None
    return text


def _day(text: str) -> str:
    if len(text) != 10:
        raise _refuse("date", "is not a full date", "YYYY-MM-DD")
    return _date(text)


def _country(code: str) -> str:
    if code not in country_names():
        raise _refuse("country", "is no ISO 3166-1 alpha-2 country code", "two capital letters such as BO")
    return code


def _whole(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def country_names() -> dict[str, str]:
    """Return the English short name of every ISO 3166-1 alpha-2 code, and of XK (Kosovo, user-assigned)."""
    if not _COUNTRY_NAMES:
        import pycountry

        for country in pycountry.countries:
            _COUNTRY_NAMES[country.alpha_2] = getattr(country, "common_name", country.name)
        _COUNTRY_NAMES["XK"] = "Kosovo"
    return _COUNTRY_NAMES


_COUNTRY_NAMES: dict[str, str] = {}


def code_of(vocabulary: Vocabulary[Any]) -> Any:
    """Return the field type of a code of `vocabulary`; its JSON Schema lists the codes with their definitions."""

    def check(code: str) -> str:
        if code not in vocabulary:
            raise _refuse("code", f"is not a {vocabulary.name}", "one of " + ", ".join(vocabulary.codes))
        return code

    return Annotated[str, AfterValidator(check), WithJsonSchema(_code_schema(vocabulary))]


def _code_schema(vocabulary: Vocabulary[Term]) -> dict[str, Any]:
    description = " ".join(f"`{term.code}`: {term.definition}" for term in vocabulary)
    return {"type": "string", "enum": vocabulary.codes, "description": description}


def line(most: int) -> Any:
    """Return the field type of one line of text of at most `most` characters."""
    return Annotated[str, Field(min_length=1, max_length=most), AfterValidator(_line)]


def paragraph(most: int) -> Any:
    """Return the field type of text that may have line breaks, of at most `most` characters."""
    return Annotated[str, Field(min_length=1, max_length=most), AfterValidator(_paragraph)]


ProjectId = Annotated[str, Field(pattern=ID_PATTERN, max_length=100)]
OrganisationId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
SourceId = Annotated[str, Field(pattern=SOURCE_ID_PATTERN, max_length=40)]
SourceIds = Annotated[list[SourceId], Field(min_length=1, max_length=50)]
Url = Annotated[str, Field(max_length=2000, json_schema_extra={"format": "uri"}), AfterValidator(_url)]
Date = Annotated[
    str, Field(max_length=10, json_schema_extra={"pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}), AfterValidator(_date)
]
Day = Annotated[str, Field(max_length=10, json_schema_extra={"format": "date"}), AfterValidator(_day)]
Country = Annotated[str, Field(json_schema_extra={"pattern": "^[A-Z]{2}$"}), AfterValidator(_country)]
Quantity = Annotated[float, Field(gt=0, le=1e13, allow_inf_nan=False), AfterValidator(_whole)]
Percent = Annotated[float, Field(gt=0, le=100), AfterValidator(_whole)]
Kilometres = Annotated[float, Field(gt=0, le=2000), AfterValidator(_whole)]
