"""A change in a line of text, for tables, feeds and terminals."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from web.changed.records import Feature, each_change
from web.changed.values import Change, Line
from web.language import Language

MOST_LINES = 50
_MOST_LETTERS = 300


def lines(language: Language, before: Feature | None, after: Feature | None) -> list[str]:
    """Return what differs between two states of a record, each in a line; of one that is new or gone nothing."""
    return in_lines(each_change(before, after, language), language) if before and after else []


def in_lines(found: Iterable[Change], language: Language) -> list[str]:
    """Return changes, each in a line; of very many the first."""
    return [_cut(in_a_line(each, language)) for each in itertools.islice(found, MOST_LINES)]


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"


def in_a_line(change: Change, language: Language) -> str:
    """Return a change as text: what happened to which part, and what its fields said and say."""
    what = language.say(f"diff.{change.what}")
    fields = "; ".join(_field(line, language, is_gone=change.what == "removed") for line in change.lines)
    if not fields:
        return language.say("diff.line", what=what, title=change.title)
    return language.say("diff.line_with", what=what, title=change.title, fields=fields)


def _field(line: Line, language: Language, *, is_gone: bool) -> str:
    value = line.before if is_gone else _value(line, language)
    noted = language.say("diff.with_note", value=value, note=line.note) if line.note else value
    return language.say("diff.field", name=line.name, value=noted) if line.name else noted


def _value(line: Line, language: Language) -> str:
    if not line.before:
        return line.after
    if not line.after:
        return language.say("diff.gone", before=line.before)
    return language.say("diff.from_to", before=line.before, after=line.after)
