"""How the store of a server is: whether it can be read and written, what failed, and what its last check found."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api.importing.jobs import Jobs
from api.logs import Log
from api.metrics import Gauge, Metrics
from api.settings import Settings
from geo.errors import LedgerError, StoreError
from geo.keys import Key
from geo.messages import told
from geo.opening import Ledger
from geo.query import Query

MIB = 2**20
LOOKS_EVERY = 10  # seconds, for whether what failed works again
SAYS_AGAIN = 300  # seconds after which a fault that lasts is said once more
_AS_NEW_SECONDS = 1  # for which what was found is told again
_PAUSE = 0.05  # seconds between two looks of a check, in which answers have their turn
_MOST_SAID = 300  # characters of one: SQLite repeats what it could not read
_MOST_TOLD = 20  # faults of the store's check that the log has


@dataclass(frozen=True)
class Finding:
    """One thing that has to be well for a server to be ready, and what is wrong with it ("": nothing)."""

    name: str
    wrong: str = ""


@dataclass
class _Cause:
    first: float
    said: float
    last: float
    times: int = 0


class Health:
    """What is known of a server's store. All methods may be called from any thread."""

    def __init__(self, ledger: Ledger, settings: Settings, log: Log, metrics: Metrics) -> None:
        self._ledger, self._settings, self._log, self._metrics = ledger, settings, log, metrics
        self._causes: dict[tuple[str, str], _Cause] = {}
        self._guard = threading.Lock()
        self._found: tuple[float, list[Finding]] = (0.0, [])
        self._verified: dt.datetime | None = None
        self._faults = ""
        self._has_ended = threading.Event()
        self._looking = threading.Lock()
        self._wrong: dict[str, str] = {}  # as it was said last
        self._used: dict[int, Key] = {}  # keys whose use has still to be kept

    def met(self, error: StoreError, request_id: str | None = None) -> None:
        """Say a fault of the store in its own words, the first time and now and then as long as it lasts."""
        self._metrics.store_fault(error.rule)
        now = time.monotonic()
        with self._guard:
            cause = self._causes.get(error.cause)
            is_new = cause is None or now - cause.said > SAYS_AGAIN
            cause = self._causes.setdefault(error.cause, _Cause(now, now, now))
            cause.times, cause.last = cause.times + 1, now
            if is_new:
                cause.said = now
        if is_new:
            rule, reason = error.cause
            told = {"rule": rule, "reason": reason, "says": str(error), "times": cause.times}
            self._log.event("error", "store-fault", **told, request_id=request_id)

    def findings(self) -> list[Finding]:
        """Return what has to be well, and is or is not, as it was a second ago at most."""
        with self._looking:  # one looks, and the others are told what it finds
            at, found = self._found
            if time.monotonic() - at > _AS_NEW_SECONDS or not found:
                found = list(self._looked_at())
                self._found = (time.monotonic(), found)
                self._say_what_changed({each.name: each.wrong for each in found if each.wrong})
            return found

    def _say_what_changed(self, wrong: dict[str, str]) -> None:
        before, self._wrong = self._wrong, wrong
        for name in wrong.keys() - before.keys():
            self._log.event("error", "not-ready", check=name, says=wrong[name])
        for name in before.keys() - wrong.keys():
            self._log.event("info", "ready-again", check=name)

    def used(self, key: Key) -> None:
        """Keep soon that a key opened something: whoever uses it waits for nobody who writes."""
        if key.is_use_due():
            self._used[key.id] = key

    def gauges(self) -> Iterator[Gauge]:
        """Yield what is measured of the store; what cannot be read is left out."""
        yield "ready", "1 where /readyz says so", float(not any(each.wrong for each in self.findings()))
        for gauge in _GAUGES:
            try:
                yield gauge[0], gauge[1], gauge[2](self._ledger)
            except (LedgerError, OSError):
                continue
        for name, value in self._ledger.store.figures():
            yield name, _FIGURES[name], value
        verified = self._verified.timestamp() if self._verified else None
        yield "store_verified_timestamp_seconds", "When the whole store was checked last", verified

    def begin(self) -> None:
        """Look after the store, and what lies beside it for a day, from now on, in a thread, until `end`."""
        threading.Thread(target=self._watch, name="health", daemon=True).start()

    def end(self) -> None:
        """Look no longer, and keep what has still to be kept."""
        self._has_ended.set()
        self._keep_uses()

    def _keep_uses(self) -> None:
        while self._used:
            _, key = self._used.popitem()
            try:
                self._ledger.store.keys.note_use(key)
            except StoreError as error:
                self.met(error)

    def _looked_at(self) -> Iterator[Finding]:
        store, catalog = self._ledger.store, self._ledger.catalog
        yield _tried("store_readable", store.latest_sequence)
        if store.is_at_hand:  # of databases others answer meanwhile, and whoever writes is told
            yield _tried("store_writable", store.probe)
        yield _tried("answers_current", lambda: _is_current(store.latest_sequence(), catalog.version()))
        yield _tried("disk_free", lambda: self._has_room(store.room().free))
        yield Finding("store_sound", self._faults)

    def _has_room(self, free: int | None) -> str:
        least = self._settings.least_free_mib
        return f"{free // MIB} MiB are free, of {least} at least" if free is not None and free < least * MIB else ""

    def _watch(self) -> None:
        last = time.monotonic()
        while not self._has_ended.wait(LOOKS_EVERY):
            try:
                self._keep_uses()
                Jobs(self._ledger.store.path).sweep()
                self._say_what_works_again()
                self.findings()
                every = self._settings.check_seconds
                if every and time.monotonic() - last > every:
                    last = time.monotonic()
                    self.verify()
            except Exception as error:  # whatever it is, it is looked again
                self._note_faults(f"it could not be checked: {error!r}")
                self._log.failure("check-failed", error)

    def _note_faults(self, says: str) -> None:
        with self._looking:  # what was told before is told no more
            self._faults, self._found = says, (0.0, [])

    def verify(self) -> None:
        """Check the whole store, and say what is wrong with it."""
        try:
            faults = [told(each)[0] for each in self._ledger.store.verify(pause=_PAUSE)]
        except StoreError as error:
            faults = [str(error)]
        for says in faults[:_MOST_TOLD]:
            self._log.event("error", "store-damaged", says=says[:_MOST_SAID])
        if self._faults and not faults:
            self._log.event("info", "store-sound-again")
        self._verified = dt.datetime.now(dt.UTC)
        self._note_faults("; ".join(says[:_MOST_SAID] for says in faults[:3]))

    def _say_what_works_again(self) -> None:
        quiet = time.monotonic() - LOOKS_EVERY  # what failed while it was looked has not been well since
        if not self._causes or any(each.wrong for each in self._looked_at()):
            return
        with self._guard:
            over = {key: cause for key, cause in self._causes.items() if cause.last < quiet}
            self._causes = {key: cause for key, cause in self._causes.items() if key not in over}
        for (rule, reason), cause in over.items():
            seconds = round(time.monotonic() - cause.first)
            self._log.event("info", "store-works-again", rule=rule, reason=reason, times=cause.times, seconds=seconds)


