"""JSON as strangers send it: what two readers could read in two ways is refused."""

from __future__ import annotations

import json
from typing import Any

import orjson

from geo.errors import NotJson

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_json(text: bytes) -> Any:
    """Return the document that UTF-8 text holds; a byte order mark is left out (RFC 8259 section 8.1).

    Raises NotJson for text that is no JSON, and for an object with one name twice (RFC 8259 section 4 leaves open
    which of the two values counts).
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    try:
        document = orjson.loads(text)
        json.loads(text, object_pairs_hook=_refuse_twins, parse_int=_unread, parse_float=_unread)
    except orjson.JSONDecodeError as error:
        raise NotJson("json-malformed", reason=str(error)) from None
    except RecursionError:
        raise NotJson("json-too-deep") from None
    return document


def read_value(text: str, start: int) -> tuple[Any, int]:
    """Return the value that begins there in a text, and where it ends; as strict as `read_json`.

    Raises NotJson, and json.JSONDecodeError (with the place in the text) where it is no JSON or not whole.
    """
    return _read_line(text, start) or _read_to_its_end(text, start)


def _read_line(text: str, start: int) -> tuple[Any, int] | None:
    """Return the value that a line from there on holds, and where the line ends; None where it has to be read slowly.

    Most files have a feature a line, whose end need not be looked for. An object with a name twice has more colons
    than what was read of it, in which each name stands once; a colon written as an escape is seen by nobody.
    """
    end = text.find("\n", start)
    line = text[start:end].rstrip(" \t\r,") if end >= 0 else ""
    if not line.endswith("}"):
        return None
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    is_sure = "\\u003" not in line and orjson.dumps(value).count(b":") == line.count(":")
    return (value, start + len(line)) if is_sure else None


def _read_to_its_end(text: str, start: int) -> tuple[Any, int]:
    try:
        _, end = _STRICT.raw_decode(text, start)
        return orjson.loads(text[start:end].encode()), end
    except orjson.JSONDecodeError as error:
        raise json.JSONDecodeError(error.msg, text, start + error.pos) from None
    except RecursionError:
        raise NotJson("json-too-deep") from None


def _refuse_twins(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) == len(pairs):
        return
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise NotJson("json-name-twice", name=name[:100])
        seen.add(name)


def _unread(_: str) -> None:
    return None


_STRICT = json.JSONDecoder(object_pairs_hook=_refuse_twins, parse_int=_unread, parse_float=_unread)
