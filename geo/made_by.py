"""What made an answer ready: a text that differs where our code, its words and places, or the organisations differ."""

from __future__ import annotations

import functools
import hashlib
from importlib import metadata
from pathlib import Path

import orjson

from geo.curated.organisations import Organisations
from geo.paths import data_folder

_PACKAGES = ("anyascii", "babel", "numpy", "shapely")


def maker(organisations: Organisations) -> str:
    """Return the text for records that are made ready with these organisations."""
    told = orjson.dumps([each.model_dump(mode="json") for each in organisations.all])
    return hashlib.blake2b(_code().encode() + told, digest_size=16).hexdigest()


@functools.cache
def _code() -> str:
    root = Path(__file__).resolve().parent
    files = sorted(
        file for file in root.rglob("*") if file.suffix in (".py", ".toml", ".sql") and "_data" not in file.parts
    )
    files += [data_folder() / "towns" / "towns.tsv.gz", data_folder() / "boundaries" / "countries.geojson"]
    told = hashlib.blake2b("".join(map(metadata.version, _PACKAGES)).encode())
    for file in files:
        told.update(file.read_bytes())
    return told.hexdigest()
