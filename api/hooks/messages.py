"""What a message says: some changes as `/api/changes` tells them, or that a hook is being made."""

from __future__ import annotations

import orjson
from starlette.datastructures import QueryParams

from api.changed import read_changes_query, told
from geo.changes import ChangePage, ChangeQuery
from geo.dates import now
from geo.hooks import Hook
from web.language import Language

MOST_CHANGES = 20  # of one message: the specification wants small ones


def question_of(hook: Hook, cursor: int) -> ChangeQuery:
    """Return which changes a hook is told of next; raises InvalidQuery where this release reads its filter no more."""
    return read_changes_query(QueryParams([*QueryParams(hook.question).multi_items(), ("after", cursor)]), MOST_CHANGES)


def id_of(hook: Hook, after: int, cursor: int) -> str:
    """Return the id of the message of the changes between two cursors: sent again, it is the same."""
    return f"{hook.id}_{after}_{cursor}"


def changes_message(hook: Hook, page: ChangePage) -> bytes:
    """Return the message of a page of changes."""
    changes = [told(hook.base, Language(hook.language), each) for each in page.changes]
    return _message("records.changed", changes[-1]["time"], hook, after=page.cursor, changes=changes)


def ping_message(hook: Hook) -> bytes:
    """Return the message that asks whether somebody is there."""
    return _message("hook.ping", now(), hook)


def _message(kind: str, time: str, hook: Hook, **more: object) -> bytes:
    return orjson.dumps({"type": kind, "timestamp": time, "data": {"hook": hook.id, "question": hook.question, **more}})
