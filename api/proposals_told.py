"""What the API says of proposals: one with what it would change, and many in short."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterable
from typing import Any

from api.links import API, ITEMS, Link, link
from api.responses import JSON
from api.services import Services
from geo.editing import Conflict, Difference
from geo.proposals import Proposal
from geo.records.places import drawn_point_of
from geo.reviewing import standing
from web.changed.said import lines
from web.language import Language

PROPOSALS = f"{API}/proposals"
MOST_TOLD = 500  # places in which a proposal and a record differ


def short(base: str, proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as a list of them has it."""
    draft = proposal.draft
    return {
        "id": proposal.id,
        "version": proposal.version,
        "state": proposal.state,
        "kind": draft.kind,
        "project": draft.project_id,
        "revision": draft.base,
        "name": draft.name,
        "country": draft.country,
        "author": draft.author.name,
        "signed_in": draft.author.key is not None,
        "comment": draft.comment,
        "language": draft.language,
        "time": proposal.time,
        "updated": proposal.updated,
        "links": links(base, proposal),
    }


def placed(base: str, proposal: Proposal) -> dict[str, Any] | None:
    """Return a proposal as a point where it says that the project lies; None where it says of no place.

    There is as little of it as a map needs: it is no record.
    """
    project = proposal.draft.project
    accuracy = project.properties.location_accuracy if project else "undisclosed"
    if project is None or accuracy == "undisclosed":
        return None
    point = drawn_point_of(project.geometry, accuracy)
    if point is None:
        return None
    said = {"name": proposal.draft.name, "kind": proposal.draft.kind, "state": proposal.state, "reviewed": False}
    page = f"{base}/proposals/{proposal.id}"
    geometry = {"type": "Point", "coordinates": point}
    return {"type": "Feature", "id": proposal.id, "geometry": geometry, "properties": {**said, "page": page}}


def links(base: str, proposal: Proposal) -> list[Link]:
    """Return where a proposal is read, by programs and by people, and the record that it is of."""
    found = [
        link(f"{base}{PROPOSALS}/{proposal.id}", "self", JSON, "This proposal"),
        link(f"{base}/proposals/{proposal.id}", "alternate", "text/html", "The proposal as a page"),
    ]
    if proposal.draft.base is not None:
        found.append(link(f"{base}{ITEMS}/{proposal.draft.project_id}", "related", JSON, "The record that it is of"))
    return found


def whole(base: str, given: Services, proposal: Proposal, language: Language) -> dict[str, Any]:
    """Return a proposal with the record as it should be, and, while it is undecided, how it stands to that of now.

    What would differ is told twice: `changes` by pointers, `differences` in words of a language.
    """
    draft = proposal.draft
    told = {
        **short(base, proposal),
        "sources": draft.sources,
        "alike": dict(draft.alike),
        "feature": draft.project.to_feature() if draft.project else None,
        "remarks": [
            {"text": r.text, "author": r.author, "editor": r.is_editor, "state": r.state, "time": r.time}
            for r in proposal.remarks
        ],
        "revisions": list(proposal.revisions),
    }
    if not proposal.is_decided:
        beside = standing(given.store, proposal)
        told["current_revision"] = beside.now.number if beside.now else None
        told["changes"] = changes(beside.differences())
        told["differences"] = lines(language, beside.current.to_feature() if beside.current else None, beside.feature)
        told["conflicts"] = conflicts(beside.conflicts, "record", "proposal")
    return told


def changes(found: Iterable[Difference]) -> list[dict[str, Any]]:
    """Return in which places a record would be otherwise."""
    shown = itertools.islice(found, MOST_TOLD)
    return [each.members() for each in shown]


def conflicts(found: Iterable[Conflict], ours: str, theirs: str) -> list[dict[str, Any]]:
    """Return the places that both sides have changed, each with the names that these have here."""
    return [{"pointer": c.pointer, "base": c.base, ours: c.ours, theirs: c.theirs} for c in found][:MOST_TOLD]


def token_of(secret: bytes) -> str:
    """Return the secret by which somebody without a key answers and withdraws, as an address can have it."""
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")
