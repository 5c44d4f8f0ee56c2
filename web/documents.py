"""Pages that say what the API's documents say: any document member by member, a list of features as table and map."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.columns import Column, Columns
from web.drawn import Drawing, drawing
from web.language import ENGLISH, Language
from web.pages import asking, template
from web.site import Site

Feature = Mapping[str, Any]
PageOf = Callable[[str], str]


@dataclass(frozen=True)
class Cell:
    """What stands in a table for a value: its words, "" for none, and whether it is a number."""

    text: str
    is_number: bool = False


@dataclass(frozen=True)
class Row:
    """A feature in a table: its id, where it is read, and its values."""

    id: str
    address: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """Features in a table: the columns but id and name, which every row begins with."""

    columns: list[Column]
    rows: list[Row]


@dataclass(frozen=True)
class Listing:
    """A page of features: how many match, how many are shown, and the members of the form that asks for others.

    `choices` are columns of codes with (code, label); `asked` are the values that the address has, by parameter.
    """

    matched: int
    returned: int
    table: Table
    picture: Drawing | None
    choices: Mapping[Column, Sequence[tuple[str, str]]]
    asked: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Shown:
    """A document to show: its title, a sentence, the document, and the features where it is a list of these.

    `further` are addresses of pages that lead on, by the key of what they are called.
    """

    title: str
    document: Mapping[str, Any]
    about: str = ""
    listing: Listing | None = None
    links: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    further: Mapping[str, str] = field(default_factory=dict)


def plain(title: str, document: Mapping[str, Any], about: str = "") -> Shown:
    """Return a document that is shown member by member; its links stand apart."""
    rest = {name: value for name, value in document.items() if name != "links"}
    return Shown(title, rest, about, links=document.get("links", ()))


def listing(
    language: Language,
    columns: Columns,
    features: Sequence[Feature],
    matched: int,
    address_of: PageOf,
    asked: Mapping[str, Sequence[str]],
) -> Listing:
    """Return features as they are shown on a page, without columns in which none of them has a value.

    `address_of` an id is where people read that feature.
    """
    there = {name for feature in features for name, value in feature["properties"].items() if value not in (None, [])}
    named = [column for column in columns if column.name in there and column.name != "name"]
    rows = [_row(language, named, feature, address_of) for feature in features]
    choices = _choices(language, columns, asked)
    return Listing(matched, len(rows), Table(named, rows), drawing(features, address_of), choices, asked)


def _row(language: Language, columns: Iterable[Column], feature: Feature, address_of: PageOf) -> Row:
    values = feature["properties"]
    cells = [cell(language, column, values.get(column.name)) for column in columns]
    return Row(str(values.get("name") or feature["id"]), address_of(str(feature["id"])), cells)


def cell(language: Language, column: Column, value: Any) -> Cell:
    """Return a value of a column in words."""
    if value is None:
        return Cell("")
    if column.kind == "ids":
        return Cell(language.listed(_word(language, column, each) for each in value))
    return Cell(_word(language, column, value), column.kind in ("number", "integer"))


def _word(language: Language, column: Column, value: Any) -> str:
    match column.kind:
        case "country":
            return language.country(value)
        case "ids" if column.name == "countries":
            return language.country(value)
        case "date":
            return language.date(value)
        case "time":
            return str(value)
        case "flag":
            return language.say("api.yes" if value else "api.no")
        case "integer" if column.name.endswith("year"):
            return str(value)
        case "number" | "integer":
            return language.number(value)
        case _ if column.vocabulary is not None:
            return language.label(column.vocabulary.name, value)
        case _:
            return str(value)


def _choices(
    language: Language, columns: Columns, asked: Mapping[str, Sequence[str]]
) -> dict[Column, list[tuple[str, str]]]:
    """Return the columns of few codes by which a reader narrows a list; several that are asked for are one choice."""
    chosen = [columns[name] for name in columns.filters if columns[name].kind in ("code", "country")]
    return {column: [*_several(language, column, asked), *_codes(language, column)] for column in chosen if column.sort}


def _several(language: Language, column: Column, asked: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    codes = ",".join(asked.get(column.name, ()))
    words = [_word(language, column, code) for code in codes.split(",")]
    return [(codes, language.listed(words, "or"))] if len(words) > 1 else []


def _codes(language: Language, column: Column) -> list[tuple[str, str]]:
    if column.vocabulary is None:
        return language.countries()
    return [(code, language.label(column.vocabulary.name, code)) for code in column.vocabulary.codes]


def document_page(
    site: Site,
    shown: Shown,
    trail: Sequence[tuple[str, str]],
    asked: Sequence[tuple[str, str]] = (),
    language: Language = ENGLISH,
) -> str:
    """Return a document as a page; `trail` is the way to it, as names and paths, `asked` the parameters but lang."""
    return template("document.html", language).render(site=site, shown=shown, trail=trail, asking=asking(asked))
