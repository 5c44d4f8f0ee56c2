"""What the API's definition says of proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api import parameters
from api.forms import AS_GEOJSON, DOCUMENT
from api.links import API
from api.problems import PROBLEM, title_of
from api.proposals_told import PROPOSALS
from api.responses import JSON
from geo.proposals import MOST_COMMENT
from geo.vocabulary import ALIKE_ANSWERS, DECISIONS, PROPOSAL_KINDS, PROPOSAL_STATES

MOST_LISTED = 500  # proposals of a page
_CODES = {"type": "array", "items": {"type": "string"}}
IN_PATH = {
    "name": "proposalId",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
    "description": "A proposal's number.",
}


def _asked(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    said = {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
    return {**said, "style": "form", "explode": False}


PARAMETERS: dict[str, tuple[str, dict[str, Any]]] = {
    "state": ("States that they are in.", {**_CODES, "items": {"type": "string", "enum": PROPOSAL_STATES.codes}}),
    "kind": ("What they are.", {**_CODES, "items": {"type": "string", "enum": PROPOSAL_KINDS.codes}}),
    "country": ("Countries of the records, ISO 3166-1 alpha-2.", _CODES),
    "project": ("The id of the record that they are of.", {"type": "string", "maxLength": 100}),
    "q": ("Words in the names of what is proposed.", {"type": "string", "maxLength": 200}),
    "signed_in": ("Whether who proposed them had a key.", {"type": "string", "enum": ["true", "false"]}),
    "sortby": ("By when they were made.", {"type": "string", "enum": ["time", "-time"], "default": "time"}),
    "after": ("The number with which the page before ended.", {"type": "integer", "minimum": 1}),
    "limit": (
        f"Proposals a page; more than {MOST_LISTED} counts as {MOST_LISTED}.",
        {"type": "integer", "minimum": 1, "maximum": MOST_LISTED},
    ),
}
_TEXT = {"type": "string", "maxLength": MOST_COMMENT}
_NUMBER = {"type": "integer", "minimum": 1}
_RECORD = {"$ref": "#/components/schemas/newFeature"}

# Nobody has to make up ids: that of the record follows from its country and name, a source is named by its address.
_ADDRESS = "https://example.org/2026/03/14/the-text"
NEW_RECORD = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [-66.825, -20.46]},
    "properties": {
        "name": "Altiplano battery pack factory",
        "kind": "pack_factory",
        "country": "BO",
        "location_accuracy": "locality",
        "location_sources": [_ADDRESS],
        "events": [
            {
                "date": "2026-03-14",
                "date_basis": "reported",
                "type": "status",
                "status": "announced",
                "summary": "The regional government announces the factory.",
                "sources": [_ADDRESS],
            }
        ],
        "sources": [{"url": _ADDRESS, "title": "Title of the text"}],
    },
}

SHAPES = {
    "newProposal": {
        "type": "object",
        "example": {"kind": "create", "feature": NEW_RECORD, "comment": "How I know of it."},
        "required": ["kind", "comment"],
        "properties": {
            "kind": {"type": "string", "enum": PROPOSAL_KINDS.codes},
            "feature": _RECORD,
            "project": {"type": "string"},
            "revision": {**_NUMBER, "description": "That of the record from which it is made."},
            "comment": _TEXT,
            "sources": {"type": "array", "items": {}},
            "author": {"type": "string", "maxLength": 100},
            "language": {"type": "string", "pattern": "^[a-z]{2}$"},
            "alike": {"type": "object", "additionalProperties": {"type": "string", "enum": ALIKE_ANSWERS.codes}},
        },
    },
    "decision": {
        "example": {"decision": "decline", "version": 1, "text": "No text says so."},
        "type": "object",
        "required": ["decision", "version"],
        "properties": {
            "decision": {"type": "string", "enum": DECISIONS.codes},
            "version": {**_NUMBER, "description": "The proposal's, as it was read."},
            "seen": {**_NUMBER, "description": "The revision of the record that was read with it; of a new one none."},
            "feature": _RECORD,
            "take": _CODES,
            "leave": _CODES,
            "into": {"type": "string"},
            "text": _TEXT,
            "token": {"type": "string", "maxLength": 200},
        },
    },
}


def paths(read: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the operations on proposals by their paths."""
    one = f"{PROPOSALS.removeprefix(API)}/{{proposalId}}"
    listed = read("proposals", "Proposals, those that wait longest first", (*DOCUMENT, AS_GEOJSON))
    listed["parameters"] += [_asked(name, *told) for name, told in PARAMETERS.items()]
    return {
        PROPOSALS.removeprefix(API): {
            "get": listed,
            "post": _sent("propose", "Propose a record, a change or a removal", "newProposal", 202, is_once=True),
        },
        f"{PROPOSALS.removeprefix(API)}/check": {
            "post": _sent("checkProposal", "What is wrong with a proposal", "newProposal", 200)
        },
        one: {"get": read("proposal", "A proposal as it stands", DOCUMENT, failures=(404,))},
        f"{one}/decision": {
            "post": _sent("decide", "Decide a proposal, or answer for it", "decision", 200, (404, 409, 410, 412))
        },
    }


def _sent(
    name: str, summary: str, shape: str, status: int, failures: tuple[int, ...] = (), *, is_once: bool = False
) -> dict[str, Any]:
    content = {JSON: {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}
    refused = (400, 401, 403, 404, 408, 413, 415, 422, 429, 421, 500, 503, *failures)
    return {
        "operationId": name,
        "summary": summary,
        "security": [{"key": []}, {}],
        "parameters": [parameters.ONCE] if is_once else [],
        "requestBody": {"required": True, "content": content},
        "responses": {
            str(status): {"description": summary, "content": {JSON: {"schema": {"type": "object"}}}},
            **{str(each): {"description": title_of(each), "content": problem} for each in sorted(set(refused))},
        },
    }
