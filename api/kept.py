"""Answers that are made once for each change of the store, and compressed once, because everybody asks for them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from api.responses import pack_quickly, pack_thoroughly

_LARGE = 2**21  # bytes from which on the smallest size takes too long to reach


class Kept:
    """The newest answer of each name, as bytes and as it was compressed; one thread makes it, others wait for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._answers: dict[str, tuple[str, dict[str, bytes]]] = {}

    def body(self, name: str, tag: str, make: Callable[[], bytes]) -> bytes:
        """Return the answer of this tag, made where it is not the one that is kept."""
        return self._form(name, tag, "", make)

    def packed(self, name: str, tag: str, body: bytes, encoding: str) -> bytes:
        """Return the answer of this tag in a content coding."""
        pack = pack_quickly if len(body) > _LARGE else pack_thoroughly
        return self._form(name, tag, encoding, lambda: pack(body, encoding))

    def _form(self, name: str, tag: str, form: str, make: Callable[[], bytes]) -> bytes:
        with self._guard:
            known, forms = self._answers.get(name, ("", {}))
            if known != tag:
                self._answers[name] = (tag, forms := {})
            if form not in forms:
                forms[form] = make()
            return forms[form]
