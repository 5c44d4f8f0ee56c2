"""Changing records: OGC API - Features Part 4 (draft 20-002r1), create, replace, update and delete."""

from __future__ import annotations

import dataclasses
import functools
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import crs, parameters
from api.auth import ChangerDep, check_scope
from api.bodies import json_of, once_of, received
from api.collections import OF_PROJECTS
from api.languages import language_wished
from api.links import ITEMS, item_path
from api.overtaken import overtaken
from api.problems import (
    NotWritten,
    PreconditionFailed,
    PreconditionMissing,
    gone_tag,
    shown,
)
from api.responses import CODINGS
from api.reverting import Back, revert_to
from api.routes.features import item_answer, item_tags
from api.services import Services, ServicesDep, base_url
from api.writing import turn_to_write
from geo.checks.places import doubts_of_place
from geo.crs import geometry_in_crs84
from geo.editing import Edit, Once, broken_links, patched, stating
from geo.errors import AlreadyExists, Gone, InvalidRecord, LedgerError, NotFound, RevisionConflict
from geo.faults import Fault, Value, fault
from geo.permissions import Person
from geo.records.ids import proposed_ids
from geo.records.parts import Properties
from geo.records.project import READ_ONLY_PROPERTIES, Project
from geo.store import Revision

router = APIRouter(prefix=ITEMS)

_FEATURE_TYPES = ("application/geo+json", "application/json")
_PATCH_TYPES = ("application/merge-patch+json", *_FEATURE_TYPES)


async def body(request: Request, given: ServicesDep, _: ChangerDep) -> bytes:
    """Return the request's body, of who may send one."""
    return await received(request, given.settings.body_bytes, given.settings.body_seconds)


BodyDep = Annotated[bytes, Depends(body)]


async def writing_slot(given: ServicesDep, _: BodyDep) -> AsyncIterator[None]:
    """Let whoever may change records and has sent the body have a turn; raises NotWritten where none comes in time."""
    async with turn_to_write(given):
        yield


SlotDep = Depends(writing_slot, scope="function")


@router.post("", dependencies=[SlotDep])
def create(request: Request, given: ServicesDep, person: ChangerDep, sent: BodyDep) -> Response:
    """Add a record; its id is the body's, or made from country and name."""
    comment = parameters.read_comment(request.query_params)
    once = once_of(request, person.name, sent)
    feature = _read_json(request, sent, _FEATURE_TYPES)
    revision = _create(request, given, feature, person, comment, once)
    location = {"Location": f"{base_url(request)}{item_path(OF_PROJECTS, revision.project_id)}"}
    return _written(request, given, revision, 201, location, _twins(given, feature, revision))


def _create(
    request: Request, given: Services, feature: Any, person: Person, comment: str | None, once: Once | None
) -> Revision:
    wanted = feature.get("id") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or wanted is not None:
        project = stating(feature)
        return _write(request, given, person, Edit(project.id, project, None, person.name, comment, once=once))
    for proposed in proposed_ids(_properties(feature)):
        edit = Edit(proposed, stating({**feature, "id": proposed}), None, person.name, comment, once=once)
        try:
            return _write(request, given, person, edit)
        except AlreadyExists:
            continue
    raise NotWritten("no-free-id")


def _written(
    request: Request,
    given: Services,
    revision: Revision,
    status: int = 200,
    headers: dict[str, str] | None = None,
    warned: Sequence[Fault] = (),
) -> Response:
    """Return a record that has just been written, with `warnings` where something about it looks wrong."""
    assert revision.project is not None
    language = language_wished(request)
    warnings = [shown(each, language) for each in (*warned, *doubts_of_place(revision.project))]
    members = orjson.dumps({"warnings": warnings})[1:-1] if warnings else b""
    spoken = {"Content-Language": language.code} if warnings else {}
    return item_answer(request, given, given.catalog.show(revision), status, {**spoken, **(headers or {})}, members)


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    stated = feature.get("properties")
    return stated if isinstance(stated, dict) else {}


def _twins(given: Services, feature: dict[str, Any], revision: Revision) -> list[Fault]:
    """Warn of a record whose country and name give the id that this one would have got."""
    wanted = next(proposed_ids(_properties(feature)))
    if feature.get("id") is not None or wanted == revision.project_id or not _is_there(given, wanted):
        return []
    return [_fault("/id", "id-taken", "warning", wanted=wanted, id=revision.project_id)]


def _fault(pointer: str, rule: str, severity: str = "error", /, **values: Value) -> Fault:
    """Return a fault that only HTTP knows; its sentence is among this package's."""
    return dataclasses.replace(fault(pointer, rule, severity, **values), package="api")


