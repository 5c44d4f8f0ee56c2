"""Answers from PostGIS: each of one moment of the database, which knows every change that was made before."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from shapely.geometry.base import BaseGeometry

from geo import dates, freshness
from geo.catalog import Catalog, Codes, Described, EventPage, Group, Page, Record, Steps, Tally
from geo.curated.organisations import Organisations
from geo.errors import Gone, StoreError
from geo.filter import Expression
from geo.ground.tiles import Tile
from geo.indexed import index, marked
from geo.lately import Lately
from geo.postgis import filling
from geo.postgis.answering import beside, candidates, codes, columns, counts, events, extents, pages, records, tally
from geo.postgis.answering.moments import Connection, Held, Lending, Moment, Moments
from geo.postgis.answering.tiles import TileAsked
from geo.postgis.answering.vector_tiles import vector_tile
from geo.postgis.asking.selection import Selection
from geo.query import EventQuery, Query
from geo.spool import Spool
from geo.store import Records, Revision
from geo.successors import head_of, successors_of
from geo.tiles.content import Content

NO_SUCCESSORS: Mapping[str, str] = {}
FILLING = "filling"  # the name of the thread that does so
_COUNTS_KEPT = 4_096
T = TypeVar("T")

log = logging.getLogger(__name__)


def catalog_of(
    lending: Lending,
    store: Records,
    organisations: Organisations,
    successors: Mapping[str, str] = NO_SUCCESSORS,
    reading: Lending | None = None,
) -> PostgisCatalog:
    """Return the catalog of a store whose tables are made where they are not there, and made again where they are old.

    Who comes first waits for the first time; later ones are answered meanwhile by what there is. The tables are made
    where `lending` leads to, and read by what `reading` lends, where that is another.
    """
    filling.lay_out(lending)
    if filling.is_whole(lending):
        filling_up = threading.Thread(target=_fill, args=(lending, store, organisations), name=FILLING, daemon=True)
        filling_up.start()
    else:
        _fill_now(lending, store, organisations)
    return PostgisCatalog(reading or lending, store, organisations, successors)


def _fill(lending: Lending, store: Records, organisations: Organisations) -> None:
    try:
        _fill_now(lending, store, organisations)
    except StoreError as error:  # of a standby, or whoever may only read
        log.warning("The tables of the catalog were not made again; it is tried again at the next start: %s", error)
    except Exception:
        log.exception("The tables of the catalog were not made again; it is tried again at the next start.")


def _fill_now(lending: Lending, store: Records, organisations: Organisations) -> None:
    with freshness.asked(freshness.NEWEST):  # of what no follower may be behind
        filling.fill(lending, store, organisations)


class PostgisCatalog:
    """A `Catalog` of tables that are written with the records; `successors` stand for what was only in releases before.

    What is counted is kept until the next change.
    """

    def __init__(
        self,
        lending: Lending,
        store: Records,
        organisations: Organisations,
        successors: Mapping[str, str] = NO_SUCCESSORS,
    ) -> None:
        self._moments: Moments | Held = Moments(lending)
        self._store, self._organisations = store, organisations
        self._successors = successors
        self._areas: dict[bytes, BaseGeometry] = {}
        self._counted, self._extents = Lately(_COUNTS_KEPT), Lately(1)
        self._extent_of = -1

    def version(self) -> int:
        return self._moments.version()

    def history(self) -> int:
        return self._store.history

    def overlay(self) -> int:
        return 0

    def standing(self) -> None:
        return None

    def search(self, query: Query) -> Page:
        return self._moments.ask(lambda moment: self._page(moment, query))

    def _page(self, moment: Moment, query: Query) -> Page:
        selection = self._selection(moment, query)
        [number] = self._counts(moment, query, selection, ())[:1]
        found = pages.first(moment.connection, query, selection, query.limit + 1, number)
        shown = found[: query.limit]
        after = shown[-1].mark if len(found) > query.limit else None
        return Page(pages.together([each.feature for each in shown]), len(shown), number, after)

    def found(self, query: Query, most: int | None = None) -> tuple[int, Iterator[bytes]]:
        def work(moment: Moment) -> tuple[int, Spool]:
            selection = self._selection(moment, query)
            features = pages.every(moment.connection, query, selection, most)
            return self._counts(moment, query, selection, ())[0], Spool(features)

        number, spool = self._moments.ask(work)
        return number, iter(spool)

    def count(self, query: Query, columns: Iterable[str]) -> tuple[int, dict[str, dict[str, int]]]:
        names = tuple(columns)

        def work(moment: Moment) -> counts.Counted:
            return self._counts(moment, query, self._selection(moment, query), names)

        number, found = self._moments.ask(work)
        return number, {name: dict(counted) for name, counted in found.items()}

    def _counts(self, moment: Moment, query: Query, selection: Selection, columns: tuple[str, ...]) -> counts.Counted:
        asked = (self.history(), moment.sequence, dates.today(), query.filter, query.as_of, columns)
        return self._counted.of(asked, lambda: counts.counted(moment.connection, selection, columns))

    def tile(self, query: Query, tile: Tile) -> Content:
        return self._moments.ask(lambda moment: self._tile(moment, query, tile).content())

    def vector_tile(self, query: Query, tile: Tile, below: str) -> bytes:
        return self._moments.ask(lambda moment: vector_tile(moment.connection, self._tile(moment, query, tile), below))

    def _tile(self, moment: Moment, query: Query, tile: Tile) -> TileAsked:
        return TileAsked(moment.connection, query, self._selection(moment, query), tile)

    def _selection(self, moment: Moment, query: Query) -> Selection:
        return self._selected(moment, query.filter, query.as_of)

    def _selected(self, moment: Moment, expression: Expression, on: dt.date | None) -> Selection:
        return Selection(moment.connection, expression, on, self._areas)

    def at_one_moment(self, ask: Callable[[Catalog], T]) -> T:
        return self._moments.ask(lambda moment: ask(self._still(moment)))

    def _still(self, moment: Moment) -> PostgisCatalog:
        other = copy.copy(self)
        other._moments = Held(moment)
        return other

    def tally(
        self, query: Query, by: Sequence[Group], summed: str | None = None, days: Sequence[dt.date] = ()
    ) -> Tally:
        def work(moment: Moment) -> Tally:
            return tally.tallied(moment.connection, partial(self._selected, moment), query, by, summed, days)

        return self._moments.ask(work)

    def events(self, query: EventQuery) -> EventPage:
        return self._moments.ask(lambda moment: self._events(moment, query))

    def _events(self, moment: Moment, query: EventQuery) -> EventPage:
        found = events.asked(self._selected(moment, query.filter, query.as_of), query)
        kept_as = (
            "events",
            self.history(),
            moment.sequence,
            dates.today(),
            dataclasses.replace(query, after=None, limit=1),
        )
        number = self._counted.of(kept_as, lambda: events.number(moment.connection, found))
        return events.page(moment.connection, found, query, number)

    def columns(self, query: Query, names: Iterable[str]) -> dict[str, list[Any]]:
        asked = list(names)
        return self._moments.ask(lambda moment: columns.columns(*self._meant(moment, query), asked))

    def codes(self, query: Query, names: Iterable[str]) -> dict[str, Codes]:
        asked = list(names)
        return self._moments.ask(lambda moment: codes.codes(*self._meant(moment, query), asked))

    def steps(self, query: Query, names: Iterable[str]) -> Steps:
        asked = list(names)
        return self._moments.ask(lambda moment: columns.steps(*self._meant(moment, query), asked))

    def _meant(self, moment: Moment, query: Query) -> tuple[Connection, Selection]:
        return moment.connection, self._selection(moment, query)

    def party_names(self, ids: Iterable[str]) -> dict[str, str]:
        wanted, known = list(ids), self._organisations
        others = [each for each in wanted if each not in known]
        told = self._moments.ask(lambda moment: columns.party_names(moment.connection, others)) if others else {}
        names = told | {each: known[each].name for each in wanted if each in known}
        return {each: names[each] for each in wanted if each in names}

    def near(self, project_id: str, km: float, limit: int) -> list[tuple[float, str]]:
        return self._moments.ask(lambda moment: beside.near(moment.connection, project_id, km, limit))

    def of_the_same_parties(self, project_id: str, limit: int) -> list[str]:
        return self._moments.ask(lambda moment: beside.of_the_same_parties(moment.connection, project_id, limit))

    def candidates(self, described: Described, limit: int) -> list[bytes]:
        return self._moments.ask(lambda moment: candidates.candidates(moment.connection, described, limit))

    def adjacent(self, project_id: str) -> tuple[str | None, str | None]:
        return self._moments.ask(lambda moment: beside.adjacent(moment.connection, project_id))

    def get(self, record_id: str) -> Record:
        rows = self._moments.rows(records.asked(record_id))
        return records.found(record_id, *rows) if rows else self._last_shown(record_id)

    def _last_shown(self, record_id: str) -> Record:
        """Return what is not in the tables as it is in the store: it may have been made just now."""
        head = head_of(self._store, record_id, self._successors, self._is_there)
        if head.project is None:
            raise Gone(record_id, head.number, head.successor)
        return self.show(head)

    def _is_there(self, record_id: str) -> bool:
        return bool(self._moments.rows(records.asked(record_id)))

    def successors(self) -> dict[str, str]:
        return successors_of(self._store, self._successors)

    def show(self, revision: Revision) -> Record:
        record = index(revision, self._organisations)
        is_stale = dates.today().toordinal() >= record.stale_from
        feature = record.head + marked(record.today, is_stale=is_stale) + record.tail
        links = self._moments.ask(lambda moment: records.incoming(moment.connection, record.id))
        return Record(record.id, record.revision, feature, links)

    def knows_extent(self) -> bool:
        return self.version() == self._extent_of

    def extent(self) -> tuple[list[float], list[str | None]]:
        return self._moments.ask(self._extent)

    def _extent(self, moment: Moment) -> tuple[list[float], list[str | None]]:
        found = self._extents.of((self.history(), moment.sequence), lambda: extents.of_all(moment.connection))
        self._extent_of = moment.sequence
        return found
