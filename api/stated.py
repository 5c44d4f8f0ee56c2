"""What an editor, or who proposed it, decides by a form, as the decision that the API takes."""

from __future__ import annotations

from typing import Any

from api.bodies import document_of
from api.posted import Posted
from geo.editing import Feature
from geo.errors import InvalidDecision
from geo.faults import fault
from geo.proposals import Proposal
from geo.reviewing import check_conflicts, standing
from geo.store import Store
from web.language import Language
from web.proposed import fields
from web.proposed.page import reason

CHOICES = tuple(f"choice-{index}" for index in range(500))
FIELDS = ("decision", "version", "seen", "into", "text", "reason", "with", "feature", *fields.FIELDS)


def stated_by(form: Posted, found: Proposal, language: Language, store: Store | None = None) -> dict[str, Any]:
    """Return what a form states, as `decision_of` reads it.

    Raises BodyNotJson and InvalidDecision for a record that is none, NotFound for one to merge into, and ProposalStuck
    where fields are corrected and nothing is chosen at a conflict.
    """
    taken, left = _chosen(form, "take"), _chosen(form, "leave")
    stated: dict[str, Any] = {
        "decision": form.text("decision"),
        "version": _number(form.text("version")),
        "seen": _number(form.text("seen")),
        "into": form.text("into"),
        "token": form.text("token"),
        "text": _text(form, found, language),
        "take": taken,
        "leave": left,
    }
    if store is not None and form.text("decision") in ("accept", "merge") and found.draft.project is not None:
        stated["feature"] = _feature(form, found, store, taken, left)
    return {name: value for name, value in stated.items() if value not in ("", [])}


def _chosen(form: Posted, way: str) -> list[str]:
    said = [form.text(name).split() for name in CHOICES]
    return [pointer for words in said if words and words[0] == way for pointer in words[1:]]


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else text


def _text(form: Posted, found: Proposal, language: Language) -> str:
    """Return what is said: a prepared reason, and the words of whoever decides."""
    said = (reason(found, form.text("reason"), language), _lines(form, "text"))
    return "\n".join(each for each in said if each)


def _feature(form: Posted, found: Proposal, store: Store, taken: list[str], left: list[str]) -> Feature | str:
    """Return the record as an editor has changed it; "" where they have not.

    What was changed counts whichever button was pressed: that of a form is also pressed by the Enter key.
    """
    into = form.text("into") or None
    shown = standing(store, found, into).feature or {}
    before, stated = fields.fields_of(shown), {name: _lines(form, name) for name in fields.FIELDS}
    is_corrected = bool(stated["name"]) and any(stated[name] != before[name].strip() for name in fields.FIELDS)
    if form.text("with") == "fields" or (is_corrected and not form.text("with")):
        chosen = standing(store, found, into, taken)
        check_conflicts(found, chosen, {*taken, *left})
        return fields.corrected(chosen.feature or {}, before, stated)
    if form.text("with") == "whole":
        return _read(form.text("feature"))
    written = _read(form.text("feature")) if form.text("feature") else shown
    return "" if written == shown else written


def _lines(form: Posted, name: str) -> str:
    return form.text(name).replace("\r\n", "\n")


def _read(text: str) -> Feature:
    document = document_of(text.encode())
    if not isinstance(document, dict):
        raise InvalidDecision([fault("/feature", "not-an-object")])
    return document
