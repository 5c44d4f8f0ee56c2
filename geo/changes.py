"""What changed since a cursor, under the filters of records, page by page.

A cursor is the sequence of a revision in the store's history, which only grows: it means the same for ever.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from geo import dates
from geo import filter as filters
from geo.checked import check
from geo.curated.organisations import Organisations
from geo.editing import differences
from geo.errors import InvalidQuery
from geo.filter import And, Expression, In
from geo.indexed import NOTHING, Indexed, index
from geo.records.derived import stale_day
from geo.records.project import Project
from geo.rowwise import Row, is_meant
from geo.store import Revision, Store

MOST_CHANGES = 1_000  # of one page
MOST_LOOKED_AT = 20_000  # revisions, for one page
_NEWEST = 2**62  # no store comes to it
MOST_SECONDS = 0.5  # of this thread's work, after which a page ends where it is


@dataclass(frozen=True)
class ChangeQuery:
    """Which changes of which records.

    With `after`, those after that sequence, the oldest first. Without, those before `before`, or up to now, the newest
    first. `filter` and `as_of` mean records as in `Query`: a change is meant where the record was before it, or is
    after it, so that one that is deleted or leaves the filter is told. Raises InvalidQuery.
    """

    filter: Expression = filters.EVERYTHING
    as_of: dt.date | None = None
    after: int | None = None
    before: int | None = None
    limit: int = 100

    def __post_init__(self) -> None:
        check(self.filter)
        if not 1 <= self.limit <= MOST_CHANGES:
            raise InvalidQuery("limit", "limit-range", most=MOST_CHANGES)
        if self.after is not None and self.before is not None:
            raise InvalidQuery("after", "after-and-before")


@dataclass(frozen=True)
class Change:
    """A revision of a record, with the record as it was before (None: there was none)."""

    revision: Revision
    before: Project | None

    @property
    def name(self) -> str:
        """What the record is called now, or was called when it was deleted."""
        project = self.revision.project or self.before
        return project.properties.name if project else self.revision.project_id

    @property
    def pointers(self) -> list[str]:
        """The places that were changed, parts named by their keys; none of a record that is new or gone."""
        now = self.revision.project
        told = differences(self.before.to_feature(), now.to_feature()) if self.before and now else []
        return [each.pointer for each in told]


@dataclass
class ChangePage:
    """Some changes, and where the next page begins.

    `cursor` is the last sequence that was looked at, whether or not it was meant. `is_last` where there is nothing
    beyond it, as of now. Whoever asks later for what comes after the cursor, or of the newest first after `newest`, is
    told of every change that will have come.
    """

    cursor: int
    newest: int
    changes: list[Change] = field(default_factory=list)
    is_last: bool = True

    def first(self, count: int) -> ChangePage:
        """Return the page with so many of its changes, at least one; the next one begins with the others."""
        shown = self.changes[:count]
        return ChangePage(shown[-1].revision.sequence, self.newest, shown, is_last=False)


def changes(store: Store, organisations: Organisations, query: ChangeQuery) -> ChangePage:
    """Return a page of changes; it may be empty and not the last one, since it looks at so many revisions only.

    Raises InvalidQuery for a sequence that the store has not come to, as after it was put back from a backup.
    """
    newest = store.latest_sequence()
    if query.after is not None and query.after > newest:
        raise InvalidQuery("after", "cursor-ahead", after=query.after, newest=newest)
    found = ChangePage(newest + 1 if query.after is None else query.after, newest)
    ends = time.thread_time() + MOST_SECONDS
    for looked_at, revision in enumerate(_revisions(store, query)):
        if len(found.changes) == query.limit or looked_at == MOST_LOOKED_AT or time.thread_time() > ends:
            found.is_last = False
            break
        found.cursor = revision.sequence
        before = _before(store, revision)
        if query.filter == filters.EVERYTHING or _is_meant(query, organisations, revision, before):
            found.changes.append(Change(revision, before.project if before else None))
    return found


def _revisions(store: Store, query: ChangeQuery) -> Iterator[Revision]:
    of = ids_in(query.filter)
    if query.after is not None:
        return store.changes_since(query.after, of)
    return store.changes_before(_NEWEST if query.before is None else query.before, of)


def ids_in(expression: Expression) -> frozenset[str] | None:
    """Return the ids that a record must have one of for an expression to mean it; None where it may have any."""
    match expression:
        case In("id", values):
            return frozenset(map(str, values))
        case And(parts):
            known = [ids for part in parts if (ids := ids_in(part)) is not None]
            return frozenset.intersection(*known) if known else None
        case _:
            return None


def _before(store: Store, revision: Revision) -> Revision | None:
    if revision.number == 1:
        return None
    return store.revisions(revision.project_id, after=revision.number - 2, limit=1)[0]


def _is_meant(query: ChangeQuery, organisations: Organisations, *states: Revision | None) -> bool:
    likely = (each for each in states if each is not None and _may_be_meant(query.filter, each.project, organisations))
    indexed = (index(each, organisations) for each in likely)
    rows = (row_of(each, query.as_of) for each in indexed)
    return any(is_meant(query.filter, row) for row in rows if row is not None)


def _may_be_meant(expression: Expression, project: Project | None, organisations: Organisations) -> bool:
    """Return whether a filter has still to be asked: what most of them ask, a record says without being made ready."""
    if project is None:
        return False
    match expression:
        case And(parts):
            return all(_may_be_meant(part, project, organisations) for part in parts)
        case In("country" | "kind" as column, values):
            return getattr(project.properties, column) in values
        case In("owner", values):
            return not values.isdisjoint(organisations.parties(project.properties.owners))
        case _:
            return True


def row_of(record: Indexed, as_of: dt.date | None = None) -> Row | None:
    """Return what a filter asks of a record, as it is or as it was on a day; None where it was not there yet."""
    day = (as_of or dates.today()).toordinal()
    if as_of is not None and day < record.values["begins"]:
        return None
    dated = record.steps[-1].values if as_of is None else _dated(record, day)
    stale = day >= stale_day(dated["status"], dated["status_as_of"]).toordinal()
    ends = (record.first_day, record.last_day)
    first, last = (None if end is None else dt.date.fromordinal(end) for end in ends)
    return Row(
        {**record.values, **dated, "status_stale": stale},
        record.shape,
        (first, last) if first and last else None,
        record.values["search"],
    )


def _dated(record: Indexed, day: int) -> dict[str, object]:
    return next((step.values for step in reversed(record.steps) if step.day <= day), NOTHING)