@router.put("/{project_id}", dependencies=[SlotDep])
def replace(project_id: str, request: Request, given: ServicesDep, person: ChangerDep, sent: BodyDep) -> Response:
    """Replace a record whole."""
    comment = parameters.read_comment(request.query_params)
    if "if-match" in request.headers and not _is_there(given, project_id):
        _check_absent(given, project_id)

    def stated(_: int) -> Any:
        return _read_json(request, sent, _FEATURE_TYPES)

    def replaced(expected: int) -> Response:
        return _update(request, given, project_id, stated(expected), expected, person, comment)

    return _changed(request, given, project_id, replaced, stated)


@router.patch("/{project_id}", dependencies=[SlotDep])
def update(project_id: str, request: Request, given: ServicesDep, person: ChangerDep, sent: BodyDep) -> Response:
    """Change parts of a record by a JSON merge patch (RFC 7396), in which a claim may be named by its key."""
    comment = parameters.read_comment(request.query_params)

    def stated(expected: int) -> Any:
        patch = _read_json(request, sent, _PATCH_TYPES)
        _check_patch(patch)
        return patched(_record(given, project_id, expected).to_feature(), patch)

    def updated(expected: int) -> Response:
        return _update(request, given, project_id, stated(expected), expected, person, comment)

    return _changed(request, given, project_id, updated, stated)


@router.delete("/{project_id}", dependencies=[SlotDep])
def delete(project_id: str, request: Request, given: ServicesDep, person: ChangerDep) -> Response:
    """Delete a record; its revisions stay, and its id stays taken."""
    comment = parameters.read_comment(request.query_params)

    def deleted(expected: int) -> Response:
        before = _record(given, project_id, expected)
        _write(request, given, person, Edit(project_id, None, expected, person.name, comment), before)
        return Response(status_code=204)

    return _changed(request, given, project_id, deleted)


@router.post("/{project_id}/revisions/{number}/revert", dependencies=[SlotDep])
def revert(project_id: str, number: str, request: Request, given: ServicesDep, person: ChangerDep) -> Response:
    """Make a record what it was at a revision, as a new revision; one that was deleted is there again."""
    comment = parameters.read_comment(request.query_params)

    def reverted(expected: int) -> Response:
        back = Back(project_id, number, expected, comment, language_wished(request))
        return _written(request, given, revert_to(request, person, back))

    return _changed(request, given, project_id, reverted, or_gone=True)


def _changed(
    request: Request,
    given: Services,
    project_id: str,
    change: Callable[[int], Response],
    stated: Callable[[int], Any] | None = None,
    *,
    or_gone: bool = False,
) -> Response:
    """Make a change of the revision that If-Match names, which may be a deletion where that can be changed.

    `*` names whatever is there: where somebody else was quicker, it is made of what they left, for a while. Whoever was
    overtaken otherwise is told how what is `stated` of the revision that they name goes together with what is there.
    """
    deadline = time.monotonic() + given.settings.writer_seconds
    while True:
        try:
            return change(_expected_revision(request, given, project_id, or_gone=or_gone))
        except RevisionConflict as error:
            if not _is_any(request) or error.expected is None:  # If-None-Match can only go on failing
                raise _told(request, given, error, stated) from None
            if time.monotonic() > deadline:
                raise


def _told(
    request: Request, given: Services, error: RevisionConflict, stated: Callable[[int], Any] | None
) -> RevisionConflict:
    if stated is None or error.expected is None or not 0 < error.expected < error.current:
        return error
    try:
        sent, before = stated(error.expected), _record(given, error.project_id, error.expected)
        project = stating({**sent, "id": error.project_id} if isinstance(sent, dict) else sent, before)
    except LedgerError:  # what was sent is no record either: that it came too late is said first
        return error
    return overtaken(request, given, error, project)


def _is_any(request: Request) -> bool:
    return request.headers.get("if-match", "").strip() == "*"


def _check_absent(given: Services, project_id: str) -> None:
    """Refuse If-Match where nothing is that it could match (RFC 9110 section 13.1.1); raises Gone for a deleted one."""
    try:
        given.catalog.get(project_id)
    except NotFound:
        raise PreconditionFailed("if-match-of-nothing", id=project_id) from None


def _update(
    request: Request,
    given: Services,
    project_id: str,
    feature: Any,
    expected: int,
    person: Person,
    comment: str | None,
) -> Response:
    if isinstance(feature, dict):
        if feature.get("id", project_id) != project_id:
            raise InvalidRecord([_fault("/id", "id-not-of-address", id=project_id)])
        feature = {**feature, "id": project_id}
    before = _record(given, project_id, expected)
    edit = Edit(project_id, stating(feature, before), expected, person.name, comment)
    return _written(request, given, _write(request, given, person, edit, before))


