"""Who is behind the projects: `data/organisations.json`, with the parents that a source names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from geo.curated.files import within
from geo.curated.tables import read_table
from geo.errors import DataFileError
from geo.records.fields import Country, Date, Line, Name, OrganisationId, OrganisationType, Percent, Url
from geo.records.parts import Owner
from geo.text import ascii_words, slug

FILE = "organisations.json"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Parent(_Part):
    """An organisation that holds another, its share where a source states it, and that source."""

    organisation: OrganisationId
    share_pct: Percent | None = None
    as_of: Date | None = None
    source: Url


class Organisation(_Part):
    """A company, state body or joint venture that records name as a party."""

    id: OrganisationId
    name: Name
    other_names: list[Name] = []
    country: Country | None = None
    type: OrganisationType
    parents: list[Parent] = []
    lei: Annotated[str, Line(20)] | None = None
    register_id: Annotated[str, Line(60)] | None = None


class Organisations:
    """The organisations by id and by name, and who holds whom."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self.all = list(organisations)
        self._by_id = {each.id: each for each in self.all}
        self._by_name = {ascii_words(name): each.id for each in self.all for name in (each.name, *each.other_names)}
        self._holders = {each.id: self._held_by(each.id) for each in self.all}
        self._held = _turned(self._holders)

    def __contains__(self, organisation_id: object) -> bool:
        return organisation_id in self._by_id

    def __getitem__(self, organisation_id: str) -> Organisation:
        return self._by_id[organisation_id]

    def id_of(self, name: str) -> str:
        """Return the id of the organisation of this name; where none is known, the name as a slug."""
        return self._by_name.get(ascii_words(name)) or slug(name)

    def parties(self, owners: Iterable[Owner]) -> frozenset[str]:
        """Return the ids of the parties that a record names and of all who hold them."""
        return frozenset(holder for owner in owners for holder in self.holders(self._party(owner)))

    def names(self, owners: Iterable[Owner]) -> dict[str, str]:
        """Return the names of the parties of a record, by id; that of an organisation is its own, not the record's."""
        ids = [(self._party(owner), owner.name) for owner in reversed(list(owners))]
        return {each: self._by_id[each].name if each in self._by_id else name for each, name in ids}

    def _party(self, owner: Owner) -> str:
        return owner.organisation or self.id_of(owner.name)

    def holders(self, organisation_id: str) -> frozenset[str]:
        """Return the organisation and everyone who holds it, whatever the share, up to the top."""
        return self._holders.get(organisation_id) or frozenset((organisation_id,))

    def held(self, organisation_id: str) -> frozenset[str]:
        """Return everyone whom an organisation holds, whatever the share, down to the last; it itself is not one."""
        return self._held.get(organisation_id, frozenset()) - {organisation_id}

    def _held_by(self, organisation_id: str) -> frozenset[str]:
        found, waiting = set[str](), [organisation_id]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                known = self._by_id.get(current)
                waiting += [parent.organisation for parent in known.parents] if known else []
        return frozenset(found)


def _turned(holders: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return whom each holds, by who holds each."""
    held: dict[str, set[str]] = {}
    for each, above in holders.items():
        for holder in above:
            held.setdefault(holder, set()).add(each)
    return {holder: frozenset(below) for holder, below in held.items()}


def read_organisations(folder: Path) -> Organisations:
    """Return the organisations of a data folder; none where the file is missing.

    Raises DataFileError for a file that is no list of organisations, or whose parents are not in it.
    """
    file = within(folder, FILE)
    if not file.exists():
        return Organisations([])
    found = read_table(file, Organisation, "not-organisations")
    _check_parents(file, found)
    return Organisations(found)


def _check_parents(file: Path, organisations: list[Organisation]) -> None:
    ids = [each.id for each in organisations]
    if len(set(ids)) < len(ids):
        raise DataFileError("organisation-twice", file=str(file))
    for each in organisations:
        for parent in each.parents:
            if parent.organisation not in ids:
                values = {"parent": parent.organisation, "organisation": each.id}
                raise DataFileError("parent-unknown", file=str(file), **values)
