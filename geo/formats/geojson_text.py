"""Records as GeoJSON: one collection, a text sequence, or JSON-FG; each as the store answers it, nothing left out.

Beside a record's own members stand where it comes from: links to its page and to the licence, and the data release.
Projects of these files can be loaded again.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from geo.dates import first_day, last_day
from geo.formats.selection import Feature, Origin, Selection

_PART = 500  # records that are sent at once
_RECORD_SEPARATOR, _LINE_FEED = b"\x1e", b"\n"

_CRS84 = "http://www.opengis.net/def/crs/OGC/0/CRS84"
_CONFORMS_TO = [f"http://www.opengis.net/spec/json-fg-1/1.0/conf/{name}" for name in ("core", "types-schemas")]


def write_collection(selection: Selection) -> Iterator[bytes]:
    """Yield a FeatureCollection (RFC 7946) in parts."""
    return _collection(selection, {}, functools.partial(_with_origin, selection.origin))


def write_sequence(selection: Selection) -> Iterator[bytes]:
    """Yield a GeoJSON text sequence (RFC 8142) in parts: a separator before each record, a line feed after it."""
    for part in _encoded_parts(selection):
        told = (_with_origin(selection.origin, feature) for feature in part)
        yield b"".join(_RECORD_SEPARATOR + feature + _LINE_FEED for feature in told)


def write_jsonfg(selection: Selection) -> Iterator[bytes]:
    """Yield a collection of JSON-FG 1.0 (OGC 21-045r1) in parts.

    Its geometries are in WGS 84, so that they stand in `geometry` and `place` is null.
    """
    head = {
        "conformsTo": _CONFORMS_TO,
        "featureType": selection.contents.name,
        "geometryDimension": None,
        "coordRefSys": _CRS84,
    }
    return _collection(selection, head, functools.partial(_with_time, selection.origin))


def _collection(selection: Selection, head: dict[str, Any], shown: Callable[[bytes], bytes]) -> Iterator[bytes]:
    told = {"type": "FeatureCollection", **head, **_said(selection.origin), "features": []}
    begin = orjson.dumps(told)[: -len("]}")] + b"\n"
    for part in _encoded_parts(selection):
        yield begin + b",\n".join(map(shown, part))
        begin = b",\n"
    yield b"\n]}\n"


def _encoded_parts(selection: Selection) -> Iterator[list[bytes]]:
    """Yield the records in lists; at least one list, which may be empty."""
    features = iter(selection.encoded)
    yield list(itertools.islice(features, _PART))
    while part := list(itertools.islice(features, _PART)):
        yield part


def _with_origin(origin: Origin, encoded: bytes) -> bytes:
    return _with_members(encoded, _origin_of(orjson.loads(encoded), origin))


def _with_time(origin: Origin, encoded: bytes) -> bytes:
    feature = orjson.loads(encoded)
    return _with_members(encoded, {"time": _time(feature), "place": None, **_origin_of(feature, origin)})


def _with_members(encoded: bytes, members: dict[str, Any]) -> bytes:
    return b"".join((encoded[:-1], b",", orjson.dumps(members)[1:]))


def _time(feature: Feature) -> dict[str, Any] | None:
    """Return within which days a record's history lies: all those that its first and last date may mean."""
    first, last = (feature["properties"].get(name) for name in ("first_date", "last_date"))
    return {"interval": [first_day(first).isoformat(), last_day(last).isoformat()]} if first and last else None


def _origin_of(feature: Feature, origin: Origin) -> dict[str, Any]:
    page = {"href": origin.address_of(feature["id"]), "rel": "alternate", "type": "text/html"}
    said = _said(origin)
    return {**said, "links": [page, *said.get("links", [])]}


def _said(origin: Origin) -> dict[str, Any]:
    """Return the members that say of one record, or of all, from which release it is and under which licence."""
    licence = {"href": origin.licence_address, "rel": "license", "title": origin.licence}
    return {
        **({"release": origin.release} if origin.release else {}),
        **({"links": [licence]} if origin.licence_address else {}),
    }
