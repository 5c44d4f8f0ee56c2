"""The parts of a record from plain values that were checked when they came in: nothing is checked a second time."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, TypeVar

from geo.records.parts import CLAIMS, ExternalId, Part, Properties, Source

P = TypeVar("P", bound=Part)

_FORMS: list[tuple[str, type[Part]]] = [*CLAIMS.items(), ("external_ids", ExternalId), ("sources", Source)]
_TEXTS = ("other_names", "location_sources")
_set = object.__setattr__  # a part cannot be changed once it is made


def kept_properties(stated: Mapping[str, Any]) -> Properties:
    """Return what a record states: the same as validation gives, in a fifth of its time."""
    made = {name: stated.get(name, []) for name in _TEXTS}
    for name, form in _FORMS:
        made[name] = [_part(form, part) for part in stated[name]] if name in stated else []
    return _part(Properties, stated, made)


def _part(form: type[P], stated: Mapping[str, Any], made: Mapping[str, Any] | None = None) -> P:
    """Return a part; `made` are fields in place of their plain values.

    Raises ValidationError for a field that this release does not know.
    """
    unsaid = _unsaid(form)
    values = {**unsaid, **stated, **made} if made else {**unsaid, **stated}
    if len(values) > len(unsaid):
        return form.model_validate(stated)  # which says what is not known
    part = form.__new__(form)
    _set(part, "__dict__", values)  # as a pickle does: `model_construct` takes as long as validation
    _set(part, "__pydantic_fields_set__", set(stated))
    _set(part, "__pydantic_extra__", None)
    _set(part, "__pydantic_private__", None)
    return part


@functools.cache
def _unsaid(form: type[Part]) -> dict[str, Any]:
    """Return every field in the schema's order, with what it holds where nothing is said."""
    return {name: field.get_default(call_default_factory=True) for name, field in form.model_fields.items()}
