"""A project record: its parts, its rules, and its form as a GeoJSON feature. Validation has one place, here."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from geo import boundaries, dates
from geo.columns import PROJECTS
from geo.errors import FieldError, InvalidRecord
from geo.records.derived import derive
from geo.records.fields import ID_PATTERN, ProjectId
from geo.records.geometry import crs_errors, geometry_errors, normalise
from geo.records.parts import Part, Properties
from geo.records.rules import rule_errors
from geo.text import slug

READ_ONLY_PROPERTIES = frozenset(PROJECTS.of("derived")) | frozenset(PROJECTS.of("kept"))


class Project:
    """A valid project record. Make one with `Project.from_feature`; it cannot be changed afterwards."""

    __slots__ = ("geometry", "id", "properties")

    def __init__(self, project_id: str, properties: Properties, geometry: dict[str, Any] | None) -> None:
        self.id = project_id
        self.properties = properties
        self.geometry = geometry

    @classmethod
    def from_feature(cls, feature: Any, *, today: dt.date | None = None) -> Project:
        """Return the record that a GeoJSON feature states.

        Derived and store-kept properties in the feature are read-only and left out. A record whose
        `location_accuracy` is `country` and whose geometry is null gets the country's outline as geometry.

        Raises InvalidRecord with every fault found; JSON pointers are into the feature.
        """
        errors = _member_errors(feature)
        if errors:
            raise InvalidRecord(errors)
        stated = {k: v for k, v in feature["properties"].items() if k not in READ_ONLY_PROPERTIES}
        geometry = feature.get("geometry")
        properties, errors = _read_properties(stated)
        errors += _id_errors(feature.get("id"), stated) + geometry_errors(geometry)
        errors += rule_errors(feature.get("id"), stated, geometry, today or dates.today())
        if properties is not None and properties.location_accuracy == "country" and geometry is None:
            geometry = boundaries.outline(properties.country)
            errors += [] if geometry else [_no_outline(properties.country)]
        if errors or properties is None:
            raise InvalidRecord(_once_per_pointer(errors))
        return cls(feature["id"], properties, normalise(geometry))

    @classmethod
    def from_stored(cls, feature: dict[str, Any]) -> Project:
        """Return the record that a store kept, which was checked when it came in."""
        return cls(feature["id"], Properties.model_validate(feature["properties"]), feature["geometry"])

    def stated(self) -> dict[str, Any]:
        """Return what the record states, as plain values in the schema's order; empty fields are left out."""
        return {k: v for k, v in self.properties.model_dump(exclude_defaults=True).items() if v not in (None, [])}

    def to_feature(self) -> dict[str, Any]:
        """Return the record as a GeoJSON feature without derived properties: the form kept in files and stores."""
        return {"type": "Feature", "id": self.id, "geometry": self.geometry, "properties": self.stated()}

    def derived(self, *, as_of: dt.date | None = None) -> dict[str, Any]:
        """Return the properties that follow from the record; those that are dated as they were on `as_of`."""
        return derive(self.properties, self.geometry, as_of=as_of)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Project):
            return NotImplemented
        return (self.id, self.geometry, self.properties) == (other.id, other.geometry, other.properties)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Project({self.id!r})"


def _member_errors(feature: Any) -> list[FieldError]:
    if not isinstance(feature, dict):
        return [FieldError("", "is not a GeoJSON feature", "an object with type, id, geometry and properties")]
    errors = crs_errors(feature)
    if feature.get("type") != "Feature":
        errors.append(FieldError("/type", "is not Feature", '"Feature"'))
    if not isinstance(feature.get("properties"), dict):
        errors.append(FieldError("/properties", "is missing or no object", "an object with the record's fields"))
    misplaced = [name for name in feature if name in Properties.model_fields and name != "links"]  # OGC has links there
    return errors + [FieldError(f"/{name}", "stands beside properties", f"/properties/{name}") for name in misplaced]


def _no_outline(country: str) -> FieldError:
    right = "an area drawn for it, or location_accuracy undisclosed"
    return FieldError("/geometry", f"is null, and the outline of {country} is not known here", right)


def _id_errors(project_id: Any, stated: dict[str, Any]) -> list[FieldError]:
    try:
        _IdOnly(id=project_id)
    except ValidationError:
        example = slug(f"{stated.get('country', '')} {stated.get('name', '')}"[:300])
        if not re.fullmatch(ID_PATTERN, example):
            example = "bo-rosatom-battery-factory"
        expected = f"a slug of at most 100 characters: country, then name, such as {example}"
        return [FieldError("/id", "is missing or not a slug", expected)]
    return []


class _IdOnly(Part):
    id: ProjectId


def _read_properties(stated: dict[str, Any]) -> tuple[Properties | None, list[FieldError]]:
    try:
        return Properties.model_validate(stated), []
    except ValidationError as error:
        return None, [_field_error(e) for e in error.errors(include_url=False)]


_PLAIN_WORDS = {
    "missing": ("is missing", "this field is required"),
    "extra_forbidden": ("is not a field of a record", "a field named in the schema"),
    "string_type": ("is not text", "text in double quotes"),
    "bool_type": ("is not true or false", "true or false"),
    "float_type": ("is not a number", "a number"),
    "list_type": ("is not a list", "a list"),
    "model_type": ("is not an object", "an object"),
}


def _field_error(error: ErrorDetails) -> FieldError:
    pointer = "/properties" + "".join(f"/{_escaped(part)}" for part in error["loc"])
    context = error.get("ctx", {})
    if error["type"] == "wrong_value":
        return FieldError(pointer, context["problem"], context["expected"])
    if error["type"] in _PLAIN_WORDS:
        return FieldError(pointer, *_PLAIN_WORDS[error["type"]])
    if error["type"] == "string_pattern_mismatch":
        return FieldError(pointer, "does not have the right form", f"text that matches {context['pattern']}")
    bounds = {"ge", "gt", "le", "lt", "min_length", "max_length"} & set(context)
    expected = ", ".join(f"{name.replace('_', ' ')} {context[name]}" for name in sorted(bounds))
    return FieldError(pointer, error["msg"][:1].lower() + error["msg"][1:], expected)


def _escaped(part: int | str) -> str:
    """Escape a JSON pointer token (RFC 6901 section 3), cut to a length that a page can show."""
    return str(part)[:100].replace("~", "~0").replace("/", "~1")


def _once_per_pointer(errors: list[FieldError]) -> list[FieldError]:
    return list({(error.pointer, error.detail): error for error in errors}.values())
