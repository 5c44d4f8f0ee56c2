"""Whether a peer answers the same as we do: ids, how many match, places and values; asked before anything is timed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import orjson
from bench.feature_file import Kind
from bench.processes import Running, Unavailable, get
from bench.questions import Dialect, Question, Work

COMPARE_SECONDS = 300
SAMPLE = 4  # questions of each kind of work
EVERY = 25  # feature of an answer whose values are compared one by one, besides the first
DECIMALS = 6

Feature = dict[str, Any]
Questions = dict[Work, list[Question]]


def differences(
    ours: Running, peer: Running, dialect: Dialect, asked: Questions, kinds: dict[str, Kind]
) -> dict[Work, str]:
    """Return in which kinds of work a peer answers something else, and what.

    Raises Unavailable where it does not answer, or not in any patience.
    """
    found, until = {}, time.monotonic() + COMPARE_SECONDS
    for work, all_questions in asked.items():
        for question in _spread(all_questions):
            if time.monotonic() > until:
                raise Unavailable(f"a few answers of each kind took longer than {COMPARE_SECONDS} s, at {work}")
            mine, theirs = (_read(server, path) for server, path in ((ours, question.ours), (peer, dialect(question))))
            difference = difference_of(mine, theirs, kinds)
            if difference:
                found[work] = f"{dialect(question)[:150]}: {difference[:300]}"
                break
    return found


def _spread(asked: Sequence[Question]) -> Sequence[Question]:
    return asked[:: max(1, len(asked) // SAMPLE)][:SAMPLE]


def _read(server: Running, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = orjson.loads(get(server.port, path))
    return answer


def difference_of(ours: dict[str, Any], theirs: dict[str, Any], kinds: dict[str, Kind]) -> str | None:
    """Return what is different in two answers, a feature or a collection each; None where nothing is."""
    matched = (ours.get("numberMatched"), theirs.get("numberMatched"))
    if None not in matched and matched[0] != matched[1]:
        return f"{matched[0]} match here, {matched[1]} there"
    mine, peers = (_features(answer) for answer in (ours, theirs))
    if mine.keys() != peers.keys():
        return f"other ids: {sorted(mine.keys() ^ peers.keys())[:3]}"
    for number, (name, feature) in enumerate(mine.items()):
        other = peers[name]
        if _place(feature) != _place(other):
            return f"{name} lies elsewhere"
        if number % EVERY == 0 and (values := _other_values(feature, other, kinds)):
            return f"{name} has other values: {values}"
    return None


def _features(answer: dict[str, Any]) -> dict[str, Feature]:
    """Return features by their ids; some peers give the id among the properties, and an item as a collection."""
    found = answer["features"] if answer["type"] == "FeatureCollection" else [answer]
    return {each.get("id") or each["properties"]["id"]: each for each in found}


def _place(feature: Feature) -> list[float]:
    return [round(number, DECIMALS) for number in feature["geometry"]["coordinates"]]


def _other_values(ours: Feature, theirs: Feature, kinds: dict[str, Kind]) -> list[str]:
    other = theirs["properties"]
    mine = ours["properties"]
    return [name for name, kind in kinds.items() if mine.get(name) != _as_ours(other.get(name), kind)]


def _as_ours(value: Any, kind: Kind) -> Any:
    """Return a value as we give it: SQLite has no flags, and what is nested is text there."""
    if kind == "flag" and value is not None:
        return bool(value)
    return orjson.loads(value) if kind == "nested" and isinstance(value, str) else value