def _tried(name: str, look: Callable[[], object]) -> Finding:
    try:
        found = look()
    except (LedgerError, OSError) as error:
        return Finding(name, str(error))
    return Finding(name, found if isinstance(found, str) else "")


def _is_current(sequence: int, version: int) -> str:
    return "" if version >= sequence else f"answers know {version} of {sequence} changes"


def _records(ledger: Ledger) -> float:
    return ledger.catalog.search(Query(limit=1)).number_matched


def _backup(ledger: Ledger) -> float | None:
    last = ledger.store.last_backup()
    return dt.datetime.fromisoformat(last.time).timestamp() if last else None


def _given_up(ledger: Ledger) -> float:
    return sum(hook.state == "given_up" for hook in ledger.store.hooks.all())


_FIGURES = {
    "database_connections": "Connections to databases",
    "database_connections_idle": "Those of them that nobody uses",
    "database_waiting": "Threads that wait for a connection",
    "database_slow": "Pieces of work with a database that took over a second",
    "database_primary": "1 where there is a server that takes changes",
    "database_replicas": "Servers from which records are read too",
    "database_replicas_lost": "Those of them that say nothing",
    "database_behind_seconds": "How long the last of them has not known a change",
}
_GAUGES: tuple[tuple[str, str, Callable[[Ledger], float | None]], ...] = (
    ("records", "Records that are not deleted", _records),
    ("revision", "Sequence of the newest change", lambda ledger: ledger.catalog.version()),
    ("overlay_records", "Records changed since the large table was made", lambda ledger: ledger.catalog.overlay()),
    ("store_bytes", "Size of the store's file", lambda ledger: ledger.store.room().size),
    ("store_journal_bytes", "Size of its journal", lambda ledger: ledger.store.room().journal),
    ("store_free_bytes", "What is free on its disk", lambda ledger: ledger.store.room().free),
    ("hooks", "Web hooks", lambda ledger: len(ledger.store.hooks.all())),
    ("hooks_given_up", "Web hooks that nothing has arrived at for days", _given_up),
    ("last_backup_timestamp_seconds", "When the last backup was made", _backup),
)
