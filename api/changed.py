"""Changes of records: how they are asked for, and what is told of each, in a document, a feed or a message."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, get_args
from urllib.parse import quote

from starlette.datastructures import QueryParams

from api.collections import OF_PROJECTS
from api.filters import Parameter, WrongParameter, once
from api.forms import AS_HTML, AS_JSON, Form
from api.links import Link, item_path, link
from api.parameters import FORMED, MATCHING, read_query
from api.responses import ATOM, JSON
from geo.changes import MOST_CHANGES, Change, ChangeQuery
from geo.store import Action
from web.changed.said import MOST_LINES, lines
from web.feeds import json_feed
from web.feeds.said import sentence
from web.language import Language

AS_ATOM = Form(("atom",), (ATOM,), "Atom")
AS_JSON_FEED = Form(("jsonfeed",), (json_feed.MEDIA_TYPE,), "JSON Feed")
FORMS = (AS_JSON, AS_HTML, AS_ATOM, AS_JSON_FEED)
MOST_POINTERS = 200  # of one change
PAGED_CHANGES = (*MATCHING, "after", "before", "limit")
_SEQUENCE = {"type": "integer", "minimum": 0, "maximum": 10**15 - 1}
AFTER = Parameter(
    "after",
    "What an earlier answer calls so, or 0: changes after it, the oldest first. Asked again with that of the last "
    "answer, one tells every change once.",
    _SEQUENCE,
)
BEFORE = Parameter("before", "A sequence: changes before it, the newest first; comes in next links.", _SEQUENCE)
LIMIT = Parameter(
    "limit",
    f"Changes a page, at most {MOST_CHANGES}. A page looks at so many changes only, and may hold fewer, or none, and "
    "have a next one.",
    {"type": "integer", "minimum": 1, "maximum": MOST_CHANGES},
)


def read_changes_query(params: QueryParams, page_size: int) -> ChangeQuery:
    """Return which changes the parameters ask for; raises InvalidQuery for unknown, repeated or wrong ones."""
    query = read_query(params, (*PAGED_CHANGES, *FORMED), page_size, marked=False)
    after, before = (_sequence(params, name) for name in ("after", "before"))
    return ChangeQuery(query.filter, query.as_of, after, before, min(query.limit, MOST_CHANGES))


def _sequence(params: QueryParams, name: str) -> int | None:
    text = once(params, name)
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise WrongParameter(name, "cursor-form", name=name)
    return int(text)


def told(base: str, language: Language, change: Change) -> dict[str, Any]:
    """Return what is told of a change, in words of a language too; `base` is the server's address."""
    revision, states = change.revision, (change.before, change.revision.project)
    project = revision.project or change.before
    before, after = (state.to_feature() if state else None for state in states)
    stages = [state and str(state.derived()["status"]) for state in states]
    shown = {
        "sequence": revision.sequence,
        "id": revision.project_id,
        "name": change.name,
        "kind": project and project.properties.kind,
        "country": project and project.properties.country,
        "revision": revision.number,
        "action": revision.action,
        "author": revision.author,
        "time": revision.time,
        "comment": revision.comment,
        "successor": revision.successor,
        "stage": stages,
        "changed": change.pointers[:MOST_POINTERS],
        "differences": lines(language, before, after),
    }
    return {**shown, "said": sentence(language, shown), "links": _links(base, change)}


def page_of(base: str, project_id: str) -> str:
    """Return where people read a record, or that it was deleted."""
    return f"{base}/projects/{quote(project_id, safe='')}"


def page_of_revision(base: str, project_id: str, number: int) -> str:
    """Return where people read a revision, and what it changed of the one before."""
    return f"{page_of(base, project_id)}/revisions/{number}"


def _links(base: str, change: Change) -> list[Link]:
    project_id, number = change.revision.project_id, change.revision.number
    page, history = page_of(base, project_id), f"{base}{item_path(OF_PROJECTS, project_id)}/revisions"
    between = [] if number == 1 else [f"{page}/revisions?from={number - 1}&to={number}"]
    return [
        link(page, "about", "text/html", "The record as a page"),
        link(page_of_revision(base, project_id, number), "memento", "text/html", "The revision as a page"),
        link(f"{history}?after={number - 1}&limit=1", "memento", JSON, "The revision, with what it changed"),
        *(link(each, "related", "text/html", "What differs from the revision before") for each in between),
    ]


def operation_of_changes(read: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Return the operation of the API definition; `read` makes one that reads."""
    described = read("changes", "What changed", FORMS, MATCHING, "changeCollection")
    described["parameters"] += [each.openapi() for each in (AFTER, BEFORE, LIMIT)]
    return described


_TEXT, _MAYBE_TEXT = {"type": "string"}, {"type": "string", "nullable": True}
_WHOLE = {"type": "integer", "minimum": 0}
_LINKS = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
_CHANGE = {
    "sequence": {**_WHOLE, "description": "Its place in the history of the whole store, rising."},
    "id": _TEXT,
    "name": _TEXT,
    "kind": _MAYBE_TEXT,
    "country": _MAYBE_TEXT,
    "revision": {**_WHOLE, "description": "Its place in the history of the record, from 1."},
    "action": {"type": "string", "enum": list(get_args(Action))},
    "author": _TEXT,
    "time": {"type": "string", "format": "date-time"},
    "comment": _MAYBE_TEXT,
    "successor": {**_MAYBE_TEXT, "description": "Of a deletion: the record that stands for it from here on."},
    "stage": {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "items": _MAYBE_TEXT,
        "description": "The stage before and after; null where there was, or is, no record.",
    },
    "changed": {
        "type": "array",
        "maxItems": MOST_POINTERS,
        "items": _TEXT,
        "description": "Pointers to what was changed of the record before, claims named by their keys.",
    },
    "differences": {
        "type": "array",
        "maxItems": MOST_LINES,
        "items": _TEXT,
        "description": "What was there and what is there now, in words.",
    },
    "said": {**_TEXT, "description": "What happened, in one sentence, in the language that was asked for."},
    "links": _LINKS,
}
CHANGE_COLLECTION: dict[str, Any] = {
    "type": "object",
    "required": ["changes", "numberReturned", "after", "links"],
    "properties": {
        "changes": {"type": "array", "items": {"type": "object", "required": list(_CHANGE), "properties": _CHANGE}},
        "numberReturned": _WHOLE,
        "after": {**_WHOLE, "description": "What to ask for next time, as `after`: it means the same for ever."},
        "links": _LINKS,
    },
}
