"""What a filter means, in words: the one function that files, citations and headings say it by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

import babel.dates
import babel.lists

from geo.columns import PROJECTS, Column
from geo.formats.selection import OF_PROJECTS, Contents
from geo.text import visible
from geo.vocabulary import Measure
from web.language import Language, small
from web.titles import title

MOST_FILTER = 300  # characters
MOST_NAMES = 12  # of a clause; of more it says how many they are

Asked = Mapping[str, Sequence[str]]

PARTIES = ("owner", "parents", "holders", "holds")  # columns of ids of organisations

# The order in which what was asked for is told; what is not named here comes after it.
ORDER = [
    *("country", "region", "locality", "bbox", "location_accuracy", "segment", "kind", "status_group", "status"),
    *("status_stale", "owner", "operator", "id", "name", "q", "capacity", "capacity_measure", "capacity_basis"),
    *("start_year", "start_planned_year", "source_type", "datetime", "as_of"),
]


def in_words(
    language: Language,
    asked: Asked,
    as_of: dt.date | None,
    parties: Mapping[str, str],
    contents: Contents = OF_PROJECTS,
) -> str:
    """Return which records a question means, such as `Projects in Bolivia, considered or announced`.

    Columns of other collections than projects have no clauses of their own, but are called by their titles.
    `asked` holds the values of each parameter that was given, in the order of clauses, `parties` the names of
    organisations by id.
    """
    told = [name for name in asked if name != "as_of"]
    clauses = [clause for name in told for clause in _clauses(language, contents, name, asked[name], parties)]
    clauses += [language.say("takeaway.as_of", date=day(language, as_of))] if as_of else []
    of = "" if contents.columns is PROJECTS else f"_{contents.name}"
    if not clauses:
        return language.say(f"takeaway.all{of}")
    return language.say(f"takeaway.some{of}", clauses=language.say("takeaway.between").join(clauses))


def day(language: Language, date: dt.date) -> str:
    """Return a day as it is written, such as `1 January 2025`."""
    return babel.dates.format_date(date, "long", language.locale)


def _clauses(
    language: Language, contents: Contents, name: str, values: Sequence[str], parties: Mapping[str, str]
) -> Iterator[str]:
    if name == "filter-lang":  # the filter is told in one language, whichever it came in
        return
    if name == "filter-crs":
        yield language.say("takeaway.filter_crs", value=values[0])
    elif name in ("bbox", "datetime", "q"):
        yield language.say(f"takeaway.{name}", value=values[0])
    elif name == "filter":
        yield language.say("takeaway.filter", value=_cut(visible(values[0])))
    elif contents.columns is not PROJECTS or name not in ORDER:
        yield _of_column(language, contents.columns[name], values, parties)
    elif PROJECTS[name].kind == "flag":
        yield language.say(f"takeaway.{name}_{values[0]}")
    elif PROJECTS[name].kind in ("number", "integer"):
        yield _either(language, [_amount(language, name, value) for value in values])
    elif name in ("status", "status_group"):
        yield from _stages(language, name, values)
    else:
        named = _named(PROJECTS[name], parties)
        yield language.say(f"takeaway.{name}", names=_either(language, [named(language, value) for value in values]))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_FILTER else f"{text[:MOST_FILTER]}…"


def _of_column(language: Language, column: Column, values: Sequence[str], parties: Mapping[str, str]) -> str:
    """Return a clause of a column that has none of its own."""
    named = _named(column, parties)
    is_named = column.codes is not None or column.kind == "ids"
    names = [named(language, value) if is_named else value.replace("/", "–") for value in values]
    return language.say("takeaway.column", column=title(language, column.title), names=_either(language, names))


def _stages(language: Language, name: str, values: Sequence[str]) -> Iterator[str]:
    """Return a clause of stages; of one that nobody knows, "unknown" alone would say nothing."""
    known = {value: small(language.label(name, value)) for value in values}
    texts = [language.say("takeaway.status_unknown") if value == "unknown" else known[value] for value in values]
    yield language.say(f"takeaway.{name}", names=_either(language, texts))


def _named(column: Column, parties: Mapping[str, str]) -> Callable[[Language, str], str]:
    """Return how a value of a column is called."""
    terms = column.vocabulary
    if column.name in ("country", "countries"):
        return Language.country
    if column.name == "capacity_measure":
        return _measure
    if terms is not None:
        return lambda language, code: small(language.label(terms.name, code))
    return lambda _, value: parties.get(value, value) if column.kind == "ids" else value


def _measure(language: Language, code: str) -> str:
    term = language.terms["measure"][code]
    unit = term.unit if isinstance(term, Measure) else ""
    return language.say("takeaway.measure", name=small(term.label), unit=unit)


def _amount(language: Language, name: str, text: str) -> str:
    """Return what a number, or an interval with one end that may be open, asks for."""
    is_year = PROJECTS[name].kind == "integer"
    shown = {end: str(int(end)) if is_year else language.number(float(end)) for end in text.split("/") if end != ".."}
    least, _, most = text.partition("/")
    if not most:
        return language.say(f"takeaway.{name}_exact", value=shown[least])
    if most == "..":
        return language.say(f"takeaway.{name}_least", least=shown[least])
    if least == "..":
        return language.say(f"takeaway.{name}_most", most=shown[most])
    return language.say(f"takeaway.{name}_between", least=shown[least], most=shown[most])


def _either(language: Language, names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMES + 1:
        return babel.lists.format_list(list(names), style="or", locale=language.locale)
    shown = language.say("takeaway.between").join(names[:MOST_NAMES])
    return language.say("takeaway.more", names=shown, count=len(names) - MOST_NAMES)
