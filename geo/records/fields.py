"""The kinds of value a record's fields hold, each with its bound."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from geo import dates, hostnames, vocabulary
from geo.countries import country_names
from geo.faults import Value
from geo.text import UNWANTED
from geo.vocabulary import Term, Vocabulary

ID_PATTERN = r"^[a-z]{2}(-[a-z0-9]+)+$"
PART_KEY_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SOURCE_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"


def _refuse(rule: str, **values: Value) -> PydanticCustomError:
    return PydanticCustomError("wrong_value", "{rule}", {"rule": rule, "values": values})


def _check_characters(text: str) -> None:
    if text.isprintable():  # nothing unwanted is, and it is ten times as quick
        return
    unwanted = UNWANTED.search(text)
    if unwanted:
        raise _refuse("character", character=f"U+{ord(unwanted.group()):04X}")


# What nearly every address is like, in which nothing else is wrong either: no user, no port, no other letters.
_USUAL_URL = re.compile(
    r"https?://(?!xn--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.(?!xn--))+([a-z]{2,})(?:/[\w!#$%&'()*+,./:;=?@~-]*)?",
    re.ASCII,
)


def _url(text: str) -> str:
    usual = _USUAL_URL.fullmatch(text)
    is_usual = usual and usual[1] not in _UNUSUAL_TOPS and usual.end(1) <= hostnames.MOST_LETTERS
    return text if is_usual else _unusual_url(text)


_UNUSUAL_TOPS = {*hostnames.OWN_TOPS, "arpa"}


def _unusual_url(text: str) -> str:
    if re.search(r"[\s<>\"\\^`{|}\x00-\x1f\x7f]", text):
        raise _refuse("url-character")
    _check_characters(text)
    try:
        parts = urlsplit(text)
        has_host, _ = bool(parts.hostname), parts.port
    except ValueError:
        raise _refuse("url-form") from None
    if parts.scheme not in ("http", "https") or not has_host:
        raise _refuse("url-scheme")
    if parts.username is not None:
        raise _refuse("url-user")
    broken = hostnames.rule_broken_by(parts.hostname or "")
    if broken is not None:
        raise _refuse(broken)
    return text


@functools.lru_cache(maxsize=16_384)  # as with the dates of `dates`
def _date(text: str) -> str:
    try:
        dates.first_day(text)
    except dates.NoDate as error:
        raise _refuse(error.rule, **error.values) from None
    return text


@functools.lru_cache(maxsize=16_384)
def _day(text: str) -> str:
    if len(text) != 10:
        raise _refuse("date-not-full")
    return _date(text)


def _country(code: str) -> str:
    if code not in country_names():
        raise _refuse("country-code")
    return code


def _whole(number: float) -> float:
    return int(number) if float(number).is_integer() else number


@dataclass(frozen=True)
class Code:
    """Marks a text as a code of a vocabulary; its JSON Schema lists the codes with their definitions."""

    vocabulary: Vocabulary[Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        refused = {
            "rule": "code-unknown",
            "values": {"vocabulary": self.vocabulary.name, "codes": tuple(self.vocabulary.codes)},
        }
        known = core_schema.custom_error_schema(
            core_schema.literal_schema(self.vocabulary.codes),
            custom_error_type="wrong_value",
            custom_error_message="{rule}",
            custom_error_context=refused,
        )
        return core_schema.chain_schema([handler(source), known])

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        terms: Iterable[Term] = self.vocabulary
        description = " ".join(f"`{term.code}`: {term.definition}" for term in terms)
        return {**handler(schema), "enum": self.vocabulary.codes, "description": description}


@dataclass(frozen=True)
class Paragraph:
    """Marks a text that may have line breaks, of at most `most` characters."""

    most: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        bounded = core_schema.str_schema(min_length=1, max_length=self.most)
        return core_schema.no_info_after_validator_function(self._check, bounded)

    def _check(self, text: str) -> str:
        if text.isprintable() and text[0] != " " and text[-1] != " ":  # the only blank that is printable
            return text
        if text != text.strip() or not text:
            raise _refuse("blank-ends")
        _check_characters(text)
        return text


class Line(Paragraph):
    """Marks a text as one line of at most `most` characters, with a letter or digit in it."""

    def _check(self, text: str) -> str:
        if text[0].isalnum() and text[-1] != " " and text.isprintable():
            return text
        super()._check(text)
        if not any(character.isalnum() for character in text):
            raise _refuse("no-letters")
        if "\n" in text:
            raise _refuse("line-break")
        return text


Name = Annotated[str, Line(200)]
Note = Annotated[str, Line(300)]
Title = Annotated[str, Line(500)]
SourceType = Annotated[str, Code(vocabulary.SOURCE_TYPES)]
DateBasis = Annotated[str, Code(vocabulary.DATE_BASES)]
EventType = Annotated[str, Code(vocabulary.EVENT_TYPES)]
Status = Annotated[str, Code(vocabulary.STATUSES)]
EventBasis = Annotated[str, Code(vocabulary.EVENT_BASES)]
OwnerRole = Annotated[str, Code(vocabulary.OWNER_ROLES)]
Product = Annotated[str, Code(vocabulary.PRODUCTS)]
Unit = Annotated[str, Code(vocabulary.UNITS)]
OrganisationType = Annotated[str, Code(vocabulary.ORGANISATION_TYPES)]
CapacityBasis = Annotated[str, Code(vocabulary.CAPACITY_BASES)]
Qualifier = Annotated[str, Code(vocabulary.QUALIFIERS)]
Scope = Annotated[str, Code(vocabulary.SCOPES)]
ResourceCategory = Annotated[str, Code(vocabulary.RESOURCE_CATEGORIES)]
Substance = Annotated[str, Code(vocabulary.SUBSTANCES)]
GradeUnit = Annotated[str, Code(vocabulary.GRADE_UNITS)]
LinkType = Annotated[str, Code(vocabulary.LINK_TYPES)]
Dataset = Annotated[str, Code(vocabulary.DATASETS)]
Kind = Annotated[str, Code(vocabulary.KINDS)]
CheckedFound = Annotated[str, Code(vocabulary.CHECKED_FOUND)]
LocationAccuracy = Annotated[str, Code(vocabulary.LOCATION_ACCURACIES)]
ProjectId = Annotated[str, Field(pattern=ID_PATTERN, max_length=100)]
OrganisationId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
SourceId = Annotated[str, Field(pattern=SOURCE_ID_PATTERN, max_length=40)]
PartKey = Annotated[str, Field(pattern=PART_KEY_PATTERN, max_length=40)]
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
