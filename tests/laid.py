"""What is wrong with an operator's layers: each in a folder of its own."""

from __future__ import annotations

import json
from unittest import mock

from provoke import refused

from geo.ground.overlays import read_overlays
from geo.ground.pmtiles import read_vector_tiles

GOOD = {
    "id": "parks",
    "title": "Parks",
    "kind": "protected-area",
    "licence": "CC BY 4.0",
    "credit": "An agency",
    "colour": "green",
    "file": "parks.geojson",
    "name": "name",
}
AREA = {
    "type": "Feature",
    "properties": {"name": "Salar"},
    "geometry": {"type": "Polygon", "coordinates": [[[-68, -21], [-67, -21], [-67, -20], [-68, -21]]]},
}


def written(place, text):
    """A folder with one layer's file, and what the operator wrote of it."""
    (place / "parks.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [AREA]}))
    (place / "overlays.toml").write_text(text)
    return place


def said_of(text):
    return lambda place: [refused(read_overlays, written(place, text))]


def entry(**change):
    """What is said of a layer with these fields; None leaves one out."""
    fields = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    return "\n".join(["[[overlay]]", *(f"{name} = {json.dumps(value)}" for name, value in fields.items())])


def broken(file, content, **change):
    def provoke(place):
        (place / file).write_bytes(content)
        return [refused(read_overlays, written(place, entry(file=file, **change)))]

    return provoke


def too_large(place):
    with mock.patch("geo.ground.shapes.MOST_VERTICES", 1):
        return [refused(read_overlays, written(place, entry()))]


def no_vectors(place):
    header = bytearray(127)
    header[:8] = b"PMTiles\x03"
    header[99] = 2  # PNG
    (place / "base.pmtiles").write_bytes(header)
    return [refused(read_vector_tiles, place / "base.pmtiles")]


RULES = {
    "overlays-missing": [lambda place: [refused(read_overlays, place / "none")]],
    "overlays-not-toml": [said_of("[[overlay]\n")],
    "overlays-form": [said_of("overlay = 1\n")],
    "overlay-twice": [said_of(f"{entry()}\n{entry()}")],
    "overlay-field-unknown": [said_of(entry(colr="green"))],
    "overlay-field-missing": [said_of(entry(title=None))],
    "overlay-text-form": [said_of(entry(title="a\u0007"))],
    "overlay-id-form": [said_of(entry(id="Parks!"))],
    "overlay-not-in-list": [said_of(entry(kind="park"))],
    "overlay-one-source": [said_of(entry(file=None))],
    "overlay-file-missing": [said_of(entry(file="none.geojson"))],
    "overlay-file-form": [said_of(entry(file="overlays.toml"))],
    "overlay-tiles-form": [said_of(entry(file=None, name=None, tiles="http://a.example/{z}/{x}/{y}.png"))],
    "overlay-no-column": [said_of(entry(name="titel"))],
    "overlay-unreadable": [broken("broken.geojson", b"{")],
    "overlay-crs": [broken("led.geojson", b'{"crs": {"type": "link", "properties": {"href": "x"}}}', name=None)],
    "overlay-too-large": [too_large],
    "pmtiles-form": [broken("fake.pmtiles", b"PMTiles\x02" + bytes(200), name=None)],
    "pmtiles-not-vector": [no_vectors],
}
