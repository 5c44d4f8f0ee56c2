"""A publisher's file against the records that are there: what is new, the same, doubtful, or left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from geo.checks.alike.likeness import km_between, likeness_of, names_agree
from geo.checks.alike.told import Told, told_of
from geo.checks.places import SECOND_POINT_KM
from geo.curated.decisions import Decision, read_decisions
from geo.curated.files import read_projects, replace_file, within, write_dataset
from geo.curated.points import FILE, DatasetPoints, points_text, read_dataset_points
from geo.editing import stating
from geo.errors import DataFileError, InvalidRecord
from geo.faults import Fault, fault
from geo.importing.file import read_rows
from geo.importing.identifiers import Point, identifiers_of
from geo.importing.profile import Profile, columns_in
from geo.importing.reading import Reading
from geo.importing.rows import project_of
from geo.importing.table import FileRow, LeftOut, Row
from geo.joining import add_sources, cited, taken_over
from geo.records.ids import proposed_ids
from geo.records.project import Project
from geo.text import slug
from geo.vocabulary import LOCATION_ACCURACIES

_MOST_REASON = 300  # characters


@dataclass(frozen=True)
class Doubt:
    """A row that may be a record that is there; a curator decides it in the decisions file."""

    row: str
    name: str
    alike: list[str]


@dataclass
class ImportReport:
    """What the rows of a file are: new records, records that gain claims, doubtful rows, and rows left out with why.

    `unread` has the cells of which no claim comes because nobody can read them; `odd` the rows that are known, and say
    something else than the edition before did, so that they may be another project's now. `gone` has the identifiers
    that records have and no row of this edition.
    """

    created: list[Project] = field(default_factory=list)
    enriched: dict[str, Project] = field(default_factory=dict)
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    doubtful: list[Doubt] = field(default_factory=list)
    left_out: list[tuple[str, LeftOut | InvalidRecord]] = field(default_factory=list)
    unread: list[Fault] = field(default_factory=list)
    odd: list[Fault] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    points: DatasetPoints = field(default_factory=dict)


def import_file(profile: Profile, path: Path, folder: Path) -> ImportReport:
    """Compare a publisher's file with the records of a data folder, by the decisions there; nothing is written.

    A row whose identifier a record has is known. A row that is decided to be the same as a record, or a phase of it,
    gives it its identifier and the claims that the profile lets it give. A row that looks like a record and is not
    decided is doubtful. Raises DataFileError where the file cannot be read, or is not what the profile is for: where
    none of its rows is any of these though records are known by this dataset, its columns stand under other headings.
    """
    rows = read_rows(path, profile.file, profile.columns)
    importing = _Importing(profile, folder, _references(profile, path))
    known = importing.known()
    identifiers = identifiers_of(profile, rows, known)
    for row, identifier in zip(rows, identifiers, strict=True):
        importing.take(row, identifier)
    report = importing.report
    if known and len(report.left_out) == len(rows):
        reason = str(report.left_out[0][1])[:_MOST_REASON]
        raise DataFileError("rows-none-fit", file=str(path), count=len(rows), known=len(known), reason=reason)
    report.gone = [f"{profile.dataset}:{each}" for each in sorted(known.keys() - set(identifiers))]
    return report


class _Records:
    """The records that are there, and the identifiers by which other datasets know them."""

    def __init__(self, projects: Iterable[Project]) -> None:
        self.by_id: dict[str, Project] = {}
        self.by_identifier: dict[str, Project] = {}
        self._told: dict[str, Told] = {}
        for project in projects:
            self.put(project)

    def put(self, project: Project) -> None:
        self.by_id[project.id] = project
        self._told[project.id] = told_of(project)
        self.by_identifier |= {f"{known.dataset}:{known.id}": project for known in project.properties.external_ids}

    def like(self, project: Project) -> list[str]:
        """Return the ids of those that may be one project with another."""
        told = told_of(project)
        return [each.id for each in self._told.values() if likeness_of(told, each) is not None]


class _Importing:
    """The rows of a file, one after the other, against what is there and what came before them."""

    def __init__(self, profile: Profile, folder: Path, references: dict[str, Row]) -> None:
        self.report = ImportReport()
        self._profile, self._references = profile, references
        self._there = _Records(read_projects(within(folder, "projects")))
        self._decisions, self._points = read_decisions(folder), read_dataset_points(folder)
        self._rows: dict[str, int] = {}

    def known(self) -> dict[str, Point | None]:
        """Return the dataset's identifiers that records have, each with where the dataset, or else the record, is."""
        beginning = f"{self._profile.dataset}:"
        return {
            name.removeprefix(beginning): self._points.get(name) or _point_of(project)
            for name, project in self._there.by_identifier.items()
            if name.startswith(beginning)
        }

    def take(self, row: FileRow, identifier: str) -> None:
        """Find out what a row is, and put it into the report."""
        named = f"{self._profile.dataset}:{identifier}"
        reading = Reading(self._profile, row, identifier)
        try:
            if row.fault is not None:
                raise row.fault
            project = project_of(self._profile, reading, self._references)
            first = self._rows.setdefault(named, row.number)
            if first != row.number:
                raise LeftOut("identifier-twice", row=row.number, first=first)
        except (LeftOut, InvalidRecord) as reason:
            self.report.left_out.append((named, reason))
        else:
            self._take(named, project, row.number)
        self.report.unread += reading.unread

    def _take(self, identifier: str, project: Project, row: int) -> None:
        decided = self._decisions.taken_in(identifier)
        there, report = self._there, self.report
        if identifier in there.by_identifier:
            report.known.append(identifier)
            self._compare(identifier, project, row)
        elif decided is not None and decided.second in there.by_id:
            merged = _merge(there.by_id[decided.second], project, self._profile, decided)
            there.put(merged)
            report.enriched[merged.id] = merged
            report.taken.append((identifier, merged.id, decided.decision))
            self._place(identifier, project)
        else:
            self._take_new(identifier, project)

    def _take_new(self, identifier: str, project: Project) -> None:
        alike = self._there.like(project)
        doubts = sorted({each for each in alike if self._decisions.of(identifier, each) is None})
        if doubts:
            self.report.doubtful.append(Doubt(identifier, project.properties.name, doubts))
            return
        made = _with_free_id(project, identifier, self._there.by_id)
        self._there.put(made)
        self.report.created.append(made)
        self._place(identifier, project)

    def _compare(self, identifier: str, project: Project, row: int) -> None:
        """Say where a known row says something else than it did; its point is written only where it does not."""
        before, now = self._points.get(identifier), _point_of(project)
        record = self._there.by_identifier[identifier]
        km = km_between(before, now) if before and now else 0.0
        if km > SECOND_POINT_KM:
            self._odd(identifier, "row-moved", row=row, km=km, record=record.id)
        elif not self._is_called_so(identifier, project, record):
            self._odd(identifier, "row-renamed", row=row, name=project.properties.name, record=record.id)
        else:
            self._place(identifier, project)

    def _is_called_so(self, identifier: str, project: Project, record: Project) -> bool:
        """Return whether a row bears a name of its record; where it is known by its name it does.

        One that is decided to be the same, or a phase of it, may bear its own.
        """
        by_name = set(columns_in(self._profile.name)) <= set(self._profile.identified_by)
        decided = self._decisions.of(identifier, record.id)
        return by_name or names_agree(project, record) or (decided is not None and decided.decision != "different")

    def _odd(self, identifier: str, rule: str, **values: str | float) -> None:
        self.report.odd.append(fault("", rule, "warning", **values).of(identifier))

    def _place(self, identifier: str, project: Project) -> None:
        point = _point_of(project)
        if point is not None:
            self.report.points[identifier] = point


