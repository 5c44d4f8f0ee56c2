"""Changing records: OGC API - Features Part 4 (draft 20-002r1), create, replace, update and delete."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from secrets import token_hex
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import parameters
from api.auth import EditorDep
from api.features import item_answer
from api.links import item_path
from api.problems import (
    BodyTooLarge,
    BodyTooLate,
    MediaTypeRefused,
    PreconditionMissing,
)
from api.services import Services, ServicesDep, base_url
from api.settings import BODY_SECONDS, MOST_BODY_BYTES
from geo.checks.places import doubts_of_place
from geo.errors import AlreadyExists, FieldError, Gone, InvalidRecord, NotFound, NotJson, RevisionConflict, StoreError
from geo.records.fields import ID_PATTERN
from geo.records.parts import Properties
from geo.records.project import READ_ONLY_PROPERTIES, Project
from geo.store import Change, Revision
from geo.strict_json import read_json
from geo.text import fold
from geo.violation import Violation

router = APIRouter(prefix="/api/collections/projects/items")

_FEATURE_TYPES = ("application/geo+json", "application/json")
_PATCH_TYPES = ("application/merge-patch+json", *_FEATURE_TYPES)
_MOST_SLUG = 80
MOST_DEPTH = 50
SLOT_SECONDS = 5


async def body(request: Request, _: EditorDep) -> bytes:
    """Return the request's body; refuses one over 1 MiB before it is read, and one that does not arrive in time."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > MOST_BODY_BYTES:
        raise _too_large()
    received = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                received += chunk
                if len(received) > MOST_BODY_BYTES:
                    raise _too_large()
    except TimeoutError:
        raise BodyTooLate(f"The body did not arrive within {BODY_SECONDS} seconds.") from None
    return bytes(received)


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(f"The body is larger than {MOST_BODY_BYTES} bytes (1 MiB); send less.")


BodyDep = Annotated[bytes, Depends(body)]


async def writing_slot(given: ServicesDep, _: BodyDep) -> AsyncIterator[None]:
    """Let a few changes be made at a time, so that writers who wait for the disk never hold all threads.

    Whoever may write and has sent the body gets a slot. Raises StoreError where none comes free in time.
    """
    deadline = time.monotonic() + SLOT_SECONDS
    while not given.slots.acquire(blocking=False):
        if time.monotonic() > deadline:
            raise StoreError("too many changes wait to be written")
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        given.slots.release()


SlotDep = Depends(writing_slot, scope="function")


@router.post("", dependencies=[SlotDep])
def create(request: Request, given: ServicesDep, key: EditorDep, sent: BodyDep) -> Response:
    """Add a record; its id is the body's, or made from country and name."""
    comment = parameters.read_comment(request.query_params)
    feature = _read_json(request, sent, _FEATURE_TYPES)
    revision = _create(given, feature, key.name, comment)
    location = {"Location": f"{base_url(request)}{item_path(revision.project_id)}"}
    return _written(request, given, revision, 201, location, _twins(given, feature, revision))


def _create(given: Services, feature: Any, author: str, comment: str | None) -> Revision:
    wanted = feature.get("id") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or wanted is not None:
        return _write(given, Project.from_feature(feature), None, author, comment)
    for proposed in _slugs(feature):
        project = Project.from_feature({**feature, "id": proposed})
        try:
            return _write(given, project, None, author, comment)
        except AlreadyExists:
            continue
    raise StoreError("no free id was found for the record")


def _written(
    request: Request,
    given: Services,
    revision: Revision,
    status: int = 200,
    headers: dict[str, str] | None = None,
    warned: Sequence[Violation] = (),
) -> Response:
    """Return a record that has just been written, with `warnings` where something about it looks wrong."""
    assert revision.project is not None
    found = [*warned, *doubts_of_place(revision.project)]
    warnings = [{"pointer": v.pointer, "rule": v.rule, "detail": v.detail, "expected": v.expected} for v in found]
    members = orjson.dumps({"warnings": warnings})[1:-1] if warnings else b""
    return item_answer(request, given, given.catalog.show(revision), status, headers, members)


