"""The collection of organisations: those of the curated list, and every other party that a project names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from operator import attrgetter
from typing import Any

import numpy as np

from geo.catalog import Catalog
from geo.columns import ORGANISATIONS
from geo.curated.organisations import Organisation, Organisations, Parent
from geo.folding import searchable
from geo.gathered.features import Features, Reader
from geo.gathered.tally import NAMES, Tally
from geo.query import Query

_TOGETHER = 256  # names that are looked up at once


class Parties(Features):
    """The projects of an organisation are those that name it, or one that it holds, whatever the share."""

    columns = ORGANISATIONS

    def __init__(self, ids: Sequence[str], tally: Tally, known: Organisations, projects: Catalog) -> None:
        super().__init__(ids, tally)
        self._known, self._projects = known, projects
        self._named: dict[int, dict[str, str]] = {}

    def own(self) -> dict[str, Reader]:
        stated: dict[str, Callable[[Organisation], Any]] = {
            name: attrgetter(name) for name in ("type", "country", "lei", "register_id")
        }
        several: dict[str, Callable[[Organisation], list[str]]] = {
            "other_names": lambda each: list(each.other_names),
            "parents": lambda each: [parent.organisation for parent in each.parents],
            "holders": lambda each: sorted(self._known.holders(each.id) - {each.id}),
            "holds": lambda each: sorted(self._known.held(each.id)),
            "sources": lambda each: list(dict.fromkeys(parent.source for parent in each.parents)),
        }
        return {
            "name": self._name,
            "curated": lambda at: self.ids[at] in self._known,
            "kinds": self._tally.held("kind"),
            "countries": self._tally.held("country"),
            **{name: partial(self._of_known, read, None) for name, read in stated.items()},
            **{name: partial(self._of_known, read, []) for name, read in several.items()},
        }

    def _name(self, at: int) -> str:
        each, first = self.ids[at], at - at % _TOGETHER
        if first not in self._named:
            self._named[first] = self._projects.party_names(self.ids[first : first + _TOGETHER])
        return self._named[first].get(each, each)

    def _of_known(self, read: Callable[[Organisation], Any], nothing: Any, at: int) -> Any:
        each = self.ids[at]
        return read(self._known[each]) if each in self._known else nothing

    def words(self, at: int) -> str:
        names = [self.value("name", at), *self.value("other_names", at)]
        own = " ".join(map(searchable, names))
        return f"{own} {self.ids[at].replace('-', ' ')}"

    def told(self, at: int) -> dict[str, Any]:
        """Return who holds it and what it holds, the shares with the sources that state them."""
        each = self.ids[at]
        parents = self._known[each].parents if each in self._known else []
        return {
            "held_by": [self._holding(parent.organisation, parent) for parent in parents],
            "holdings": [self._holding(child, parent) for child, parent in self._held.get(each, [])],
        }

    @cached_property
    def _held(self) -> dict[str, list[tuple[str, Parent]]]:
        """What is said of whom each holds, by the id of the holder."""
        found: dict[str, list[tuple[str, Parent]]] = {}
        for child in self._known.all:
            for parent in child.parents:
                found.setdefault(parent.organisation, []).append((child.id, parent))
        return found

    def _holding(self, organisation: str, parent: Parent) -> dict[str, Any]:
        stated = parent.model_dump(include={"share_pct", "as_of", "source"})
        return {"organisation": organisation, "name": self._known[organisation].name, **stated}


def parties(known: Organisations, projects: Catalog, on: dt.date | None) -> Parties:
    """Return the organisations with the projects that there are now, as they were on a day.

    One of the curated list is there without a project too; another party as long as a project names it.
    """
    codes = projects.codes(Query(as_of=on), ("owner", "country", *NAMES))
    owners = codes["owner"]
    is_named = np.bincount(owners.ranks, minlength=len(owners.distinct)).tolist()
    named = {each for each, number in zip(owners.distinct, is_named, strict=True) if number and each}
    ids = sorted(named.union(each.id for each in known.all))
    return Parties(ids, Tally(codes, "owner", ids), known, projects)
