"""What the API's definition says of web hooks, and their bounds."""

from __future__ import annotations

from typing import Any, get_args

from api import parameters
from api.hooks.reach import MOST_LETTERS
from api.links import API
from api.problems import PROBLEM, title_of
from api.responses import JSON
from geo.columns import PROJECTS
from geo.hooks import State

HOOKS = f"{API}/hooks"
MOST_BODY = 10_000
MOST_HOOKS, MOST_OF_ONE = 1_000, 20

_TEXT, _MAYBE = {"type": "string"}, {"type": "string", "nullable": True}
_MAYBE_TIME = {**_MAYBE, "format": "date-time"}
_WHOLE = {"type": "integer", "minimum": 0}
IN_PATH = {
    "name": "hookId",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "maxLength": 50},
    "description": "A web hook's id.",
}
SHAPES: dict[str, Any] = {
    "newHook": {
        "example": {"url": "https://example.org/told"},
        "type": "object",
        "required": ["url"],
        "additionalProperties": False,
        "properties": {
            "url": {
                "type": "string",
                "maxLength": MOST_LETTERS,
                "description": "Where messages are posted to: http or https, at a public address.",
            }
        },
    },
    "hook": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("id", "owner", "url", "language"), _TEXT),
            "question": {**_TEXT, "description": "The parameters of the records that it is told of."},
            "created": {"type": "string", "format": "date-time"},
            "after": {**_WHOLE, "description": "The last change that has arrived, or was of none of its records."},
            "state": {"type": "string", "enum": list(get_args(State))},
            "failures": {**_WHOLE, "description": "Messages that have not arrived since one did."},
            **dict.fromkeys(("failing_since", "next_attempt", "delivered"), _MAYBE_TIME),
            "answer": {**_MAYBE, "description": "What came of the last message: a status, or why there is none."},
            "secret": {**_TEXT, "description": "What messages are signed with; in the answer to its making alone."},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
        },
    },
}


def paths() -> dict[str, dict[str, Any]]:
    """Return the operations on web hooks by their paths."""
    described = parameters.parameters_of(PROJECTS)
    own, hook = HOOKS.removeprefix(API), {"$ref": "#/components/schemas/hook"}
    known = [described[name].openapi() for name in (*parameters.MATCHING, "lang")]
    listed = {"type": "object", "properties": {"hooks": {"type": "array", "items": hook}}}
    made = _operation("makeHook", "Be told of changes by a web hook", 201, hook, (408, 409, 413, 415, 422))
    content = {JSON: {"schema": {"$ref": "#/components/schemas/newHook"}}}
    return {
        own: {
            "get": _operation("hooks", "Your web hooks", 200, listed),
            "post": {**made, "parameters": known, "requestBody": {"required": True, "content": content}},
        },
        f"{own}/{{hookId}}": {
            "get": _operation("hook", "A web hook", 200, hook, (404,)),
            "delete": _operation("removeHook", "Remove a web hook", 204, None, (404,)),
        },
    }


def _operation(
    name: str, summary: str, status: int, shape: dict[str, Any] | None, failures: tuple[int, ...] = ()
) -> dict[str, Any]:
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}
    refused = sorted({400, 401, 403, 421, 429, 500, 503, *failures})
    content = {"content": {JSON: {"schema": shape}}} if shape else {}
    return {
        "operationId": name,
        "summary": summary,
        "security": [{"key": []}],
        "parameters": [],
        "responses": {
            str(status): {"description": summary, **content},
            **{str(each): {"description": title_of(each), "content": problem} for each in refused},
        },
    }
