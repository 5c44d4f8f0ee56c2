"""The layers that an operator lays over the map: read from a TOML file, every entry checked before anything starts."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geo.errors import OverlayRefused
from geo.ground.pmtiles import VectorTiles, read_vector_tiles
from geo.ground.shapes import Shapes, read_shapes

FILE = "overlays.toml"
KINDS = ("protected-area", "indigenous-land", "water-stress", "power-line", "other")
COLOURS = ("green", "blue", "purple", "red", "orange", "grey")
MOST_OVERLAYS = 30
_MOST_TEXT = 200
_TEXTS = ("title", "licence", "credit")
_FIELDS = {"id", "kind", "colour", "name", "file", "tiles", *_TEXTS}
_TILES = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?/[\w./{}?=&%~+@-]*", re.ASCII)
_SHAPES = (".geojson", ".json", ".fgb")


Source = tuple[Shapes | None, VectorTiles | None, str | None]


@dataclass(frozen=True)
class Overlay:
    """A layer: its name, its kind, whose it is, and where it comes from: one of shapes, a file of tiles, an address."""

    id: str
    title: str
    kind: str
    licence: str
    credit: str
    colour: str
    shapes: Shapes | None = None
    vector_tiles: VectorTiles | None = None
    tiles: str | None = None

    @property
    def host(self) -> str | None:
        """The other host that browsers have to ask for it, None where this server has it."""
        return urlsplit(self.tiles).netloc if self.tiles else None


def read_overlays(path: Path) -> tuple[Overlay, ...]:
    """Return the overlays of a TOML file, or of `overlays.toml` in a folder; raises OverlayRefused."""
    file = path / FILE if path.is_dir() else path
    entries = _entries(file)
    found: dict[str, Overlay] = {}
    for number, entry in enumerate(entries, 1):
        overlay = _Reader(file, number, entry).read()
        if overlay.id in found:
            raise OverlayRefused("overlay-twice", file=str(file), id=overlay.id)
        found[overlay.id] = overlay
    return tuple(found.values())


def _entries(file: Path) -> list[dict[str, Any]]:
    try:
        stated = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise OverlayRefused("overlays-missing", file=str(file), name=FILE) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OverlayRefused("overlays-not-toml", file=str(file), reason=str(error)) from None
    entries = stated.get("overlay")
    is_list = isinstance(entries, list) and all(isinstance(each, dict) for each in entries)
    if not is_list or set(stated) != {"overlay"} or not 0 < len(entries or ()) <= MOST_OVERLAYS:
        raise OverlayRefused("overlays-form", file=str(file), most=MOST_OVERLAYS)
    return list(entries or ())


class _Reader:
    """Reads one entry; whatever is wrong is told with the file, the entry and its field."""

    def __init__(self, file: Path, number: int, entry: dict[str, Any]) -> None:
        self.file, self.entry = file, entry
        self.called = f"{number} ({entry['id']})" if isinstance(entry.get("id"), str) else str(number)

    def refuse(self, rule: str, **values: Any) -> OverlayRefused:
        return OverlayRefused(rule, file=str(self.file), entry=self.called, **values)

    def read(self) -> Overlay:
        for field in sorted(set(self.entry) - _FIELDS):
            raise self.refuse("overlay-field-unknown", field=field, known=tuple(sorted(_FIELDS)))
        texts = {field: self.text(field) for field in _TEXTS}
        overlay_id, kind, colour = self.identifier(), self.one_of("kind", KINDS), self.one_of("colour", COLOURS)
        source = self.source()
        return Overlay(overlay_id, texts["title"], kind, texts["licence"], texts["credit"], colour, *source)

    def stated(self, field: str) -> str:
        value = self.entry.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse("overlay-field-missing", field=field)
        return value.strip()

    def text(self, field: str) -> str:
        value = self.stated(field)
        if len(value) > _MOST_TEXT or not value.isprintable():
            raise self.refuse("overlay-text-form", field=field, most=_MOST_TEXT)
        return value

    def identifier(self) -> str:
        value = self.stated("id")
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", value):
            raise self.refuse("overlay-id-form", text=value[:50])
        return value

    def one_of(self, field: str, known: tuple[str, ...]) -> str:
        value = self.stated(field)
        if value not in known:
            raise self.refuse("overlay-not-in-list", field=field, text=value[:50], known=known)
        return value

    def source(self) -> Source:
        """Return the one source of the layer."""
        if ("file" in self.entry) == ("tiles" in self.entry):
            raise self.refuse("overlay-one-source")
        if "tiles" in self.entry:
            return None, None, self.address()
        file = self.file.parent / self.stated("file")
        if not file.is_file():
            raise self.refuse("overlay-file-missing", name=str(file))
        if file.suffix == ".pmtiles":
            return None, read_vector_tiles(file), None
        if file.suffix in _SHAPES:
            return read_shapes(file, self.entry.get("name")), None, None
        raise self.refuse("overlay-file-form", name=file.name, known=(*_SHAPES, ".pmtiles"))

    def address(self) -> str:
        value = self.stated("tiles")
        if not _TILES.fullmatch(value) or not all(f"{{{part}}}" in value for part in "zxy"):
            raise self.refuse("overlay-tiles-form", text=value[:100])
        return value
