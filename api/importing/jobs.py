"""An upload as a folder of its own beside the store: the file, how far it is, and what came of it.

Any worker of a server may answer for it, and a process of its own works on it. Who takes it away removes the folder;
the process sees that, and ends without having written anything.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

import orjson

from api.problems import RequestError
from geo.bulk.analysis import Analysis, kept_analysis
from geo.bulk.outcome import Tally
from geo.bulk.profile import Profile

MOST_UPLOAD = 64 * 2**20
MOST_JOBS = 20
MOST_OF_PERSON = 3
MOST_AT_WORK = 2
MOST_SECONDS = 24 * 60 * 60  # that a job is kept
IDLE_SECONDS = 60 * 60  # after which one that nobody has touched gives way where there are too many
_UNMADE_SECONDS = 10 * 60  # that a file may take to be kept
_SILENT_SECONDS = 30  # after which nobody works on it any more
_ONE = threading.Lock()
_NAME = re.compile(r"[A-Za-z0-9_-]{20,40}", re.ASCII)
_STATE = "state.json"

AT_WORK = ("waiting", "reading", "comparing", "writing")


@dataclass(frozen=True)
class State:
    """How far a job is: its phase, how many rows are done, and what came of it.

    `error` is the rule and the values by which a file, a profile or the writing was refused, and each fault beneath.
    `answers` say what doubtful rows are, by their numbers.
    """

    owner: str
    file: str
    phase: str = "waiting"
    done: int = 0
    total: int = 0
    error: list[Any] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    guesses: list[list[Any]] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    tally: dict[str, Any] = field(default_factory=dict)
    written: int = 0
    proposed: bool = False
    asked: dict[str, Any] = field(default_factory=dict)

    @property
    def is_at_work(self) -> bool:
        return self.phase in AT_WORK


class TooManyImports(RequestError):
    """As many uploads are kept, or worked on, as may be."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class ImportUnknown(RequestError):
    """There is no such upload, or it is somebody else's."""

    status = HTTPStatus.NOT_FOUND


class JobGone(ImportUnknown):
    """Somebody has taken the job away."""


class Job:
    """A folder with an upload and what is known of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.id = folder, folder.name

    @property
    def upload(self) -> Path:
        """The file, under a name of ours that ends as its own does."""
        return next(self.folder.glob("upload.*"))

    def state(self) -> State:
        """Return how far it is; raises JobGone."""
        try:
            said = orjson.loads((self.folder / _STATE).read_bytes())
            age = time.time() - (self.folder / _STATE).stat().st_mtime
        except FileNotFoundError:
            raise self._gone() from None
        state = State(**said)
        return replace(state, phase="stopped") if state.is_at_work and age > _SILENT_SECONDS else state

    def save(self, state: State) -> None:
        """Keep how far it is, whole; raises JobGone."""
        unfinished = self.folder / f"{_STATE}.{os.getpid()}"
        try:
            unfinished.write_bytes(orjson.dumps(asdict(state)))
            unfinished.replace(self.folder / _STATE)
        except FileNotFoundError:
            raise self._gone() from None

    def analysis(self, state: State) -> Analysis:
        """Return what came of comparing; whoever asks closes it. Raises JobGone."""
        try:
            return kept_analysis(self.folder, Tally.of(state.tally), Profile(**state.profile))
        except FileNotFoundError:
            raise self._gone() from None

    def age(self) -> float:
        """Return for how many seconds nothing was done to it; of one that is gone, for ever."""
        try:
            return time.time() - self.folder.stat().st_mtime
        except FileNotFoundError:
            return float("inf")

    def _gone(self) -> JobGone:
        return JobGone("no-such-import", id=self.id)

    def remove(self) -> None:
        """Take it away with all that it holds."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Jobs:
    """The uploads beside a store, for their owner's eyes; bounded in number, size and age."""

    def __init__(self, store: Path) -> None:
        self._folder = store.with_name(f"{store.name}-imports")

    def begin(self, owner: str, name: str, content: IO[bytes]) -> Job:
        """Keep an upload; raises TooManyImports."""
        with _ONE:  # or several at once would each see the place that one may have
            self.check_place(owner)
            self._make_place()
            self._folder.mkdir(mode=0o700, exist_ok=True)
            job = Job(self._folder / secrets.token_urlsafe(18))
            job.folder.mkdir(mode=0o700)
            job.save(State(owner, _shown(name)))
        ending = re.sub(r"[^a-z0-9.]", "", Path(name).suffix.lower())[:12]
        with (job.folder / f"upload{ending or '.unknown'}").open("xb") as file:
            shutil.copyfileobj(content, file)
        return job

    def check_place(self, owner: str) -> None:
        """Raise TooManyImports where somebody can upload nothing now."""
        self.sweep()
        self.check_room()
        jobs = list(self._jobs())
        if len([each for each in jobs if _owner(each) == owner]) >= MOST_OF_PERSON:
            raise TooManyImports("imports-of-one", most=MOST_OF_PERSON)
        if len(jobs) >= MOST_JOBS and self._idle() is None:
            raise TooManyImports("imports-full", most=MOST_JOBS)

    def _make_place(self) -> None:
        """Take away what nobody has touched for longest, where there are as many as may be."""
        idle = self._idle()
        if idle is not None and len(list(self._jobs())) >= MOST_JOBS:
            idle.remove()

    def _idle(self) -> Job | None:
        ages = [(each.age(), each) for each in self._jobs()]
        age, job = max(ages, key=lambda each: each[0], default=(0.0, None))
        return job if age > IDLE_SECONDS else None

    def check_room(self) -> None:
        """Raise TooManyImports where as many jobs are at work as may be."""
        states = [_state(each) for each in self._jobs()]
        if sum(state is not None and state.is_at_work for state in states) >= MOST_AT_WORK:
            raise TooManyImports("imports-full", most=MOST_AT_WORK)

    def find(self, job_id: str, owner: str) -> Job:
        """Return a job of somebody; raises ImportUnknown."""
        job = Job(self._folder / job_id)
        if not _NAME.fullmatch(job_id) or _owner(job) != owner:
            raise ImportUnknown("no-such-import", id=job_id[:100])
        return job

    def of(self, owner: str) -> list[tuple[Job, State]]:
        """Return the jobs of somebody."""
        self.sweep()
        found = [(each, _state(each)) for each in self._jobs()]
        return [(job, state) for job, state in found if state is not None and state.owner == owner]

    def _jobs(self) -> Iterator[Job]:
        with contextlib.suppress(FileNotFoundError):
            yield from map(Job, sorted(self._folder.iterdir()))

    def sweep(self) -> None:
        """Take away what is older than a day, and what somebody was ended over before it was one."""
        for job in self._jobs():
            if job.age() > (MOST_SECONDS if _state(job) else _UNMADE_SECONDS):
                job.remove()


def _shown(name: str) -> str:
    """Return the name of a file as pages and comments may have it: nothing in it is unseen, or turns others about."""
    return "".join(sign for sign in name if sign.isprintable())[:200]


def _state(job: Job) -> State | None:
    try:
        return job.state()
    except JobGone:
        return None


def _owner(job: Job) -> str | None:
    state = _state(job)
    return state.owner if state else None
