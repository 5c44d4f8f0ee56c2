"""Ids of records and of their sources: which is proposed, and which is free."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from secrets import token_hex
from typing import Any

from geo.records.fields import ID_PATTERN
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
