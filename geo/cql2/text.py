"""CQL2 text as CQL2 JSON has it (OGC 21-065r2, annexes B and C).

It is read in one go, each sign once and none again: of a text from a stranger no nesting may take long.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geo.cql2.bounds import MOST_DEPTH, too_deep
from geo.cql2.signs import Sign, signs_of, unreadable
from geo.cql2.wkt import GEOMETRIES, Coordinates

_COMPARED = ("=", "<>", "<", "<=", ">", ">=")
_RESERVED = ("AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "DIV")
Node = Any  # as JSON is: a dict, list, str, float or bool


def parse(text: str) -> Node:
    """Return the CQL2 JSON of a text; raises InvalidQuery where it cannot be read, or goes too deep."""
    reader = _Reader(text)
    found = reader.condition()
    reader.end()
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self._signs = signs_of(text)
        self._next = next(self._signs)
        self._depth = 0

    def end(self) -> None:
        if self._next.kind != "end":
            raise unreadable(self._next)

    def condition(self) -> Node:
        """Read what OR and AND connect; they are no deeper for being many."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise too_deep()
        found = self._joined("OR", lambda: self._joined("AND", self._negated))
        self._depth -= 1
        return found

    def _joined(self, word: str, read: Callable[[], Node]) -> Node:
        parts = [read()]
        while self._takes_word(word):
            parts.append(read())
        return parts[0] if len(parts) == 1 else {"op": word.lower(), "args": parts}

    def _negated(self) -> Node:
        count = 0
        while self._takes_word("NOT"):
            count += 1
            if count > MOST_DEPTH:
                raise too_deep()
        found = self._compared()
        for _ in range(count):
            found = {"op": "not", "args": [found]}
        return found

    def _compared(self) -> Node:
        left = self._sum()
        if self._next.is_sign(*_COMPARED):
            return {"op": self._take().text, "args": [left, self._sum()]}
        if self._takes_word("IS"):
            is_negated = self._takes_word("NOT")
            self._wants_word("NULL")
            return _negated({"op": "isNull", "args": [left]}, is_negated)
        is_negated = self._takes_word("NOT")
        found = self._listed(left)
        if found is None and is_negated:
            raise unreadable(self._next)
        return left if found is None else _negated(found, is_negated)

    def _listed(self, left: Node) -> Node | None:
        if self._takes_word("LIKE"):
            return {"op": "like", "args": [left, self._sum()]}
        if self._takes_word("BETWEEN"):
            least = self._sum()
            self._wants_word("AND")
            return {"op": "between", "args": [left, least, self._sum()]}
        if self._takes_word("IN"):
            self._wants("(")
            return {"op": "in", "args": [left, self._list()]}
        return None

    def _sum(self) -> Node:
        return self._reckoned(("+", "-"), (), lambda: self._reckoned(("*", "/", "%"), ("DIV",), self._power))

    def _reckoned(self, signs: tuple[str, ...], words: tuple[str, ...], read: Callable[[], Node]) -> Node:
        found, count = read(), 0
        while self._next.is_sign(*signs) or self._next.is_word(*words):
            found = {"op": self._take().text.lower(), "args": [found, read()]}
            count += 1
            if count > MOST_DEPTH:  # each is within the next
                raise too_deep()
        return found

    def _power(self) -> Node:
        base = self._factor()
        return {"op": "^", "args": [base, self._factor()]} if self._takes("^") else base

    def _factor(self) -> Node:
        if not self._takes("-"):
            return self._atom()
        found = self._atom()
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        return -found if is_number else {"op": "*", "args": [-1, found]}

    def _atom(self) -> Node:
        sign = self._take()
        if sign.kind == "number":
            return int(sign.text) if sign.text.isdigit() and len(sign.text) <= 15 else float(sign.text)
        if sign.kind == "text":
            return sign.text
        if sign.kind == "quoted":
            return {"property": sign.text}
        if sign.is_sign("("):
            return self._grouped()
        if sign.kind == "name" and not sign.is_word(*_RESERVED):
            return self._named(sign)
        raise unreadable(sign)

    def _grouped(self) -> Node:
        """Read what stands in parentheses: one thing for itself, none or several as an array."""
        found = self._list()
        return found[0] if len(found) == 1 else found

    def _list(self) -> list[Node]:
        found: list[Node] = []
        if self._takes(")"):
            return found
        while True:
            found.append(self.condition())
            if not self._takes(","):
                self._wants(")")
                return found

    def _named(self, sign: Sign) -> Node:
        word = sign.text.upper()
        if word in ("TRUE", "FALSE"):
            return word == "TRUE"
        if word in GEOMETRIES and (self._next.is_sign("(") or self._next.is_word("Z", "EMPTY")):
            return Coordinates(self._take, lambda: self._next).geometry(sign)
        if not self._takes("("):
            return {"property": sign.text}
        args = [_array(arg) if word.startswith("A_") else arg for arg in self._list()]
        if word in ("DATE", "TIMESTAMP") and len(args) == 1:
            return {word.lower(): args[0]}
        return {"interval": args} if word == "INTERVAL" else {"op": sign.text.lower(), "args": args}

    def _take(self) -> Sign:
        sign = self._next
        if sign.kind != "end":
            self._next = next(self._signs)
        return sign

    def _takes(self, sign: str) -> bool:
        is_there = self._next.is_sign(sign)
        if is_there:
            self._take()
        return is_there

    def _takes_word(self, word: str) -> bool:
        is_there = self._next.is_word(word)
        if is_there:
            self._take()
        return is_there

    def _wants(self, sign: str) -> None:
        if not self._takes(sign):
            raise unreadable(self._next)

    def _wants_word(self, word: str) -> None:
        if not self._takes_word(word):
            raise unreadable(self._next)


def _array(node: Node) -> Node:
    """Return an operand of a function of arrays, in which one thing in parentheses is an array of it."""
    return node if isinstance(node, list) or (isinstance(node, dict) and "property" in node) else [node]


def _negated(node: Node, is_negated: bool) -> Node:
    return {"op": "not", "args": [node]} if is_negated else node
