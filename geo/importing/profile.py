"""An import profile: how a publisher's own file becomes records, as a table that is data (`profiles/*.toml`)."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from geo.errors import DataFileError
from geo.importing.table import Row
from geo.records.refused import refused_faults


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Case(_Table):
    """A condition on a row: every column named matches its pattern whole, case-insensitively; `""` is an empty cell."""

    when: dict[str, str] = {}

    def holds(self, row: Row) -> bool:
        return all(re.fullmatch(pattern, row.get(column, ""), re.IGNORECASE) for column, pattern in self.when.items())


class LeaveOut(Case):
    """Rows that become no record, and why."""

    reason: str


class KindCase(Case):
    """The kind of the rows that match; the first case that holds counts."""

    kind: str


class PlaceCase(Case):
    """How well the point of the rows that match is known; the first case that holds counts."""

    accuracy: str
    radius_km: float | None = None
    note: str


class EventCase(Case):
    """An event that the rows that match become; `date` and `summary` are templates of columns."""

    date: str
    type: str
    status: str | None = None
    date_basis: str = "happened"
    summary: str
    reference: str | None = None


class OwnersTable(_Table):
    """The column of the parties, the pattern that parts them, and their role."""

    column: str
    split: str = r"\s*/\s*"
    role: str = "owner"


class Amount(Case):
    """A number of a column that becomes a resource, a capacity or an investment.

    `factor` turns the column's unit into the record's; `fixed` holds the other fields; `note` is a template.
    """

    part: Literal["resource", "capacities", "investment"]
    column: str
    factor: float = 1
    field: str
    fixed: dict[str, str]
    note_field: str = "note"
    note: str | None = None
    reference: str | None = None
    grade: Grade | None = None


class Grade(_Table):
    """The columns of a grade and of its unit, and for each unit as written the factor and the unit of the record."""

    column: str
    unit_column: str
    units: dict[str, tuple[float, str]]


class Layer(_Table):
    """A table in a file: the sheet's name (XLSX only) and the line, from 1, that holds the column names.

    In JSON, `each` names a list in each entry whose members are the rows; the entry's own columns stand beside theirs,
    and members of an object are columns named `object.member`.
    """

    layer: str | None = None
    header: int = 1
    each: str | None = None


class References(Layer):
    """The sheet that says which text a reference number means."""

    id: str
    url: str
    author: str
    year: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.id, self.url, self.author, self.year)


class SourceTable(_Table):
    """The dataset itself, as a source of every record."""

    url: str
    title: str
    publisher: str
    published: str
    accessed: str
    read_at: str | None = None
    type: str = "dataset"


class Profile(_Table):
    """The whole table of one publisher's file.

    `identifier` is the column by which the publisher tells its rows apart or, where it has none, the columns that do
    so together; `cut` holds, by column, the pattern of what is taken out of its cells first; `says_nothing`, by column,
    that of cells of which no claim is expected; `crs` the reference system of the two coordinates where it is not
    WGS 84; `date_form` how the file writes dates, as `strptime` has it, where not ISO 8601.
    """

    dataset: str
    file: Layer
    cut: dict[str, str] = {}
    says_nothing: dict[str, str] = {}
    crs: str | None = None
    date_form: str | None = None
    source: SourceTable
    references: References | None = None
    identifier: str | tuple[str, ...]
    name: str
    country: str
    countries: dict[str, str] = {}
    region: str | None = None
    locality: tuple[str, str] | None = None
    longitude: str
    latitude: str
    summary: str
    leave_out: list[LeaveOut] = []
    kinds: list[KindCase]
    places: list[PlaceCase]
    events: list[EventCase] = []
    owners: OwnersTable | None = None
    amounts: list[Amount] = []
    enrich: list[str] = []

    @property
    def identified_by(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        return (self.identifier,) if isinstance(self.identifier, str) else self.identifier

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the profile uses, each once."""
        cases: list[Case] = [*self.leave_out, *self.kinds, *self.places, *self.events, *self.amounts]
        cited = [event.reference for event in self.events] + [amount.reference for amount in self.amounts]
        used = [*self.identified_by, self.longitude, self.latitude, *self.cut, *self.says_nothing]
        used += [column for case in cases for column in case.when]
        used += [column for text in self._templates() for column in columns_in(text)]
        used += [self.locality[0]] if self.locality else []
        used += [self.owners.column] if self.owners else []
        used += [reference for reference in cited if reference]
        for amount in self.amounts:
            used += [amount.column] + ([amount.grade.column, amount.grade.unit_column] if amount.grade else [])
        return tuple(column for column in dict.fromkeys(used) if column not in _MADE)

    def _templates(self) -> list[str]:
        told = [text for event in self.events for text in (event.date, event.summary)]
        notes = [amount.note or "" for amount in self.amounts]
        return [self.name, self.country, self.region or "", self.summary, *told, *notes]


# What a template may name beside columns: it is made of them.
_MADE = ("locality", "identifier")


def profile_names() -> list[str]:
    """Return the names of the profiles that there are."""
    files = resources.files("geo.importing").joinpath("profiles").iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def read_profile(name: str) -> Profile:
    """Return a profile by name; raises DataFileError where there is none, or where its table is wrong."""
    if name not in profile_names():
        raise DataFileError("no-profile", name=name, known=tuple(profile_names()))
    text = resources.files("geo.importing").joinpath("profiles", f"{name}.toml").read_text(encoding="utf-8")
    try:
        return Profile.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise DataFileError("profile-wrong", refused_faults(error), name=name) from error


_COLUMN = re.compile(r"\{([^}]+)\}")


def fill(template: str, row: Row) -> str:
    """Return the template with the row's cells in place of `{column}`, blanks joined."""
    return " ".join(_COLUMN.sub(lambda match: row.get(match[1], ""), template).split())


def columns_in(template: str) -> list[str]:
    """Return the columns that a template names."""
    return _COLUMN.findall(template)


def first_case(cases: list[Any], row: Row) -> Any:
    """Return the first case that holds for the row, or None."""
    return next((case for case in cases if case.holds(row)), None)
