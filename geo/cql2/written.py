"""CQL2 JSON as CQL2 text in one form: keywords in capitals, one blank between, parentheses where they are due."""

from __future__ import annotations

import re
from typing import Any

_INFIX = {"or": 1, "and": 2, "=": 4, "<>": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_BINDING = {**_INFIX, "div": 6, "^": 7, "not": 3, "like": 4, "between": 4, "in": 4, "isnull": 4}
_BARE = re.compile(r"[A-Za-z_][\w.:]*", re.ASCII)


def text_of(node: Any) -> str:
    """Return the CQL2 text of a filter that was read."""
    match node:
        case bool():
            return "TRUE" if node else "FALSE"
        case int() | float():
            return f"{node:.15g}" if float(f"{node:.15g}") == node else repr(node)
        case str():
            return _quoted(node)
        case list():
            return f"({_listed(node)})"
        case {"property": name}:
            return name if _BARE.fullmatch(name) else f'"{name}"'
        case {"date": text}:
            return f"DATE({_quoted(text)})"
        case {"timestamp": text}:
            return f"TIMESTAMP({_quoted(text)})"
        case {"interval": ends}:
            return f"INTERVAL({_listed(ends)})"
        case {"bbox": numbers}:
            return f"BBOX({_listed(numbers)})"
        case {"type": name, **rest}:
            return f"{name.upper()}{_coordinates(name, rest)}"
        case {"op": name, "args": args}:
            return _called(name.lower(), args)
    raise TypeError(node)


def _listed(nodes: list[Any]) -> str:
    return ", ".join(map(text_of, nodes))


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _called(name: str, args: list[Any]) -> str:
    strength = _BINDING.get(name)
    if strength is None:
        return f"{name.upper() if name[1:2] == '_' or name in ('casei', 'accenti') else name}({_listed(args)})"
    first = _within(args[0], strength)
    match name:
        case "not":
            return f"NOT {first}"
        case "isnull":
            return f"{first} IS NULL"
        case "like":
            return f"{first} LIKE {_within(args[1], strength)}"
        case "between":
            return f"{first} BETWEEN {_within(args[1], strength)} AND {_within(args[2], strength)}"
        case "in":
            return f"{first} IN {text_of(args[1])}"
        case "and" | "or":
            return f" {name.upper()} ".join(_within(arg, strength) for arg in args)
    return f"{first} {name} {_within(args[1], strength)}"


def _within(node: Any, strength: int) -> str:
    """Return a part of what binds so strongly, in parentheses where it binds no stronger itself."""
    inner = _BINDING.get(str(node.get("op", "")).lower(), 9) if isinstance(node, dict) else 9
    is_negative = isinstance(node, int | float) and not isinstance(node, bool) and node < 0
    return f"({text_of(node)})" if inner <= strength or (is_negative and strength > 4) else text_of(node)


def _coordinates(name: str, stated: Any) -> str:
    if name == "GeometryCollection":
        return f"({_listed(stated['geometries'])})"
    return _positions(stated["coordinates"]) if name != "Point" else f"({_position(stated['coordinates'])})"


def _positions(found: list[Any]) -> str:
    inner = (_positions(each) if each and isinstance(each[0], list) else _position(each) for each in found)
    return f"({', '.join(inner)})"


def _position(numbers: list[float]) -> str:
    return " ".join(map(text_of, numbers))
