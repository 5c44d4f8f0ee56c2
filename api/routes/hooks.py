"""Web hooks: made by whoever may watch, for the records of a question; listed, and removed by who made them."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from pydantic import Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.asked import question
from api.auth import require
from api.bodies import json_of, received
from api.hooks.definition import HOOKS, MOST_BODY, MOST_HOOKS, MOST_OF_ONE
from api.hooks.messages import ping_message
from api.hooks.reach import MOST_LETTERS, HookRefused, HooksFull, HookUnknown, InvalidHook
from api.hooks.signing import shown
from api.languages import language_of
from api.parameters import FORMED, MATCHING, check_known, read_query
from api.responses import JSON
from api.services import Services, ServicesDep, base_url
from api.writing import turn_to_write
from geo.dates import now
from geo.hooks import Hook, new_id, new_secret
from geo.permissions import WHOLE, Person, may
from geo.records.parts import Part
from geo.records.refused import refused_faults

router = APIRouter(prefix=HOOKS)


class NewHook(Part):
    """The members of a hook that is to be made."""

    url: Annotated[str, Field(max_length=MOST_LETTERS)]


WatcherDep = Annotated[Person, Depends(require("watch"))]
_NOT_KEPT = {"Cache-Control": "no-store"}


@router.post("")
async def make(request: Request, given: ServicesDep, person: WatcherDep) -> Response:
    """Make a hook for the records that the parameters mean, once somebody at its address has answered a message.

    The secret by which messages are signed is told in this answer, and nowhere else.
    """
    read_query(request.query_params, (*MATCHING, "lang"), given.settings.page_size)
    body = await received(request, MOST_BODY, given.settings.body_seconds)
    hook = await run_in_threadpool(_stated, request, given, person, json_of(request, body, (JSON,)))
    await _check_answered(given, hook)
    async with turn_to_write(given):
        await run_in_threadpool(_keep, given, hook)
    told = {**_told(request, hook), "secret": shown(hook.secret)}
    headers = {"Location": _address(request, hook), **_NOT_KEPT}
    return Response(orjson.dumps(told), 201, headers, JSON)


async def _check_answered(given: Services, hook: Hook) -> None:
    try:
        given.sender.reach.target(hook.address)
        answer = await given.sender.send(hook, f"{hook.id}_ping", ping_message(hook))
        if not answer.is_well:
            raise HookRefused("hook-not-answering", answer=answer.told)
    except HookRefused as error:
        raise error.of_hook from None


def _stated(request: Request, given: Services, person: Person, body: Any) -> Hook:
    try:
        stated = NewHook.model_validate(body)
    except ValidationError as error:
        raise InvalidHook(refused_faults(error)) from error
    _check_room(given, person.name)
    return Hook(
        id=new_id(),
        owner=person.name,
        address=stated.url,
        question=question(request.query_params).removeprefix("?"),
        base=base_url(request),
        language=language_of(request).code,
        secret=new_secret(),
        created=now(),
        cursor=given.store.latest_sequence(),
    )


def _check_room(given: Services, owner: str) -> None:
    hooks = given.store.hooks.all()
    if sum(hook.owner == owner for hook in hooks) >= MOST_OF_ONE:
        raise HooksFull("hooks-of-one-full", most=MOST_OF_ONE)
    if len(hooks) >= MOST_HOOKS:
        raise HooksFull("hooks-full", most=MOST_HOOKS)


def _keep(given: Services, hook: Hook) -> None:
    _check_room(given, hook.owner)  # others may have been made while this one was asked
    given.store.hooks.add(hook)


@router.get("")
def listed(request: Request, given: ServicesDep, person: WatcherDep) -> Response:
    """Answer the hooks of who asks, or all of them for who administers."""
    check_known(request.query_params, FORMED)
    hooks = [_told(request, hook) for hook in given.store.hooks.all() if _is_for(person, hook)]
    return Response(orjson.dumps({"hooks": hooks}), 200, _NOT_KEPT, JSON)


@router.get("/{hook_id}")
def one(hook_id: str, request: Request, given: ServicesDep, person: WatcherDep) -> Response:
    """Answer a hook, and what came of its last message."""
    check_known(request.query_params, FORMED)
    return Response(orjson.dumps(_told(request, _hook(given, person, hook_id))), 200, _NOT_KEPT, JSON)


@router.delete("/{hook_id}")
def remove(hook_id: str, request: Request, given: ServicesDep, person: WatcherDep) -> Response:
    """Remove a hook: nothing more is sent."""
    check_known(request.query_params, ())
    given.store.hooks.remove(_hook(given, person, hook_id).id, person.name)
    return Response(status_code=204)


def _hook(given: Services, person: Person, hook_id: str) -> Hook:
    found = given.store.hooks.get(hook_id)
    if found is None or not _is_for(person, found):
        raise HookUnknown("hook-unknown", id=hook_id[:50])
    return found


def _is_for(person: Person, hook: Hook) -> bool:
    return hook.owner == person.name or may(person, "administer", WHOLE)


def _address(request: Request, hook: Hook) -> str:
    return f"{base_url(request)}{HOOKS}/{hook.id}"


def _told(request: Request, hook: Hook) -> dict[str, Any]:
    """Return a hook without its secret."""
    names = ("id", "owner", "question", "language", "created", "state")
    state = ("failures", "failing_since", "next_attempt", "answer", "delivered")
    told = {name: getattr(hook, name) for name in (*names, *state)}
    return {
        **told,
        "url": hook.address,
        "after": hook.cursor,
        "links": [{"href": _address(request, hook), "rel": "self", "type": JSON}],
    }