def _twins(given: Services, feature: dict[str, Any], revision: Revision) -> list[Violation]:
    """Warn of a record whose country and name give the id that this one would have got."""
    wanted = _slugs(feature)[0]
    if feature.get("id") is not None or wanted == revision.project_id or not _is_there(given, wanted):
        return []
    detail = f"'{wanted}' is another record of that country and name; this one became '{revision.project_id}'."
    expected = "one record a project; delete this one if it is the same"
    return [Violation(revision.project_id, "/id", "id-taken", "warning", detail, expected)]


@router.put("/{project_id}", dependencies=[SlotDep])
def replace(project_id: str, request: Request, given: ServicesDep, key: EditorDep, sent: BodyDep) -> Response:
    """Replace a record whole."""
    comment = parameters.read_comment(request.query_params)
    expected = _expected_revision(request, given, project_id)
    feature = _read_json(request, sent, _FEATURE_TYPES)
    return _update(request, given, project_id, feature, expected, key.name, comment)


@router.patch("/{project_id}", dependencies=[SlotDep])
def update(project_id: str, request: Request, given: ServicesDep, key: EditorDep, sent: BodyDep) -> Response:
    """Change parts of a record by a JSON merge patch (RFC 7396)."""
    comment = parameters.read_comment(request.query_params)
    expected = _expected_revision(request, given, project_id)
    patch = _read_json(request, sent, _PATCH_TYPES)
    _check_patch(patch)
    feature = merge_patch(_stated(given, project_id, expected), patch)
    return _update(request, given, project_id, feature, expected, key.name, comment)


@router.delete("/{project_id}", dependencies=[SlotDep])
def delete(project_id: str, request: Request, given: ServicesDep, key: EditorDep) -> Response:
    """Delete a record; its revisions stay, and its id stays taken."""
    comment = parameters.read_comment(request.query_params)
    expected = _expected_revision(request, given, project_id)
    given.store.write([Change(project_id, None, expected, key.name, comment)])
    return Response(status_code=204)


def _update(
    request: Request,
    given: Services,
    project_id: str,
    feature: Any,
    expected: int,
    author: str,
    comment: str | None,
) -> Response:
    if isinstance(feature, dict):
        if feature.get("id", project_id) != project_id:
            raise InvalidRecord([FieldError("/id", "is not the id in the address", f'"{project_id}", or no id')])
        feature = {**feature, "id": project_id, "geometry": _moved(feature, _stated(given, project_id, expected))}
    revision = _write(given, Project.from_feature(feature), expected, author, comment)
    return _written(request, given, revision)


def _stated(given: Services, project_id: str, number: int) -> dict[str, Any]:
    """Return what a revision of a record states, as a feature."""
    [revision] = given.store.revisions(project_id, after=number - 1, limit=1)
    return revision.project.to_feature() if revision.project else {}


def _moved(feature: dict[str, Any], before: dict[str, Any]) -> Any:
    """Return the geometry; null where it is the outline of a country in which the record is no longer said to be."""
    geometry, stated = feature.get("geometry"), feature.get("properties")
    old = before["properties"]
    was_outline = old["location_accuracy"] == "country" and geometry == before["geometry"]
    moved = isinstance(stated, dict) and stated.get("country") != old["country"]
    return None if was_outline and moved else geometry


def _write(given: Services, project: Project, expected: int | None, author: str, comment: str | None) -> Revision:
    _check_links(given, project)
    return given.store.write([Change(project.id, project, expected, author, comment)])[0]


def _is_there(given: Services, project_id: str) -> bool:
    try:
        given.catalog.get(project_id)
    except (NotFound, Gone):
        return False
    return True


