"""The process that works on an upload, so that neither its memory nor its time is the server's.

python -m api.importing.working FOLDER

The store is that of the variable: its address may hold a password, and everybody sees how a process was called.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.importing.jobs import Job, JobGone, State
from geo import product
from geo.bulk import writing
from geo.bulk.analysis import analyse
from geo.bulk.guessing import guess
from geo.bulk.profile import Profile, checked
from geo.bulk.reading import read_table
from geo.errors import LedgerError
from geo.faults import Fault
from geo.opening import open_ledger
from geo.proposals import Author
from geo.store import Store

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

MOST_SECONDS = 30 * 60  # of a processor, for one table
_STORE = f"{product.VARIABLES}STORE"
_MORE_SECONDS = 60  # for saying so
_EVERY = 0.5  # seconds between two words on how far it is


def begin(job: Job, store: str) -> None:
    """Begin to work on a job."""
    command = [sys.executable, "-m", "api.importing.working", str(job.folder.absolute())]
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    environment, home = {**os.environ, _STORE: store}, Path(__file__).resolve().parents[2]
    child = subprocess.Popen(command, cwd=home, env=environment, start_new_session=True, **quiet)
    threading.Thread(target=child.wait, daemon=True).start()  # which the system asks of its parent


def main() -> None:
    """Do what the job's state asks for, and keep what comes of it there."""
    location, job = os.environ[_STORE], Job(Path(sys.argv[1]))
    with contextlib.suppress(JobGone), contextlib.closing(open_ledger(location).store) as store:
        state = job.state()
        try:
            _limit()
            done = _write(job, store, state) if state.asked.get("do") == "write" else _compare(job, store, state)
        except LedgerError as error:
            _hear_no_more()
            done = replace(job.state(), phase="refused", error=refusal_of(error))
        job.save(done)


class TooSlow(LedgerError):
    """A table takes more of a processor than any may."""

    package = "api"


def _limit() -> None:
    """Let this process take only so much of a processor: then it refuses the table, and writes nothing of it."""
    if resource is not None:
        signal.signal(signal.SIGXCPU, refuse)
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + _MORE_SECONDS))


def _hear_no_more() -> None:
    """Let the signal, which the system repeats each second, not keep this process from saying what it heard."""
    if resource is not None:
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)


def refuse(*_: object) -> None:
    """Raise TooSlow: what the system's signal says of the table."""
    raise TooSlow("import-too-slow", minutes=MOST_SECONDS // 60)


def refusal_of(error: LedgerError) -> list[Any]:
    """Return why something was refused, as a state keeps it: the rule, its values, and each fault beneath."""
    faults: list[Fault] = getattr(error, "faults", [])
    return [error.rule, dict(error.values), [[each.pointer, each.rule, dict(each.values)] for each in faults[:50]]]


class _Telling:
    """Says now and then how far it is, and hears whether the job was taken away."""

    def __init__(self, job: Job, state: State) -> None:
        self._job, self.state, self._next = job, state, 0.0

    def __call__(self, done: int) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self._job.state()
            self._job.save(replace(self.state, done=done))


def _compare(job: Job, store: Store, state: State) -> State:
    asked = Profile(**state.profile)
    state = replace(state, phase="reading", error=[], written=0)
    table = read_table(job.upload, asked.asked, _Telling(job, state))
    with contextlib.closing(table):
        guesses = guess(table.columns, table.rows())
        state = replace(
            state,
            phase="comparing",
            total=table.count,
            columns=[each for each in table.columns if each],
            guesses=[[each.column, each.target, each.reason, each.confidence] for each in guesses.columns],
            about=table.about,
        )
        profile = asked
        if not asked.columns:
            profile = asked.model_copy(update={"columns": guesses.targets, "fixed": {**guesses.fixed, **asked.fixed}})
        state = replace(state, profile=profile.model_dump())
        job.save(state)
        answers = {int(row): said for row, said in state.answers.items()}
        analysis = analyse(table, checked(profile), store, _Telling(job, state), job.folder, answers)
        with contextlib.closing(analysis) as found:
            return replace(state, phase="compared", done=table.count, tally=found.tally.members())


def _write(job: Job, store: Store, state: State) -> State:
    asked = state.asked
    state = replace(
        state, phase="writing", done=0, total=sum(state.tally["verdicts"].get(v, 0) for v in ("new", "changed"))
    )
    telling, leaving = _Telling(job, state), bool(asked["leave_out"])
    with contextlib.closing(job.analysis(state)) as analysis:
        if asked["propose"]:
            author = Author(asked["author"], key=asked["author"])
            made = writing.propose(
                analysis, store, author, asked["comment"], leaving_out=leaving, language=asked["lang"]
            )
            return replace(state, phase="written", written=len(made), proposed=True)
        count = writing.write(analysis, store, asked["author"], asked["comment"], leaving_out=leaving, watched=telling)
    return replace(state, phase="written", written=count, proposed=False)


if __name__ == "__main__":
    main()
