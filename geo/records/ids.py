"""Ids of records and of their sources: which is proposed, which is free, and which a source without one gets.

A claim may name a source by its address (`url`, `read_at`) instead of its id: so nobody has to make ids up.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from secrets import token_hex
from typing import Any

from geo.records.fields import ID_PATTERN
from geo.records.parts import CLAIMS
from geo.text import slug


def proposed_ids(stated: dict[str, Any]) -> Iterator[str]:
    """Yield ids to try for a new record: country and name, then with a number, then with chance letters."""
    proposed = slug(f"{stated.get('country', '')} {stated.get('name', '')}"[:300])
    if not re.fullmatch(ID_PATTERN, proposed):
        proposed = f"{proposed[:2]}-project" if re.fullmatch("[a-z]{2}", proposed[:2]) else "xx-project"
    yield proposed
    yield from (f"{proposed}-{number}" for number in range(2, 6))
    yield from (f"{proposed}-{token_hex(4)}" for _ in range(3))


def free_source_id(taken: Container[str]) -> str:
    """Return the first of s1, s2, ... that no source has."""
    return next(free for number in range(1, 100_000) if (free := f"s{number}") not in taken)


def with_source_ids(stated: dict[str, Any], before: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return what an edit states, with an id for each source that has none, and claims that name sources by their ids.

    A source of the record as it was (`before`) keeps its id where its address is that of one alone; any other gets a
    free one, which none of `before` had.
    """
    sources = stated.get("sources")
    if not isinstance(sources, list):
        return stated  # validation says what is wrong with it
    numbered = _numbered(sources, before)
    ids = {address: each["id"] for each in numbered if isinstance(each, dict) for address in _addresses(each)}
    lists = {name: _by_id(stated[name], ids) for name in CLAIMS if isinstance(stated.get(name), list)}
    return {**stated, **lists, **_cited_by_id(stated, "location_sources", ids), "sources": numbered}


def _numbered(sources: list[Any], before: Sequence[dict[str, Any]]) -> list[Any]:
    taken = {each["id"] for each in sources if isinstance(each, dict) and isinstance(each.get("id"), str)}
    left = [each for each in before if each["id"] not in taken]
    taken |= {each["id"] for each in before}
    numbered = []
    for source in sources:
        if isinstance(source, dict) and source.get("id") is None:
            same = [each for each in left if _addresses(each) and _addresses(each) == _addresses(source)]
            left = [each for each in left if each not in same]
            source = {**source, "id": same[0]["id"] if len(same) == 1 else free_source_id(taken)}
            taken.add(source["id"])
        numbered.append(source)
    return numbered


def _addresses(source: dict[str, Any]) -> list[str]:
    return [each for name in ("url", "read_at") if isinstance(each := source.get(name), str)]


def _by_id(claims: list[Any], ids: dict[str, str]) -> list[Any]:
    return [{**each, **_cited_by_id(each, "sources", ids)} if isinstance(each, dict) else each for each in claims]


def _cited_by_id(stated: dict[str, Any], name: str, ids: dict[str, str]) -> dict[str, Any]:
    """Return the member that names sources, by their ids; nothing where there is none."""
    cited = stated.get(name)
    if not isinstance(cited, list):
        return {}
    return {name: [ids.get(each, each) if isinstance(each, str) else each for each in cited]}