def _check_links(given: Services, project: Project) -> None:
    errors = []
    for index, link in enumerate(project.properties.links):
        if not _is_there(given, link.project):
            pointer = f"/properties/links/{index}/project"
            errors.append(FieldError(pointer, f"names no record: '{link.project}'", "the id of a record that exists"))
    if errors:
        raise InvalidRecord(errors)


def _expected_revision(request: Request, given: Services, project_id: str) -> int:
    """Return the revision that If-Match names; `*` is the current one.

    A tag of any representation of a revision is taken, since all of them say the same of the record.
    Raises NotFound or Gone, PreconditionMissing, or RevisionConflict (of If-None-Match too: RFC 9110 section 13.1.2).
    """
    current = given.catalog.get(project_id).revision
    if current in _named(request, "if-none-match", current):
        raise RevisionConflict(project_id, None, current)
    if "if-match" not in request.headers:
        raise PreconditionMissing(
            f'Send If-Match with the ETag that GET gave, so that nobody\'s change is lost; it is now at "{current}-…".'
        )
    named = _named(request, "if-match", current)
    if current not in named:
        raise RevisionConflict(project_id, named[0] if named else None, current)
    return current


def _named(request: Request, header: str, current: int) -> list[int]:
    tags = ",".join(request.headers.getlist(header)).split(",")
    found = [re.match(r'\s*(?:W/)?"(\d{1,15})-', tag) for tag in tags]
    return [current] if "*" in (tag.strip() for tag in tags) else [int(tag.group(1)) for tag in found if tag]


def _read_json(request: Request, sent: bytes, media_types: tuple[str, ...]) -> Any:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in media_types:
        raise MediaTypeRefused(f"Send the body as {media_types[0]}; {media_type or 'no media type'} is not read here.")
    try:
        document = read_json(sent)
    except NotJson as error:
        raise NotJson(f"The body is not JSON that can be read: {error}.") from None
    if _is_deeper(document, MOST_DEPTH):
        raise NotJson(f"The body is nested more than {MOST_DEPTH} levels deep; a record needs less than ten.")
    return document


def _is_deeper(document: Any, most: int) -> bool:
    level = [document]
    for _ in range(most):
        inner = [part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list)]
        level = [each for parts in inner for each in parts]
        if not level:
            return False
    return True


def _check_patch(patch: Any) -> None:
    if not isinstance(patch, dict):
        raise InvalidRecord([FieldError("", "is not an object", "an object with the members to change")])
    errors = [FieldError(f"/{name}"[:100], "is no member of a record", _place(name)) for name in set(patch) - _MEMBERS]
    properties = patch.get("properties")
    named = sorted(READ_ONLY_PROPERTIES & set(properties)) if isinstance(properties, dict) else []
    right = "a change of what it follows from: for status, an event with its source"
    errors += [FieldError(f"/properties/{name}", "is derived or kept by the store", right) for name in named]
    if errors:
        raise InvalidRecord(errors)


_MEMBERS = {"type", "id", "geometry", "properties", "bbox", "links", "incoming"}


def _place(name: str) -> str:
    return f"/properties/{name}" if name in Properties.model_fields else "geometry, or properties"


def merge_patch(target: Any, patch: Any) -> Any:
    """Return the target changed by a JSON merge patch (RFC 7396 section 2)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _slugs(feature: Any) -> list[str]:
    """Return ids to try for a new record: country and name, then with a number, then with chance letters."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    stated = properties if isinstance(properties, dict) else {}
    words = re.sub(r"[^a-z0-9]+", "-", fold(f"{stated.get('country', '')} {stated.get('name', '')}"[:300])).strip("-")
    slug = words[:_MOST_SLUG].rstrip("-")
    if not re.fullmatch(ID_PATTERN, slug):
        slug = f"{slug[:2]}-project" if re.fullmatch("[a-z]{2}", slug[:2]) else "xx-project"
    return [slug, *(f"{slug}-{number}" for number in range(2, 6)), *(f"{slug}-{token_hex(4)}" for _ in range(3))]
