"""Keys of a record's claims: short names that tell them apart, and stay while a claim changes.

A claim that comes without a key gets one that is made from what it says, so that the same claim gets the same key in a
file, in a store and in two edits, and different claims that two people add do not meet.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson

from geo.records.parts import CLAIMS, Keyed, Properties

_BYTES = 4  # seven letters and digits: of 200 claims of a record two meet once in 200,000 records


def key_name(name: str) -> str:
    """Return by which member the parts of a list are told apart; "" for a property that is no list of parts."""
    return "key" if name in CLAIMS else "id" if name == "sources" else ""


def with_keys(properties: Properties) -> Properties:
    """Return the properties with a key for every claim."""
    lists: dict[str, list[Keyed]] = {name: getattr(properties, name) for name in CLAIMS}
    missing = {name: claims for name, claims in lists.items() if any(claim.key is None for claim in claims)}
    if not missing:
        return properties
    return properties.model_copy(update={name: _keyed(claims) for name, claims in missing.items()})


def _keyed(claims: list[Keyed]) -> list[Keyed]:
    taken = {claim.key for claim in claims if claim.key is not None}
    keyed: list[Keyed] = []
    for claim in claims:
        key = claim.key or _free(_made_from(claim), taken)
        taken.add(key)
        keyed.append(claim.model_copy(update={"key": key}))
    return keyed


def _made_from(claim: Keyed) -> str:
    said = claim.model_dump(exclude_defaults=True, exclude={"key"})
    digest = hashlib.blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=_BYTES).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def _free(key: str, taken: set[str]) -> str:
    """Two claims of one list that say the very same have one key after the other."""
    return next(free for n in range(1, 1_000) if (free := key if n == 1 else f"{key}-{n}") not in taken)


def without_made_keys(properties: Properties) -> dict[str, list[dict[str, Any]]]:
    """Return the lists of claims, plain, without the keys that are made from what the claims say now."""
    lists: dict[str, list[Keyed]] = {name: getattr(properties, name) for name in CLAIMS}
    return {name: [_bare(claim) for claim in claims] for name, claims in lists.items() if claims}


def _bare(claim: Keyed) -> dict[str, Any]:
    is_made = (claim.key or "").partition("-")[0] == _made_from(claim)
    return claim.model_dump(exclude_defaults=True, exclude={"key"} if is_made else set())


def with_kept_keys(stated: dict[str, Any], before: Properties) -> dict[str, Any]:
    """Return what an edit states, with the keys of the claims that it keeps or changes without naming their keys.

    A claim is known again when it says just the same, or else by the fields that tell its kind apart, where they leave
    no choice.
    """
    kept = {name: _kept(stated[name], getattr(before, name), form) for name, form in CLAIMS.items() if name in stated}
    return {**stated, **kept}


def _kept(claims: Any, before: list[Keyed], form: type[Keyed]) -> Any:
    if not isinstance(claims, list) or not all(isinstance(claim, dict) for claim in claims):
        return claims  # validation says what is wrong with it
    named = {key for claim in claims if isinstance(key := claim.get("key"), str)}
    old = [part.model_dump(exclude_defaults=True) for part in before if part.key not in named]
    keys: dict[int, str] = {}
    everything = tuple(name for name in form.model_fields if name != "key")
    for fields in (everything, *form.same_by):
        _recognise(claims, old, fields, form, keys)
    return [{**claim, "key": keys[index]} if index in keys else claim for index, claim in enumerate(claims)]


def _recognise(
    claims: list[Any], old: list[Any], fields: tuple[str, ...], form: type[Keyed], keys: dict[int, str]
) -> None:
    """Give keys to the claims that are alike in these fields with just one that is left, and alike with no other."""
    new = [(index, _said(claim, fields, form)) for index, claim in enumerate(claims) if claim.get("key") is None]
    waiting = [(index, said) for index, said in new if index not in keys]
    left = [(part["key"], _said(part, fields, form)) for part in old if part["key"] not in keys.values()]
    for index, said in waiting:
        alike = [key for key, other in left if other == said]
        if len(alike) == 1 and sum(other == said for _, other in waiting) == 1:
            keys[index] = alike[0]


def _said(claim: dict[str, Any], fields: tuple[str, ...], form: type[Keyed]) -> list[Any]:
    defaults = {name: field.default for name, field in form.model_fields.items() if not field.is_required()}
    return [claim.get(name, defaults.get(name)) for name in fields]
