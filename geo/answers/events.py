"""An event as it is answered, with the record and the sources that it names."""

from __future__ import annotations

from typing import Any

import orjson

_SOURCE = ("id", "title", "url", "publisher", "published")


def event_of(feature: bytes, number: int) -> bytes:
    """Return the event at a place in a record, of its feature, as JSON."""
    found = orjson.loads(feature)
    stated = found["properties"]
    event: dict[str, Any] = {"date_basis": "happened", "status": None, "expected": False, "basis": "stated"}
    event |= stated["events"][number]
    sources = {source["id"]: source for source in stated["sources"]}
    named = [{name: sources[each].get(name) for name in _SOURCE} for each in event["sources"]]
    record = {"record_id": found["id"], "record_name": stated["name"]}
    about = {name: stated[name] for name in ("kind", "country")}
    return orjson.dumps({**record, **about, **event, "sources": named})
