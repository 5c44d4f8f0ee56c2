"""A row against the store: what it is, and the edit that it would make."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from geo.bulk.ahead import ReadAhead
from geo.bulk.answers import TARGET, Answer, answer_of, part_of
from geo.bulk.changing import changed_feature
from geo.bulk.lines import RawRow
from geo.bulk.making import project_of
from geo.bulk.outcome import Outcome, Verdict, apart
from geo.bulk.placing import checked_place
from geo.bulk.profile import Profile
from geo.bulk.row import Columns, Row
from geo.checks.alike.index import LikenessIndex
from geo.checks.alike.told import Told, told_of
from geo.editing import broken_links, merge, stating
from geo.errors import InvalidRecord, NotFound
from geo.joining import joined
from geo.records.project import READ_ONLY_PROPERTIES, Project
from geo.store import Revision, Store

MOST_OF_NAME = 50  # records of a country with one name
_MOST_ALIKE = 20  # that are named


class Change(NamedTuple):
    """What a row would write: the record, made from revision `expected` (None: new) of one in the country `before`."""

    project: Project
    expected: int | None
    before: str | None = None

    @property
    def countries(self) -> set[str]:
        """The countries of the record, before and after."""
        return {self.project.properties.country, *([self.before] if self.before else [])}


@dataclass(frozen=True)
class _Taken:
    """What a row of the file has made a record of already."""

    row: int
    project: Project


class Comparing:
    """The rows of a table, one after the other, against the store and against those before them."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        columns: Sequence[str],
        ids: Collection[str] = (),
        answers: Mapping[int, str] | None = None,
    ) -> None:
        """`ids` are those of whole records in the file, to which others of it may link; `answers` are by row."""
        self._store, self._profile, self._ids, self._answers = store, profile, ids, answers or {}
        self._columns = Columns(profile, columns)
        self._taken: dict[str, _Taken] = {}
        self._index: LikenessIndex | None = None

    def compare(self, raw: RawRow, ahead: ReadAhead | None = None) -> tuple[Outcome, Change | None]:
        """Return what a row is, and what it would write; it may have been read as a record already."""
        row = Row(self._profile, self._columns, raw)
        if raw.number in self._answers:
            row.said[TARGET] = self._answers[raw.number]
        try:
            return self._compared(row, ahead)
        except InvalidRecord as error:
            row.faults += [each for each in error.faults if each not in row.faults]
            return self._outcome(row, "refused", row.text("id")), None

    def _compared(self, row: Row, ahead: ReadAhead | None) -> tuple[Outcome, Change | None]:
        feature = row.raw.feature
        stated_id = row.text("id") if feature is None else _id_of(feature)
        head = self._head(stated_id) if stated_id else None
        if stated_id in self._taken:
            row.refuse("row-of-same-record", first=self._taken[stated_id].row)
        elif head is not None and head.project is None:
            row.refuse("record-gone", id=head.project_id)
        if row.is_refused:
            return self._outcome(row, "refused", stated_id), None
        if head is None:
            return self._new(row, stated_id, ahead)
        return self._known(row, head)

    def _head(self, project_id: str) -> Revision | None:
        try:
            return self._store.head(project_id)
        except NotFound:
            return None

    # A record that is there

    def _known(self, row: Row, now: Revision) -> tuple[Outcome, Change | None]:
        assert now.project is not None
        project = self._edited(row, now)
        if row.is_refused:
            return self._outcome(row, "refused", now.project_id), None
        self._taken[now.project_id] = _Taken(row.number, now.project)
        if project is None or project == now.project:
            return self._outcome(row, "same", now.project_id, now.project), None
        faults = broken_links(project, now.project, self._is_there)
        if faults:
            raise InvalidRecord(faults)
        outcome = self._outcome(row, "changed", now.project_id, project, before=now.project)
        return outcome, Change(project, now.number, now.project.properties.country)

    def _edited(self, row: Row, now: Revision) -> Project | None:
        """Return the record as the row says it should be; None where it says nothing else."""
        feature = row.raw.feature
        base = self._base(row, now, row.text("revision") if feature is None else _revision_of(feature))
        if base is None:
            return None
        if feature is None:
            changed = changed_feature(row, self._profile, base, now)
            return None if changed is None else stating(changed, now.project)
        theirs = stating(_stated(feature), base.project)
        if base is now or base.project is None or now.project is None:
            return self._placed(row, theirs, now.project)
        merged = merge(base.project.to_feature(), now.project.to_feature(), theirs.to_feature())
        for each in merged.conflicts:
            row.refuse("part-changed-since", pointer=each.pointer, now=str(each.ours)[:100])
        return None if row.is_refused else self._placed(row, stating(merged.feature, now.project), now.project)

    def _base(self, row: Row, now: Revision, number: str) -> Revision | None:
        """Return the revision that a row was made from: the newest, unless it names another."""
        if not number or number == str(now.number):
            return now
        found = self._store.revisions(now.project_id, after=int(number) - 1, limit=1) if _is_number(number) else []
        if not found or found[0].number != int(number) or found[0].project is None:
            row.refuse("revision-unknown", now=now.number)
            return None
        return found[0]

    def _placed(self, row: Row, project: Project, before: Project | None) -> Project:
        """Return a whole record whose place is right, or is what there is consent to."""
        if project.location_doubt is None or (before is not None and before.geometry == project.geometry):
            return project
        if project.location_doubt == "at-zero":
            row.refuse("row-at-zero")
        elif project.geometry is not None:
            geometry = checked_place(row, project.geometry, project.properties.country)
            return Project(project.id, project.properties, geometry)
        return project

    def _is_there(self, project_id: str) -> bool:
        head = self._head(project_id)
        return project_id in self._ids or (head is not None and head.project is not None)

    # A record that is not there

    def _new(self, row: Row, stated_id: str, ahead: ReadAhead | None) -> tuple[Outcome, Change | None]:
        if ahead is None:
            project = self._project(row, stated_id)
        else:
            project, row.faults = ahead.project, ahead.faults
        if row.is_refused or project is None:
            return self._outcome(row, "refused", stated_id), None
        if answer := self._answer(row, project):
            if answer.what == "same":
                return self._said_same(row, project, answer.of)
            if answer.what == "phase":
                project, ahead = Project.from_feature(part_of(project.to_feature(), answer.of)), None
        if row.is_refused:
            return self._outcome(row, "refused", "", project), None
        placed, is_there = (project, False) if stated_id else self._under_free_id(row, project)
        if placed is None or row.is_refused:
            return self._outcome(row, "refused", "", project), None
        if is_there:
            return self._outcome(row, "same", placed.id, placed), None
        self._refuse_broken(placed)
        told = told_of(placed) if ahead is None or ahead.told is None else replace(ahead.told, id=placed.id)
        alike = self._alike(told, placed)
        if alike and self._profile.doubtful == "ask" and answer is None:
            return self._outcome(row, "doubtful", "", placed, alike=alike), None
        self._taken[placed.id] = _Taken(row.number, placed)
        if self._index is not None:
            self._index.add(told)
        return self._outcome(row, "new", placed.id, placed, alike=alike), Change(placed, None)

    def _answer(self, row: Row, project: Project) -> Answer | None:
        """Return what somebody says that a row is, with the record that is meant; it is refused where none is."""
        if not row.text(TARGET):
            return None
        said = answer_of(row.text(TARGET))
        if said is None:
            row.refuse("cell-no-answer", TARGET)
        if said is None or said.what == "different":
            return said
        known = {self._named(each): each for each in self._not_phases(self._alike(told_of(project), project))}
        if said.of in known or (not said.of and len(known) == 1):
            return Answer(said.what, known[said.of] if said.of else next(iter(known.values())))
        if said.of and self._is_there(said.of):
            return said
        row.refuse("answer-of-which", TARGET, alike=tuple(known) or ("-",))
        return None

    def _not_phases(self, alike: Sequence[str]) -> list[str]:
        """Return records but those that are a phase of another one among them, as a row that was imported before."""
        heads = {each: self._head(each) for each in alike}
        linked = {
            each: {link.project for link in head.project.properties.links} if head and head.project else set()
            for each, head in heads.items()
        }
        return [each for each in alike if not linked[each] & set(alike)]

    def _said_same(self, row: Row, project: Project, project_id: str) -> tuple[Outcome, Change | None]:
        """Return the record of which a row is said to be, with what the row says besides."""
        head, taken = self._head(project_id), self._taken.get(project_id)
        if head is None or head.project is None:
            row.remark("row-said-same", first=taken.row if taken else 0)
            return self._outcome(row, "same", project_id, project), None
        if taken is not None:
            row.refuse("row-of-same-record", first=taken.row)
            return self._outcome(row, "refused", project_id, project), None
        self._taken[project_id] = _Taken(row.number, head.project)
        both = stating(joined(head.project.to_feature(), project.to_feature()), head.project)
        if both == head.project:
            return self._outcome(row, "same", project_id, both), None
        outcome = self._outcome(row, "changed", project_id, both, before=head.project)
        return outcome, Change(both, head.number, head.project.properties.country)

    def _refuse_broken(self, project: Project) -> None:
        if faults := broken_links(project, None, self._is_there):
            raise InvalidRecord(faults)

    def _project(self, row: Row, stated_id: str) -> Project | None:
        """Return the record that a row states, every fault at once."""
        feature = row.raw.feature
        if feature is not None:
            return self._placed(row, Project.from_feature(_stated(feature)), None)
        return project_of(row, self._profile, stated_id)

    def _under_free_id(self, row: Row, project: Project) -> tuple[Project | None, bool]:
        """Return a record under the first id that is free, or that it has already, and whether it has."""
        for number in range(1, MOST_OF_NAME + 1):
            tried = project.id if number == 1 else f"{project.id}-{number}"
            each = Project(tried, project.properties, project.geometry)
            taken = self._taken.get(tried)
            if taken is not None:
                if _says_the_same(taken.project, each):
                    row.refuse("row-twice", first=taken.row)
                    return None, False
                continue
            head = self._head(tried)
            if head is None:
                return each, False
            if self._is_of_this_row(head, each):
                self._taken[tried] = _Taken(row.number, each)
                return each, True
        row.refuse("name-too-often", "name", most=MOST_OF_NAME)
        return None, False

    def _is_of_this_row(self, head: Revision, project: Project) -> bool:
        """Return whether a record says what the row does, or did when it was made: it was imported before."""
        if head.project is not None and _says_the_same(head.project, project):
            return True
        if head.number == 1:
            return False
        first = self._store.revisions(head.project_id, limit=1)[0].project
        return first is not None and _says_the_same(first, project)

    def _alike(self, told: Told, project: Project) -> tuple[str, ...]:
        if self._index is None:
            self._index = LikenessIndex()
            for revision in self._store.current():
                if revision.project is not None:
                    self._index.add(told_of(revision.project))
        linked = {link.project for link in project.properties.links}
        found = (each.first for each in self._index.like(told, _MOST_ALIKE + len(linked)))
        return tuple(each for each in found if each not in linked)[:_MOST_ALIKE]

    def _outcome(
        self,
        row: Row,
        verdict: Verdict,
        record: str,
        project: Project | None = None,
        *,
        before: Project | None = None,
        alike: tuple[str, ...] = (),
    ) -> Outcome:
        name = project.properties.name if project is not None else row.text("name") or _name_of(row.raw.feature)
        old, new = apart(before.to_feature(), project.to_feature()) if before and project else (None, None)
        named = tuple(dict.fromkeys(self._named(each) for each in alike))
        answer = row.text(TARGET)[:100]
        return Outcome(row.number, verdict, record[:100], name[:200], tuple(row.faults), old, new, named, answer)

    def _named(self, project_id: str) -> str:
        """Return how a record that is alike is named: one that is made of a row before by the number of that."""
        taken = self._taken.get(project_id)
        return f"#{taken.row}" if taken is not None and self._head(project_id) is None else project_id


def _id_of(feature: Any) -> str:
    found = feature.get("id") if isinstance(feature, dict) else None
    return found if isinstance(found, str) else ""


def _name_of(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else ""


def _revision_of(feature: Any) -> str:
    number = feature["properties"].get("revision")
    return str(number) if isinstance(number, int) else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < int(text[:9]) < 10**8


def _stated(feature: Any) -> Any:
    """Return what a feature of ours states, without what follows from it and what files add."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return feature
    stated = {name: value for name, value in feature["properties"].items() if name not in READ_ONLY_PROPERTIES}
    kept = {name: feature[name] for name in ("type", "id", "geometry", "crs") if name in feature}
    return {**kept, "properties": stated}


def _says_the_same(one: Project, other: Project) -> bool:
    return one.properties == other.properties and one.geometry == other.geometry