def _record(given: Services, project_id: str, number: int) -> Project:
    """Return a record as a revision of it states; raises Gone where that is a deletion."""
    [revision] = given.store.revisions(project_id, after=number - 1, limit=1)
    if revision.project is None:
        raise Gone(project_id, number)
    return revision.project


def _write(request: Request, given: Services, person: Person, edit: Edit, before: Project | None = None) -> Revision:
    concerned = [each.properties.country for each in (before, edit.project) if each is not None]
    check_scope(request, person, "change", concerned)
    made = given.store.made(edit.once) if edit.once else None
    if made is not None:
        return made
    is_there = functools.partial(_is_there, given)
    faults = broken_links(edit.project, before, is_there) if edit.project else []
    if faults:
        raise InvalidRecord(faults)
    return given.store.write([edit])[0]


def _is_there(given: Services, project_id: str) -> bool:
    try:
        given.catalog.get(project_id)
    except (NotFound, Gone):
        return False
    return True


def _expected_revision(request: Request, given: Services, project_id: str, *, or_gone: bool = False) -> int:
    """Return the revision that is there, where If-Match names just that: a tag of GET, in any coding and CRS, or `*`.

    `or_gone`, it may be a deletion: then GET is refused, with a tag all the same.

    Tags compare strongly (RFC 9110 section 13.1.1): one of another host, or of before another record linked to this
    one, is no tag of it. Raises NotFound or Gone, PreconditionMissing, or RevisionConflict (of If-None-Match too: RFC
    9110 section 13.1.2, weakly).
    """
    current, ours = _now(request, given, project_id, or_gone)
    if "*" in _tags(request, "if-none-match") or _are_ours(_tags(request, "if-none-match", weakly=True), ours):
        raise RevisionConflict(project_id, None, current)
    if "if-match" not in request.headers:
        raise PreconditionMissing("if-match-missing", current=current)
    named = _tags(request, "if-match")
    if "*" not in named and not _are_ours(named, ours):
        raise RevisionConflict(project_id, _revision_named(named, current), current)
    return current


def _now(request: Request, given: Services, project_id: str, or_gone: bool) -> tuple[int, list[str]]:
    """Return the number of the newest revision, and its tags."""
    try:
        record = given.catalog.get(project_id)
    except Gone as gone:
        if gone.revision is None or not or_gone:
            raise
        return gone.revision, [gone_tag(gone.revision)]
    return record.revision, item_tags(request, given, record)


def _tags(request: Request, header: str, *, weakly: bool = False) -> list[str]:
    """Return the tags of a header as they are written; compared weakly, without what says that they are weak."""
    told = [each.strip() for each in ",".join(request.headers.getlist(header)).split(",")]
    return [each.removeprefix("W/") for each in told] if weakly else told


def _are_ours(tags: list[str], ours: list[str]) -> bool:
    return not {f'"{each}{end}"' for each in ours for end in ("", *(f"-{coding}" for coding in CODINGS))}.isdisjoint(
        tags
    )


def _revision_named(tags: list[str], current: int) -> int | None:
    """Return the revision that a tag of another state begins with, for the sentence that says so."""
    found = [re.match(r'(?:W/)?"(\d{1,15})-', tag) for tag in tags]
    return next((number for each in found if each and (number := int(each[1])) != current), None)


def _read_json(request: Request, sent: bytes, media_types: tuple[str, ...]) -> Any:
    """Return a body, the coordinates of its geometry in WGS 84."""
    document, system = json_of(request, sent, media_types), crs.stated(request)
    if isinstance(document, dict) and "geometry" in document:
        document["geometry"] = geometry_in_crs84(document["geometry"], system)
    return document


def _check_patch(patch: Any) -> None:
    if not isinstance(patch, dict):
        raise InvalidRecord([_fault("", "patch-not-object")])
    errors = [_misplaced(name) for name in set(patch) - _MEMBERS]
    properties = patch.get("properties")
    named = sorted(READ_ONLY_PROPERTIES & set(properties)) if isinstance(properties, dict) else []
    errors += [_fault(f"/properties/{name}", "read-only") for name in named]
    if errors:
        raise InvalidRecord(errors)


_MEMBERS = {"type", "id", "geometry", "properties", "bbox", "links", "incoming"}


def _misplaced(name: str) -> Fault:
    pointer = f"/{name}"[:100]
    if name in Properties.model_fields:
        return fault(pointer, "beside-properties", name=name)
    return _fault(pointer, "no-member")
