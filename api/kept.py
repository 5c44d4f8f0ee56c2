"""Answers that are dear to make, kept as bytes and as they were compressed, up to a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from api.responses import pack_quickly, pack_thoroughly

MOST_BYTES = 2**27
_MOST_QUESTIONS = 256
_LARGE = 2**21  # bytes from which on the smallest size takes too long to reach


@dataclass
class _Form:
    made: bytes | None = None
    counted: int = 0  # bytes of it that the bound knows of
    guard: threading.Lock = field(default_factory=threading.Lock)


class Kept:
    """The answers asked for last, by their tags; where many ask at once one thread makes it, and they wait for it."""

    def __init__(self, most_bytes: int = MOST_BYTES, beside: int = 0) -> None:
        """`beside` is what an answer takes besides its bytes, which counts where answers are small."""
        self._most, self._beside, self._bytes = most_bytes, beside, 0
        self._guard = threading.Lock()
        self._forms: OrderedDict[tuple[str, str], _Form] = OrderedDict()

    def body(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """Return the answer of this tag, made where it is not kept."""
        return self._form(tag, "", make)

    def packed(self, tag: str, body: bytes, encoding: str) -> bytes:
        """Return the answer of this tag in a content coding."""
        pack = pack_quickly if len(body) > _LARGE else pack_thoroughly
        return self._form(tag, encoding, lambda: pack(body, encoding))

    def has(self, tag: str, *codings: str) -> bool:
        """Return whether an answer is kept, and in these content codings."""
        with self._guard:
            forms = [self._forms.get((tag, coding)) for coding in ("", *codings)]
        return all(form is not None and form.made is not None for form in forms)

    def let_go(self, tag: str) -> None:
        """Keep an answer no longer, in any content coding: nobody asks for it again."""
        with self._guard:
            for key in [key for key in self._forms if key[0] == tag]:
                self._uncount(self._forms.pop(key))

    def _form(self, tag: str, coding: str, make: Callable[[], bytes]) -> bytes:
        with self._guard:
            form = self._forms.setdefault((tag, coding), _Form())
            self._forms.move_to_end((tag, coding))
        with form.guard:
            if form.made is None:
                try:
                    form.made = make()
                except BaseException:
                    self._forget((tag, coding), form)
                    raise
                self._keep((tag, coding), form)
            return form.made

    def _forget(self, key: tuple[str, str], form: _Form) -> None:
        """Let go of what could not be made: it has no bytes, by which it would go one day."""
        with self._guard:
            if self._forms.get(key) is form:
                del self._forms[key]

    def _keep(self, key: tuple[str, str], form: _Form) -> None:
        """Count what has been made, and let go of what was asked for longest ago where there is too much."""
        with self._guard:
            self._uncount(self._forms.get(key, form))  # this one may have gone meanwhile, and another come
            self._forms[key], form.counted = form, len(form.made or b"") + self._beside
            self._bytes += form.counted
            while self._bytes > self._most and len(self._forms) > 1:
                self._uncount(self._forms.popitem(last=False)[1])

    def _uncount(self, form: _Form) -> None:
        self._bytes, form.counted = self._bytes - form.counted, 0


class Newest:
    """Of which change of the store the newest answer to each of the questions asked last is."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._versions: OrderedDict[Hashable, int] = OrderedDict()

    def note(self, question: Hashable, version: int) -> int | None:
        """Keep that a question has been answered as of a change; return as of which one it had been, if an older."""
        with self._guard:
            former = self._versions.pop(question, version)
            self._versions[question] = max(version, former)
            if len(self._versions) > _MOST_QUESTIONS:
                self._versions.popitem(last=False)
        return former if former < version else None

    def of(self, question: Hashable) -> int | None:
        """Return as of which change; None where nothing is known."""
        with self._guard:
            return self._versions.get(question)
