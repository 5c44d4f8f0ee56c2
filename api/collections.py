"""Which collections there are: what each holds, who answers for it, and where people read what is in it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends

from api.problems import CollectionUnknown
from api.services import Services
from geo.catalog import FeatureCatalog
from geo.columns import COUNTRIES, ORGANISATIONS, PROJECTS, Columns
from geo.formats.selection import Contents
from geo.gathered.schema import parts_of_countries, parts_of_organisations
from geo.records.schema import parts_schemas
from geo.schemas import Schema

ROOT = "/api/collections"


@dataclass(frozen=True)
class Collection:
    """A collection of features (OGC 17-069r4, section 7.13); `page`, with `{}` for an id, is where people read one.

    `parts` are the schemas of what features hold besides columns. `is_edited` says whether records are added and
    changed there, `is_spatial` whether features have places.
    """

    id: str
    title: str
    description: str
    columns: Columns
    catalog: Callable[[Services], FeatureCatalog]
    parts: Callable[[], Mapping[str, Schema]] = dict
    page: str | None = None
    is_edited: bool = False
    is_spatial: bool = True

    @property
    def item_type(self) -> str:
        """What is in it: features have places, and are looked for by them; what has none is a record."""
        return "feature" if self.is_spatial else "record"

    @property
    def has_events(self) -> bool:
        """Whether features lie in time, from their first event to their last."""
        return "first_date" in self.columns

    @property
    def path(self) -> str:
        """The path of the collection."""
        return f"{ROOT}/{self.id}"

    @functools.cached_property
    def contents(self) -> Contents:
        """What is in a file of its features."""
        return Contents(self.id, self.columns, self.parts(), self.is_spatial)

    @functools.cached_property
    def properties(self) -> tuple[str, ...]:
        """The names of all properties that its features can have."""
        return (*(column.name for column in self.columns if column.origin != "indexed"), *self.parts())

    @property
    def items(self) -> str:
        """The path of its features."""
        return f"{self.path}/items"

    def page_of(self, feature_id: str) -> str | None:
        """Return the path at which people read a feature."""
        return None if self.page is None else self.page.format(quote(feature_id, safe=""))


OF_PROJECTS = Collection(
    "projects",
    "Lithium and battery projects",
    "From salt flat to recycling: where, who, how big, what stage it has reached, and who says so.",
    PROJECTS,
    lambda given: given.catalog,
    parts=parts_schemas,
    page="/projects/{}",
    is_edited=True,
)
OF_ORGANISATIONS = Collection(
    "organisations",
    "Organisations behind the projects",
    "Who holds whom, with the sources that say so, and what the projects of each come to: those that name it or one "
    "that it holds, whatever the share, each counted whole.",
    ORGANISATIONS,
    lambda given: given.gathered.organisations,
    parts=parts_of_organisations,
    is_spatial=False,
)
OF_COUNTRIES = Collection(
    "countries",
    "Countries and their projects",
    "Every country with its area, and what the projects in it come to. No sum mixes what is planned and what is built.",
    COUNTRIES,
    lambda given: given.gathered.countries,
    parts=parts_of_countries,
)
COLLECTIONS = {each.id: each for each in (OF_PROJECTS, OF_ORGANISATIONS, OF_COUNTRIES)}


def collection_named(collection_id: str) -> Collection:
    """Return a collection by its id; raises CollectionUnknown."""
    found = COLLECTIONS.get(collection_id)
    if found is None:
        raise CollectionUnknown("collection-unknown", id=collection_id[:50], known=tuple(COLLECTIONS))
    return found


CollectionDep = Annotated[Collection, Depends(collection_named)]
