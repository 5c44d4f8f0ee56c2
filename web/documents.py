"""Pages that say what the API's documents say: any document member by member, a list of features as table and map."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.columns import Column, Columns
from web.asking import PARTIES
from web.choices import Choices, choices_of, word
from web.drawn import Drawing, drawing
from web.language import ENGLISH, Language
from web.pages import Trail, asking, template
from web.record.hosts import host_of
from web.site import Site
from web.titles import title, with_form

Feature = Mapping[str, Any]
PageOf = Callable[[str], str]
Link = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """What stands in a table for a value: its words, "" for none, and whether it is a number.

    In place of words there can be links, each with its words and its address.
    """

    text: str
    is_number: bool = False
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Row:
    """A feature in a table: what it is called, where it is read, and its values."""

    name: str
    address: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """Features in a table: the columns but id and name, which every row begins with."""

    columns: list[Column]
    rows: list[Row]


@dataclass(frozen=True)
class Parties:
    """What organisations are called, by id, and where each is read."""

    names: Mapping[str, str]
    address_of: PageOf

    def link(self, party: str) -> tuple[str, str]:
        return self.names.get(party, party), self.address_of(party)


@dataclass(frozen=True)
class Links:
    """Links that are told together: what stands before them, what each is called, and what stands after them."""

    before: str
    links: Sequence[tuple[str, Link]]
    after: str = ""


@dataclass(frozen=True)
class Listing:
    """A page of features: how many match, how many are shown, and the members of the form that asks for others.

    `choices` are columns of codes with (code, label); `asked` are the values that the address has, by parameter.
    """

    matched: int
    returned: int
    table: Table
    picture: Drawing | None
    choices: Choices
    asked: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Shown:
    """A document to show: its title, a sentence, the document, and the features where it is a list of these.

    `facts` are what is said in words in place of members of the document; `further` are addresses of pages that lead
    on, by the key of what they are called.
    """

    title: str
    document: Mapping[str, Any]
    about: str = ""
    listing: Listing | None = None
    links: Sequence[Link] = field(default_factory=tuple)
    further: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[Column, Cell] = field(default_factory=dict)


def plain(title: str, document: Mapping[str, Any], about: str = "") -> Shown:
    """Return a document that is shown member by member; its links stand apart."""
    rest = {name: value for name, value in document.items() if name != "links"}
    return Shown(title, rest, about, links=document.get("links", ()))


def feature(language: Language, columns: Columns, shown: Feature, links: Sequence[Link], parties: Parties) -> Shown:
    """Return one feature: the values of its columns in words, and what else it holds member by member."""
    values = shown["properties"]
    there = [column for column in columns if values.get(column.name) not in (None, [])]
    facts = {column: cell(language, column, values[column.name], parties) for column in there}
    rest = {name: value for name, value in values.items() if name not in columns}
    return Shown(name_of(language, shown), rest, links=links, facts=facts)


def name_of(language: Language, feature: Feature) -> str:
    """Return what a feature is called, in the reader's language where it has a name in it."""
    values = feature["properties"]
    return str(values.get(f"name_{language.code}") or values.get("name") or feature["id"])


def listing(
    language: Language,
    columns: Columns,
    features: Sequence[Feature],
    matched: int,
    address_of: PageOf,
    asked: Mapping[str, Sequence[str]],
    parties: Parties,
) -> Listing:
    """Return features as they are shown on a page, without columns in which none of them has a value.

    `address_of` an id is where people read that feature; `parties` are the organisations that they name by id.
    """
    there = {name for feature in features for name, value in feature["properties"].items() if value not in (None, [])}
    named = [column for column in columns if column.name in there and column.name != "name"]
    rows = [_row(language, named, feature, address_of, parties) for feature in features]
    few = [columns[name] for name in columns.filters if columns[name].kind in ("code", "country")]
    choices = choices_of(language, [column for column in few if column.sort], asked)
    return Listing(
        matched,
        len(rows),
        Table(named, rows),
        drawing(features, address_of, functools.partial(name_of, language)),
        choices,
        asked,
    )


def party_ids(features: Iterable[Feature]) -> set[str]:
    """Return the ids of the organisations that features name in their columns."""
    named = ((feature["properties"].get(name) or () for name in PARTIES) for feature in features)
    return {each for lists in named for ids in lists for each in ids}


def _row(language: Language, columns: Iterable[Column], feature: Feature, address_of: PageOf, parties: Parties) -> Row:
    values = feature["properties"]
    cells = [cell(language, column, values.get(column.name), parties) for column in columns]
    return Row(name_of(language, feature), address_of(str(feature["id"])), cells)


def cell(language: Language, column: Column, value: Any, parties: Parties) -> Cell:
    """Return a value of a column in words."""
    if value is None:
        return Cell("")
    if column.name in PARTIES:
        return Cell("", links=[parties.link(each) for each in value])
    if column.name == "sources":
        return Cell("", links=[(host_of(each), each) for each in value])
    if column.kind == "ids":
        return Cell(language.listed(word(language, column, each) for each in value))
    return Cell(word(language, column, value), column.kind in ("number", "integer"))


def links_together(language: Language, links: Iterable[Link]) -> list[Links]:
    """Return links as they are told: those to the formats of one thing that follow each other in one line."""
    told = []
    for (key, _), group in itertools.groupby(links, key=_form_key):
        together = list(group)
        if key is None or len(together) == 1:
            told += [Links("", [(title(language, each.get("title") or each["href"]), each)]) for each in together]
        else:
            before, _, after = language.say(key, form=_HERE).partition(_HERE)
            told.append(Links(before, [(_form_of(each), each) for each in together], after))
    return told


_HERE = "\ue000"  # stands in a sentence for what is linked


def _form_key(link: Link) -> tuple[str | None, str]:
    """Return what links have in common that are told together: the key of their title, and the relation."""
    found = with_form(str(link.get("title", "")))
    return found[0] if found else None, link["rel"]


def _form_of(link: Link) -> str:
    found = with_form(link["title"])
    return found[1] if found else ""


def document_page(
    site: Site,
    shown: Shown,
    trail: Trail,
    asked: Sequence[tuple[str, str]] = (),
    language: Language = ENGLISH,
) -> str:
    """Return a document as a page; `trail` is the way to it, as names and paths, `asked` the parameters but lang."""
    return template("document.html", language).render(
        site=site,
        shown=shown,
        trail=trail,
        asking=asking(asked),
        together=functools.partial(links_together, language),
    )
