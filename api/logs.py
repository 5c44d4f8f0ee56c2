"""The server's log: a line for each request and each event, for people or as JSON, on the error stream.

Lines are written by a thread of their own, so that whoever reads them slowly never keeps an answer waiting. What was
written so is bounded; lines over the bound are left out, and their number is said.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import queue
import re
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Literal, TextIO

import orjson

from geo.keys import PREFIX
from geo.text import visible

Level = Literal["info", "warning", "error"]
Told = Mapping[str, Any]

_LATER = 0.2  # seconds after which lines of requests are written, together
_MOST_WAITING = 2**24  # characters
_MOST_TEXT = 8_000  # characters of one value
_END_SECONDS = 2
_AGAIN_SECONDS, _MOST_SAID = 10, 1_000
_FIRST = ("time", "level", "event")
_IS_BARE = re.compile(r"[^\s\"=]+").fullmatch
_SECRET = re.compile(rf"\b{PREFIX}[\w-]{{8,}}")


def _now() -> str:
    return f"{dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def as_json(told: Told) -> str:
    """Return a line that programs read."""
    return orjson.dumps(told, default=str).decode()


def as_text(told: Told) -> str:
    """Return a line that people read: time, level and event, then what is told of it."""
    rest = [f"{name}={_shown(value)}" for name, value in told.items() if name not in _FIRST]
    return " ".join([*(str(told[name]) for name in _FIRST), *rest])


def _shown(value: object) -> str:
    text = visible(str(value))
    return text if _IS_BARE(text) else f'"{text}"'.replace("\\", "\\\\")


FORMS: dict[str, Callable[[Told], str]] = {"plain": as_text, "json": as_json}


class Lines:
    """Lines on their way to a stream; those that can wait go together."""

    def __init__(self, stream: TextIO, form: str = "plain") -> None:
        self._stream, self._form = stream, FORMS[form]
        self._waiting: list[str] = []
        self._guard = threading.Lock()
        self._chunks: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._size, self._lost, self._is_due = 0, 0, False
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def add(self, line: str) -> None:
        """Take a line that may be written a moment later; called where a loop runs."""
        with self._guard:
            if self._size > _MOST_WAITING:
                self._lost += 1
                return
            self._size += len(line) + 1
            self._waiting.append(line)
            is_due, self._is_due = self._is_due, True
        if not is_due:
            asyncio.get_running_loop().call_later(_LATER, self.flush)

    def put(self, line: str) -> None:
        """Take a line that is written now, with those before it."""
        with self._guard:
            if self._size > 2 * _MOST_WAITING:  # what happened counts more than what was asked
                self._lost += 1
                return
            self._size += len(line) + 1
            self._waiting.append(line)
        self.flush()

    def flush(self) -> None:
        """Hand over what waits."""
        with self._guard:
            lines, self._waiting, self._is_due = self._waiting, [], False
            lost, self._lost = self._lost, 0
        if lost:
            lines.append(self._form({"time": _now(), "level": "warning", "event": "lines-left-out", "lines": lost}))
        if lines:
            self._chunks.put("".join(f"{line}\n" for line in lines))

    def close(self) -> None:
        """Write what is left, for a moment at most."""
        self.flush()
        self._chunks.put(None)
        self._writer.join(_END_SECONDS)

    def _write(self) -> None:
        while (chunk := self._chunks.get()) is not None:
            try:
                self._stream.write(chunk)
                self._stream.flush()
            except (OSError, ValueError):  # nobody listens any longer
                pass
            with self._guard:
                self._size -= len(chunk)


class Log:
    """Where a server says what happens; without lines it says nothing."""

    def __init__(self, form: str = "plain", requests: str = "all", lines: Lines | None = None) -> None:
        self._form, self._lines, self._requests = FORMS[form], lines, requests
        self._said: OrderedDict[tuple[object, ...], tuple[float, int]] = OrderedDict()
        self._guard = threading.Lock()

    def event(self, level: Level, event: str, /, **told: object) -> None:
        """Say what happened, now."""
        if self._lines is not None:
            safe = {name: _safe(value) for name, value in told.items() if value is not None}
            self._lines.put(self._form({"time": _now(), "level": level, "event": event, **safe}))

    def seldom(self, level: Level, event: str, /, **told: object) -> None:
        """Say what clients can bring about as often as they like: the same again only after a while, and how often.

        Of very many clients at a time only so many are named; the figures count all.
        """
        now, key = time.monotonic(), (event, *told.values())
        with self._guard:
            said, times = self._said.pop(key, (-_AGAIN_SECONDS, 0))
            is_new = now - said >= _AGAIN_SECONDS
            is_one_too_many = is_new and len(self._said) >= _MOST_SAID and self._first_said() > now - _AGAIN_SECONDS
            if not is_one_too_many:
                self._said[key] = (now, 0) if is_new else (said, times + 1)
            if len(self._said) > _MOST_SAID:
                self._said.popitem(last=False)
        if is_new and not is_one_too_many:
            self.event(level, event, **told, times=times + 1)

    def _first_said(self) -> float:
        return next(iter(self._said.values()))[0]

    def failure(self, event: str, error: BaseException, /, **told: object) -> None:
        """Say what went wrong in our own code, with where it did."""
        trace = "".join(traceback.format_exception(error))
        self.event("error", event, **told, error=repr(error), trace=trace[-_MOST_TEXT:])

    def request(self, status: int, **told: Any) -> None:
        """Say that a request was answered."""
        if self._lines is None or self._requests == "none" or (self._requests == "failed" and status < 400):
            return
        level = "error" if status >= 500 else "info"
        told = {**told, "path": told["path"][:_MOST_TEXT]}
        self._lines.add(self._form({"time": _now(), "level": level, "event": "request", "status": status, **told}))

    def close(self) -> None:
        """Write what is left."""
        if self._lines is not None:
            self._lines.close()


def _safe(value: object) -> object:
    """Return a value without what looks like a key, and no longer than a line may be."""
    return without_keys(value)[:_MOST_TEXT] if isinstance(value, str) else value


def without_keys(text: str) -> str:
    """Return a text in which nothing looks like a key."""
    return _SECRET.sub(f"{PREFIX}…", text) if PREFIX in text else text


def say_as_event(text: str) -> None:
    """Write what a command says of itself as a line of JSON, where programs read what a server says."""
    told = {"time": _now(), "level": "info", "event": "said", "message": without_keys(text)}
    print(as_json(told), file=sys.stderr, flush=True)


def begin(form: str, requests: str, stream: TextIO | None = None) -> Log:
    """Begin the log of this process; what libraries say goes there too."""
    log = Log(form, requests, Lines(stream or sys.stderr, form))
    root = logging.getLogger()
    root.handlers[:] = [_Others(log)]
    root.setLevel(logging.WARNING)
    return log


class _Others(logging.Handler):
    """Hands over what libraries log."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        told = {"by": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            self._log.failure("library", record.exc_info[1], **told)
        else:
            level: Level = "error" if record.levelno >= logging.ERROR else "warning"
            self._log.event(level, "library", **told)
