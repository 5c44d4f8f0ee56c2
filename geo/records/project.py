"""A project record: its parts, its rules, and its form as a GeoJSON feature. Validation has one place, here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import TypeAdapter, ValidationError
from shapely.geometry.base import BaseGeometry

from geo import boundaries, dates
from geo.columns import PROJECTS
from geo.errors import InvalidRecord
from geo.faults import Fault, fault
from geo.records.derived import derive
from geo.records.fields import ProjectId
from geo.records.geometry import crs_errors, geometry_errors, normalise, to_shape
from geo.records.history import History
from geo.records.ids import proposed_ids
from geo.records.kept import kept_properties
from geo.records.keys import with_keys
from geo.records.parts import Properties
from geo.records.places import location_doubt
from geo.records.refused import refused_faults
from geo.records.rules import rule_errors

READ_ONLY_PROPERTIES = frozenset(PROJECTS.of("derived")) | frozenset(PROJECTS.of("kept"))
_STATED = Properties.model_fields.keys() - {"links"}  # which OGC has beside the properties
_ID: TypeAdapter[str] = TypeAdapter(ProjectId)


class Project:
    """A valid project record. Make one with `Project.from_feature`; it cannot be changed afterwards."""

    __slots__ = ("_doubt", "_history", "_shape", "_stated", "geometry", "id", "properties")

    def __init__(self, project_id: str, properties: Properties, geometry: dict[str, Any] | None) -> None:
        self.id = project_id
        self.properties = properties
        self.geometry = geometry
        self._history: History | None = None
        self._shape: BaseGeometry | None = None
        self._doubt: tuple[str | None] | None = None
        self._stated: dict[str, Any] | None = None  # as the store had it; otherwise it would only take memory

    @property
    def history(self) -> History:
        """The record's events in order, made once."""
        if self._history is None:
            self._history = History(self.properties)
        return self._history

    @property
    def shape(self) -> BaseGeometry | None:
        """The geometry as shapely has it, made once."""
        if self._shape is None:
            self._shape = to_shape(self.geometry)
        return self._shape

    @property
    def location_doubt(self) -> str | None:
        """The code of what is odd about the place, looked for once; None where nothing is."""
        if self._doubt is None:
            self._doubt = (location_doubt(self.properties.country, self.shape),)
        return self._doubt[0]

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
            errors += [] if geometry else [fault("/geometry", "outline-unknown", country=properties.country)]
        if errors or properties is None:
            raise InvalidRecord(list(dict.fromkeys(errors)))
        return cls(feature["id"], with_keys(properties), normalise(geometry))

    @classmethod
    def from_stored(cls, feature: dict[str, Any]) -> Project:
        """Return the record that a store kept, checked when it came in; the claims of an older one get their keys."""
        stated = feature["properties"]
        properties = kept_properties(stated)
        project = cls(feature["id"], with_keys(properties), feature["geometry"])
        project._stated = stated if project.properties is properties else None
        return project

    def stated(self) -> dict[str, Any]:
        """Return what the record states, as plain values in the schema's order; empty fields are left out.

        The values within may be the record's own, as its geometry is: others may take their place, they stay as they
        are.
        """
        if self._stated is not None:
            return {**self._stated}
        said = self.properties.model_dump(exclude_defaults=True)
        return {name: value for name, value in said.items() if value not in (None, [])}

    def to_feature(self) -> dict[str, Any]:
        """Return the record as a GeoJSON feature without derived properties: the form kept in files and stores."""
        return {"type": "Feature", "id": self.id, "geometry": self.geometry, "properties": self.stated()}

    def derived(self, *, as_of: dt.date | None = None) -> dict[str, Any]:
        """Return the properties that follow from the record; those that are dated as they were on `as_of`."""
        return derive(self.properties, self.history, self.location_doubt, as_of)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Project):
            return NotImplemented
        return (self.id, self.geometry, self.properties) == (other.id, other.geometry, other.properties)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Project({self.id!r})"


def _member_errors(feature: Any) -> list[Fault]:
    if not isinstance(feature, dict):
        return [fault("", "not-a-feature")]
    errors = crs_errors(feature)
    if feature.get("type") != "Feature":
        errors.append(fault("/type", "type-not-feature"))
    if not isinstance(feature.get("properties"), dict):
        errors.append(fault("/properties", "properties-missing"))
    return errors + [fault(f"/{name}", "beside-properties", name=name) for name in feature if name in _STATED]


def _id_errors(project_id: Any, stated: dict[str, Any]) -> list[Fault]:
    try:
        _ID.validate_python(project_id, strict=True)
    except ValidationError:
        return [fault("/id", "id-form", example=next(proposed_ids(stated)))]
    return []


def _read_properties(stated: dict[str, Any]) -> tuple[Properties | None, list[Fault]]:
    try:
        return Properties.model_validate(stated), []
    except ValidationError as error:
        return None, refused_faults(error, "/properties")
