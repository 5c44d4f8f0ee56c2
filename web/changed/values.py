"""A change in words, as values that templates, tables and feeds show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

What = Literal["added", "removed", "changed", "moved"]
Mark = Literal["same", "out", "in"]


class Run(NamedTuple):
    """Some words of a text that stayed, were taken out, or were put in."""

    text: str
    mark: Mark


class Cited(NamedTuple):
    """A source by its title; `url` is as the record has it, to be checked by whoever links it."""

    title: str
    url: str | None


@dataclass(frozen=True)
class Line:
    """One field: what it said ("" for nothing) and what it says, with a note; of a text also word by word.

    The field has no name where the title of its change is that already.
    """

    name: str
    before: str
    after: str
    runs: tuple[Run, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Change:
    """A field or part of a record that was added, removed or changed, or a list whose parts come in another order.

    `pointer` names it as `geo.editing` does, parts by their keys (`/properties/events/k3f9a2`; the place is
    `/geometry`): the conflicts within it have pointers that begin with it. `sources` are those that it rests on now, or
    did before it was removed.
    """

    pointer: str
    what: What
    title: str
    lines: tuple[Line, ...] = ()
    sources: tuple[Cited, ...] = ()
