"""What a change says to a reader of feeds, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.language import Language, small

Told = Mapping[str, Any]


def sentence(language: Language, change: Told) -> str:
    """Return what happened to a record.

    `change` holds `action`, `successor` (id or None), `differences` (lines), `revision` (from 1), and of the record
    `kind`, `country` and `stage` (before, after; None where there was or is none).
    """
    if change["action"] == "delete":
        successor = change["successor"]
        return language.say("feeds.deleted_for", id=successor) if successor else language.say("feeds.deleted")
    before, after = (stage and language.label("status", stage) for stage in change["stage"])
    if before is None:
        kind, country = language.label("kind", change["kind"]), language.country(change["country"])
        key = "feeds.new" if change["revision"] == 1 else "feeds.again"
        return language.say(key, kind=kind, country=country, stage=small(after))
    if before != after:
        return language.say("feeds.stage", before=before, after=after)
    return _of_lines(language, change["differences"])


def _of_lines(language: Language, told: Sequence[str]) -> str:
    if not told:
        return language.say("feeds.nothing")
    return language.say("feeds.and_more", said=told[0], count=len(told) - 1) if told[1:] else told[0]
