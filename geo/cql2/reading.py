"""A CQL2 filter from a stranger: read within bounds, and made an expression over the columns of a collection."""

from __future__ import annotations

from typing import Any, Literal

from geo.checked import MOST_NODES, check
from geo.columns import PROJECTS, Columns
from geo.cql2.bounds import MOST_BYTES, MOST_DEPTH, too_deep
from geo.cql2.compiled import Compiler
from geo.cql2.former import in_cql2
from geo.cql2.text import parse
from geo.crs import CRS84, to_crs84
from geo.errors import InvalidQuery, NotJson
from geo.filter import Expression
from geo.strict_json import read_json

Language = Literal["cql2-text", "cql2-json", "cql-text"]
LANGUAGES: tuple[Language, ...] = ("cql2-text", "cql2-json", "cql-text")  # GDAL looks for the last, and writes it


def read_filter(text: str, language: Language, crs: str = CRS84, columns: Columns = PROJECTS) -> Expression:
    """Return the expression of a filter; raises InvalidQuery, whose parameter is `filter` or `filter-crs`."""
    transform = to_crs84(crs, "filter-crs")
    node = read_node(text, language, columns)
    try:
        expression = Compiler(columns, transform).condition(node)
        check(expression, columns)
    except InvalidQuery as error:
        raise InvalidQuery("filter", error.rule, **error.values) from None
    return expression


def read_node(text: str, language: Language, columns: Columns = PROJECTS) -> Any:
    """Return a filter as CQL2 JSON, no larger and no deeper than it may be."""
    if len(text.encode()) > MOST_BYTES:
        raise InvalidQuery("filter", "filter-too-long", most=MOST_BYTES)
    if language == "cql-text":
        text = in_cql2(text, columns)
    node = _read_json(text) if language == "cql2-json" else parse(text)
    _measure(node)
    return node


def _read_json(text: str) -> Any:
    try:
        return read_json(text.encode())
    except NotJson as error:
        reason = str(error.values.get("reason") or error)
        raise InvalidQuery("filter", "filter-not-json", reason=reason) from None


def _measure(node: Any) -> None:
    """Raise InvalidQuery for more nodes, or more of them within each other, than there may be; coordinates are none."""
    count, waiting = 0, [(node, 1)]
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > MOST_DEPTH:
            raise too_deep()
        if count > MOST_NODES:
            raise InvalidQuery("filter", "filter-too-large", most=MOST_NODES)
        if isinstance(node, list):
            waiting += [(each, depth + 1) for each in node]
        elif isinstance(node, dict):
            inner = [value for name, value in node.items() if name in ("args", "interval")]
            waiting += [
                (each, depth + 1) for value in inner for each in (value if isinstance(value, list) else [value])
            ]