def _point_of(project: Project) -> Point | None:
    if project.geometry is None or project.geometry["type"] != "Point":
        return None
    longitude, latitude = project.geometry["coordinates"]
    return longitude, latitude


def _with_free_id(project: Project, identifier: str, records: dict[str, Project]) -> Project:
    if project.id not in records:
        return project
    proposed = (slug(f"{project.id[:50]} {identifier}"), *proposed_ids(project.stated()))
    free = next(each for each in proposed if each not in records)
    return Project.from_feature({**project.to_feature(), "id": free})


def write_import(report: ImportReport, folder: Path) -> list[Path]:
    """Write the new and the enriched records, and where the dataset places the known ones, into a data folder.

    Returns the files that changed.
    """
    records = within(folder, "projects")
    projects = {project.id: project for project in read_projects(records)}
    projects |= {project.id: project for project in report.created} | report.enriched
    before = {file: file.read_bytes() for file in (records).glob("*.geojson")}
    files = write_dataset(records, projects.values())
    known = {f"{e.dataset}:{e.id}" for project in projects.values() for e in project.properties.external_ids}
    points = {name: at for name, at in (read_dataset_points(folder) | report.points).items() if name in known}
    file = within(folder, FILE)
    before[file] = file.read_bytes() if file.exists() else b""
    replace_file(file, points_text(points).encode())
    return [file for file in (*files, file) if before.get(file) != file.read_bytes()]


def _references(profile: Profile, path: Path) -> dict[str, Row]:
    if profile.references is None:
        return {}
    rows = read_rows(path, profile.references, profile.references.columns)
    return {row.cells[profile.references.id].removesuffix(".0"): row.cells for row in rows}


def _merge(record: Project, row: Project, profile: Profile, decided: Decision) -> Project:
    """Return the record with the row's identifier and, where it is the same project, its claims: side by side.

    Of two places the more exact one is shown.
    """
    feature, given = record.to_feature(), row.to_feature()["properties"]
    stated = feature["properties"]
    stated["external_ids"] = [*stated.get("external_ids", []), *given["external_ids"]]
    if decided.decision == "same":
        names = add_sources(stated, given)
        if _exactness(row) < _exactness(record):
            feature["geometry"] = row.geometry
            stated |= {part: given.get(part) for part in _PLACE}
            stated["location_sources"] = [names[s] for s in given["location_sources"]]
        for part in profile.enrich:
            claims = [taken_over(claim, names) for claim in given.get(part, [])]
            stated[part] = [*stated.get(part, []), *claims] or None
        stated["sources"] = cited(stated)
    return stating({**feature, "properties": {k: v for k, v in stated.items() if v is not None}}, record)


_PLACE = ("location_accuracy", "location_radius_km", "location_note")


def _exactness(project: Project) -> tuple[int, float]:
    """How exact the place is: its class, and among regions the radius; less is more exact."""
    p = project.properties
    position = LOCATION_ACCURACIES.position(p.location_accuracy)
    return position, (p.location_radius_km or 0.0) if p.location_accuracy == "region" else 0.0
