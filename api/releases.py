"""Moments of the store that have names, and what changed from one to another."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import QueryParams

from api.filters import Parameter, WrongParameter, once
from api.forms import AS_CSV, AS_HTML, AS_JSON, Form
from api.problems import RequestError
from api.responses import ATOM
from geo import dates
from geo.curated.reports import MOST_REPORTED, Entry, report
from geo.store import RELEASE_FORM, Release, Store

NOW = "now"
FORMS_OF_REPORT = (AS_JSON, AS_HTML, AS_CSV, Form(("atom",), (ATOM,), "Atom"))
_MOST_KEPT = 4
_MOMENT = {"type": "string", "pattern": f"^{RELEASE_FORM}$"}
FROM = Parameter("from", "The release that is compared with.", _MOMENT)
TO = Parameter("to", "The release that is compared, or now, which it is where it is not said.", _MOMENT)
AFTER = Parameter(
    "after",
    "How many records of the report come before the page; comes in next links.",
    {"type": "integer", "minimum": 0, "maximum": MOST_REPORTED},
)


class ReportTooLarge(RequestError):
    """More records changed between two moments than a report has."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class ReleaseUnknown(RequestError):
    """No release has this name."""

    status = HTTPStatus.NOT_FOUND


def release_of(store: Store, name: str) -> Release:
    """Return a release by its name, or this moment as one; raises ReleaseUnknown."""
    if name == NOW:
        return Release(NOW, store.latest_sequence(), dates.now())
    known = store.releases()
    found = next((each for each in known if each.name == name), None)
    if found is None:
        named = {"known": tuple(each.name for each in known[-20:])} if known else {}
        raise ReleaseUnknown("no-such-release", name=name[:50], **named)
    return found


def two_releases(store: Store, params: QueryParams) -> tuple[Release, Release]:
    """Return what is compared with what; the older one first."""
    one, other = once(params, "from"), once(params, "to") or NOW
    if one is None:
        raise WrongParameter("from", "release-missing", name="from")
    found = sorted((release_of(store, one), release_of(store, other)), key=lambda each: (each.sequence, each.time))
    return found[0], found[1]


class Reports:
    """The reports asked for last: what changed between two moments stays the same, and is read once on a day."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[int, int, object], Sequence[Entry]] = OrderedDict()

    def between(self, one: Release, other: Release) -> Sequence[Entry]:
        """Return what changed; raises ReportTooLarge before anything is read."""
        key = (one.sequence, other.sequence, dates.today())
        with self._guard:
            if key not in self._kept:
                self._kept[key] = self._made(one.sequence, other.sequence)
            self._kept.move_to_end(key)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]

    def _made(self, one: int, other: int) -> Sequence[Entry]:
        count = self._store.count_between(one, other)
        if count > MOST_REPORTED:
            raise ReportTooLarge("report-too-large", count=count, most=MOST_REPORTED)
        return report(self._store.between(one, other))
