"""What an editor has to choose where a record and a proposal have both changed: what the record has, or the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from geo.editing import Conflict
from web.changed.records import Feature, changes
from web.changed.values import Change
from web.history import Names
from web.language import Language

_PLACE = ("location_accuracy", "location_radius_km", "locality", "region", "country", "location_note")


@dataclass(frozen=True)
class Choice:
    """Conflicts that are decided together: how the proposal differs from the record there, or else what both say."""

    pointers: tuple[str, ...]
    change: Change | None
    record: str = ""
    proposal: str = ""


def choices(
    conflicts: Sequence[Conflict], ours: Feature, theirs: Feature, language: Language, names: Names
) -> list[Choice]:
    """Return what is to be chosen; `ours` is the record with what it has at the conflicts, `theirs` with the other."""
    found = changes(ours, theirs, language, names)
    within: dict[str, list[str]] = {}
    loose: list[Conflict] = []
    for conflict in conflicts:
        change = _change_of(conflict.pointer, found)
        if change is None:
            loose.append(conflict)
        else:
            within.setdefault(change.pointer, []).append(conflict.pointer)
    told = [Choice(tuple(within[each.pointer]), each) for each in found if each.pointer in within]
    return [*told, *(Choice((c.pointer,), None, _said(c.ours), _said(c.theirs)) for c in loose)]


def _change_of(pointer: str, found: Iterable[Change]) -> Change | None:
    place = {"/geometry", *(f"/properties/{name}" for name in _PLACE)}
    fitting = [
        each
        for each in found
        if f"{pointer}/".startswith(f"{each.pointer}/") or (each.pointer == "/geometry" and pointer in place)
    ]
    return max(fitting, key=lambda each: len(each.pointer), default=None)


def _said(value: Any) -> str:
    return "" if value is None else orjson.dumps(value).decode()
