"""Makes features to measure with: the real records that are points, then clones with places and names of their own.

A clone keeps all parts of its record (events, owners, capacities, sources, summary ...), so that it weighs what a
record weighs. Its point is moved by a normal distribution of 0.6 degrees, its id and its name end in a word that no
other record has. Links and ids of other databases are dropped. The same count gives the same features.
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from geo.curated.files import read_features

PROJECTS = Path(__file__).resolve().parents[2] / "data" / "projects"
SPREAD = 0.6  # degrees
FILE_BYTES = 96 * 2**20  # a file, at most, but for its last feature
DROPPED = ("links", "external_ids")
_SAMPLE = 20_000
_SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwxyz" for vowel in "aeiou"]


@dataclass
class Made:
    """What was written: the files, the points of all features in their order, and ids and words of some of them."""

    files: list[Path] = field(default_factory=list)
    points: np.ndarray[Any, Any] = field(default_factory=lambda: np.empty((0, 2)))
    ids: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def features(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield so many valid features with a Point, the real ones first, in the order of their ids."""
    real = list(real_features())
    yield from real[:count]
    chance = random.Random(seed)
    for number in range(len(real), count):
        yield _clone(real[number % len(real)], number, chance)


def more_features(start: int, count: int) -> Iterator[dict[str, Any]]:
    """Yield so many further clones, for a store whose own ones have numbers below `start`."""
    real, chance = list(real_features()), random.Random(start)
    for number in range(start, start + count):
        yield _clone(real[number % len(real)], number, chance)


def real_features() -> Iterator[dict[str, Any]]:
    """Yield the features of the dataset that have a Point, in the order of their ids, without what is dropped."""
    given = itertools.chain.from_iterable(read_features(file) for file in sorted(PROJECTS.glob("*.geojson")))
    for feature in sorted(given, key=lambda each: each["id"]):
        if (feature["geometry"] or {}).get("type") == "Point":
            kept = {name: value for name, value in feature["properties"].items() if name not in DROPPED}
            yield {**feature, "properties": kept}


def _clone(feature: dict[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    longitude, latitude = feature["geometry"]["coordinates"][:2]
    point = [_moved(longitude, 180, chance), _moved(latitude, 90, chance)]
    word = word_of(number)
    return {
        "type": "Feature",
        "id": f"{feature['id'][:2]}-made-up-{word}",
        "geometry": {"type": "Point", "coordinates": point},
        "properties": {**feature["properties"], "name": f"{feature['properties']['name']} {word.capitalize()}"},
    }


def _moved(degrees: float, most: float, chance: random.Random) -> float:
    return round(min(most, max(-most, degrees + chance.gauss(0, SPREAD))), 5)


def word_of(number: int) -> str:
    """Return a word of eight letters that no other number below a hundred million has."""
    return "".join(_SYLLABLES[number // 100**place % 100] for place in range(4))


def write_files(folder: Path, count: int, most_bytes: int = FILE_BYTES) -> Made:
    """Write features into GeoJSON files of a bounded size, one at a time: a million of them are 3 GB."""
    made = Made(points=np.empty((count, 2)))
    step = max(1, count // _SAMPLE)
    every = iter(features(count))
    numbered = enumerate(every)
    first = next(numbered, None)
    while first is not None:
        file = folder / f"features-{len(made.files):04}.geojson"
        made.files.append(file)
        first = _write_file(file, first, numbered, made, step, most_bytes)
    return made


def _write_file(
    file: Path,
    first: tuple[int, dict[str, Any]],
    rest: Iterator[tuple[int, dict[str, Any]]],
    made: Made,
    step: int,
    most_bytes: int,
) -> tuple[int, dict[str, Any]] | None:
    """Write one file; returns the first feature of the next one."""
    with file.open("wb") as out:
        out.write(b'{"type":"FeatureCollection","features":[\n')
        separator = b""
        for number, feature in itertools.chain([first], rest):
            if out.tell() > most_bytes:
                break
            out.write(separator + orjson.dumps(feature))
            separator = b",\n"
            _note(made, number, feature, step)
        else:
            out.write(b"\n]}\n")
            return None
        out.write(b"\n]}\n")
        return number, feature


def _note(made: Made, number: int, feature: dict[str, Any], step: int) -> None:
    made.points[number] = feature["geometry"]["coordinates"][:2]
    if number % step == 0:
        made.ids.append(feature["id"])
        made.words.append(feature["properties"]["name"].split()[-1])


if __name__ == "__main__":
    write_files(Path(sys.argv[1]), int(sys.argv[2]))
