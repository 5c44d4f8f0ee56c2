"""Which records stand for those that are gone: in a store, and in the releases before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set

from geo.errors import Gone, NotFound
from geo.store import Records, Revision


def successors_of(store: Records, before: Mapping[str, str]) -> dict[str, str]:
    """Return which current record stands for each that is gone; `before` says so of what was only in releases."""
    told = {each.project_id: each.successor for each in store.heads(records=False) if each.successor}
    known, there = {**before, **told}, set(store.current_ids())
    found = {each: _last_of(known, each, there) for each in known.keys() - there}
    return {each: last for each, last in sorted(found.items()) if last is not None}


def _last_of(successors: Mapping[str, str], gone: str, there: Set[str]) -> str | None:
    """Return the record that stands for one at the end of all that followed each other; None where that is gone too."""
    followed: set[str] = set()
    while gone in successors and gone not in followed and gone not in there:
        followed.add(gone)
        gone = successors[gone]
    return gone if gone in there else None


def head_of(store: Records, record_id: str, before: Mapping[str, str], is_there: Callable[[str], bool]) -> Revision:
    """Return the newest revision of a record; raises NotFound.

    Raises Gone for what was only in a release before this store, where another record that is there stands for it.
    """
    try:
        return store.head(record_id)
    except NotFound:
        successor = before.get(record_id)
        if successor is None or not is_there(successor):
            raise
        raise Gone(record_id, None, successor) from None
