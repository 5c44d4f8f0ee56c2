"""The parts of a record, field by field, each with its bounds."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from geo.records.fields import (
    CapacityBasis,
    CheckedFound,
    Country,
    Dataset,
    Date,
    DateBasis,
    Day,
    EventBasis,
    EventType,
    GradeUnit,
    Kilometres,
    Kind,
    Line,
    LinkType,
    LocationAccuracy,
    Name,
    Note,
    OrganisationId,
    OwnerRole,
    Paragraph,
    PartKey,
    Percent,
    Product,
    ProjectId,
    Qualifier,
    Quantity,
    ResourceCategory,
    Scope,
    SourceId,
    SourceIds,
    SourceType,
    Status,
    Substance,
    Title,
    Unit,
    Url,
)


def _several(most: int) -> Any:
    """Return the field of a list that may be left out; a list made anew is quicker than one that is copied."""
    return Field(default_factory=list, max_length=most, json_schema_extra={"default": []})


class Part(BaseModel):
    """A piece of a record; it names no other field than its own, and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Keyed(Part):
    """A claim: a part that rests on sources, told apart by a key that stays while the part changes.

    `same_by` names the fields by which a part that comes without its key is known again, surest first.
    """

    same_by: ClassVar[tuple[tuple[str, ...], ...]] = ()

    key: PartKey | None = None


class Source(Part):
    """A text that makes claims: where it is, who published it, when, and the few words that carry the claim.

    `url` is the publisher's own address; `read_at` is where a copy was read, which nobody is sent to.
    """

    id: SourceId
    url: Url | None = None
    title: Title
    publisher: Name | None = None
    published: Date | None = None
    accessed: Day | None = None
    archived_url: Url | None = None
    read_at: Url | None = None
    type: SourceType | None = None
    quote: Annotated[str, Paragraph(300)] | None = None


class Event(Keyed):
    """Something that happened to the project, or that somebody expects to happen."""

    same_by = (("type", "status", "summary"), ("date", "type", "status"))

    date: Date
    date_basis: DateBasis = "happened"
    type: EventType
    status: Status | None = None
    expected: bool = False
    basis: EventBasis = "stated"
    summary: Annotated[str, Paragraph(1000)]
    sources: SourceIds


class Owner(Keyed):
    """One party to the project, its role and, where a source states it, its share."""

    same_by = (("name", "role"), ("name",))

    name: Name
    organisation: OrganisationId | None = None
    role: OwnerRole
    share_pct: Percent | None = None
    pending: bool = False
    as_of: Date | None = None
    sources: SourceIds


class Capacity(Keyed):
    """What the project makes, or is to make, in a year; or what a storage plant holds."""

    same_by = (("product", "unit", "basis", "scope", "as_of", "note"), ("product", "unit", "basis", "scope"))

    product: Product
    value: Quantity
    unit: Unit
    basis: CapacityBasis
    qualifier: Qualifier = "unknown"
    scope: Scope = "this_plant"
    as_of: Date | None = None
    note: Note | None = None
    sources: SourceIds


class Resource(Keyed):
    """A mineral resource or reserve: contained tonnes of a substance, and the grade."""

    same_by = (("category", "substance", "as_of"), ("category", "substance"))

    category: ResourceCategory
    substance: Substance
    tonnes: Quantity | None = None
    grade: Quantity | None = None
    grade_unit: GradeUnit | None = None
    qualifier: Qualifier = "unknown"
    reporting_code: Annotated[str, Line(60)] | None = None
    as_of: Date | None = None
    note: Note | None = None
    sources: SourceIds


class Link(Keyed):
    """How this project stands to another record."""

    same_by = (("type", "project"), ("project",))

    type: LinkType
    project: ProjectId
    sources: SourceIds


class Investment(Keyed):
    """A sum of money that a source names for the project."""

    same_by = (("currency", "purpose", "date"), ("currency", "purpose"))

    amount: Quantity
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217 code")]
    purpose: Name | None = None
    basis: CapacityBasis = "planned"
    qualifier: Qualifier = "unknown"
    date: Date | None = None
    sources: SourceIds


class ExternalId(Part):
    """The project's own identifier in a dataset of somebody else."""

    dataset: Dataset
    id: Annotated[str, Line(100)]


class Properties(Part):
    """Everything that a contributor states about a project; the rest is derived from it or kept by the store."""

    name: Name
    other_names: list[Name] = _several(30)
    kind: Kind
    country: Country
    region: Name | None = None
    locality: Name | None = None
    location_accuracy: LocationAccuracy
    location_radius_km: Kilometres | None = None
    location_note: Annotated[str, Paragraph(1000)] | None = None
    location_sources: list[SourceId] = _several(50)
    summary: Annotated[str, Paragraph(2000)] | None = None
    events: list[Event] = _several(200)
    owners: list[Owner] = _several(50)
    capacities: list[Capacity] = _several(100)
    resource: list[Resource] = _several(50)
    investment: list[Investment] = _several(50)
    links: list[Link] = _several(50)
    external_ids: list[ExternalId] = _several(50)
    checked: Day | None = None
    checked_found: CheckedFound | None = None
    sources: Annotated[list[Source], Field(min_length=1, max_length=200)]


# The lists of claims, by the name of the property, with the form of their parts.
CLAIMS: dict[str, type[Keyed]] = {
    "events": Event,
    "owners": Owner,
    "capacities": Capacity,
    "resource": Resource,
    "investment": Investment,
    "links": Link,
}
