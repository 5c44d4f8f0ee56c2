"""The history of a record as pages: its revisions, one of them as it was, and what differs between any two."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from web.changed.records import Feature, each_change
from web.changed.values import Change, Cited
from web.language import ENGLISH, Language
from web.pages import template
from web.record.shown import shown
from web.site import Site

Names = Mapping[str, str]
States = tuple[Feature | None, Feature | None]
MOST_LISTED = 50  # changes of each revision in a list of them
MOST_SHOWN = 300  # changes that a page shows of one, or between any two
_MOST_UNFOLDED = 8  # changes of a revision that a list shows before the reader asks for the rest


@dataclass(frozen=True)
class Told:
    """A revision with what it changed; the sources that it added stand apart from the rest.

    `action` is what happened: `create`, `update`, `delete`, or `restore` of what was deleted before.
    """

    number: int
    action: str
    time: str
    author: str
    comment: str | None
    successor: str | None
    sources: tuple[Cited, ...]
    changes: list[Change]
    is_long: bool = False
    is_cut: bool = False  # more has changed than is told


def told(made: Mapping[str, Any], states: States, language: Language, names: Names, most: int = MOST_SHOWN) -> Told:
    """Return a revision with the first `most` of its changes.

    It is known how it was `made`, and the record before and after it, None for none. A new record has no changes, nor
    has a deletion. `made` holds `number`, `action` (without `restore`), `time`, `author`, `comment` and `successor`.
    """
    found, is_cut = differing(states, language, names, most)
    added = [each for each in found if each.what == "added" and each.pointer.startswith("/properties/sources/")]
    rest = [each for each in found if each not in added]
    is_back = made["action"] == "create" and made["number"] > 1
    return Told(
        **{**made, "action": "restore" if is_back else made["action"]},
        sources=_sources(states[1], {each.pointer.rpartition("/")[2] for each in added}),
        changes=rest,
        is_long=len(rest) > _MOST_UNFOLDED,
        is_cut=is_cut,
    )


def _sources(feature: Feature | None, ids: set[str]) -> tuple[Cited, ...]:
    stated = feature["properties"]["sources"] if feature else []
    return tuple(Cited(source["title"], source.get("url")) for source in stated if source["id"] in ids)


def differing(states: States, language: Language, names: Names, most: int = MOST_SHOWN) -> tuple[list[Change], bool]:
    """Return the first of what differs between two states of a record, in words, and whether more does.

    Nothing differs where one of them is none.
    """
    one, other = states
    every = each_change(one, other, language, names) if one and other else iter(())
    return [*itertools.islice(every, most)], next(every, None) is not None


@dataclass(frozen=True)
class Compared:
    """Any two revisions, and what differs from the one to the other."""

    one: Told
    other: Told
    changes: list[Change]
    is_cut: bool


def revisions_page(site: Site, view: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return the revisions of a record, newest first.

    `view` holds `id`, `name`, `revisions` (a page of `Told`), `newest` (the newest of all), `older` (where the next
    page starts, None for the last one), `compared` (None where nothing is), `last` (the number of the newest revision
    that can be read, of a deleted record too), and may hold `detail`, why the record itself is not shown.
    """
    return template("revisions.html", language).render({"detail": None, **view}, site=site)


def revision_page(site: Site, view: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return a revision: who made it, what it changed, and the record as it was, by the one template of records.

    `view` holds `id`, `name`, `told` (a `Told`), `newest` (the newest of all), `data_path` (of the revision), and
    `record`, the view of the record as `web.pages.record_page` takes it; None for a deletion. `csrf` is the token of
    who may go back to it ("" for who may not), and `refusal` why that was not done.
    """
    record = shown(site, view["record"], language) if view["record"] else {}
    given = {**record, **view, "is_past": True}
    return template("revision.html", language).render(given, site=site, inset=False)
