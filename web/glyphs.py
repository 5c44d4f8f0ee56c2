"""Make the letters that MapLibre writes on a map from our font: `python -m web.glyphs`, after `python -m web.fonts`.

A map asks for letters in ranges of 256, as a file of protocol buffers in which each letter is a picture of distances to
its edge (the form of MapLibre's `glyphs`; 24 pixels high, 3 around, 255 within and 0 outside, the edge at 191). Ours
are those of ASCII, for the counts of clusters: names of records are written by whoever shows the map.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from web.assets import static_folder

STACK, RANGE = "Inter", "0-255"
_LETTERS = range(32, 127)
_WEIGHT, _SIZE, _AROUND, _REACH = 600, 24, 3, 8  # pixels but for the weight
_EDGE = 0.75  # of 255
_ASCENT = 26  # pixels from which the tops of letters are told
_STEPS = 8  # straight lines a curve is drawn by


class Glyph(NamedTuple):
    """A letter: its picture, how large it is without what is around, where it stands, and where the next one does."""

    letter: int
    picture: bytes
    width: int
    height: int
    left: int
    top: int
    advance: int


def main() -> int:
    """Run the command; return its exit code."""
    file = glyphs_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encoded(list(glyphs(static_folder() / "fonts" / "inter-latin.woff2"))))
    return 0


def glyphs_file() -> Path:
    """Return where the letters lie."""
    return static_folder() / "glyphs" / STACK / f"{RANGE}.pbf"


def glyphs(font_file: Path) -> Iterator[Glyph]:
    """Yield the letters of a font."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font: Any = instancer.instantiateVariableFont(TTFont(font_file), {"wght": _WEIGHT})
    known, outlines, scale = font.getBestCmap(), font.getGlyphSet(), _SIZE / font["head"].unitsPerEm
    for letter in _LETTERS:
        if letter in known:
            outline = outlines[known[letter]]
            yield _glyph(letter, _shape(outline, scale), round(outline.width * scale))


def _shape(outline: Any, scale: float) -> BaseGeometry:
    """Return a letter's area in pixels from where it stands on the line, y upwards: overlapping paths are one."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    pen: Any = DecomposingRecordingPen(outline.glyphSet)
    outline.draw(pen)
    rings = [np.array(ring) * scale for ring in _rings(pen.value) if len(ring) > 2]
    area: BaseGeometry = shapely.Polygon()
    for ring in rings:
        part = shapely.make_valid(shapely.Polygon(ring))
        is_hole = shapely.LinearRing(ring).is_ccw  # outlines of TrueType are clockwise
        area = area.difference(part) if is_hole else area.union(part)
    return area


def _rings(drawn: list[tuple[str, Any]]) -> Iterator[list[tuple[float, float]]]:
    """Yield the paths of a letter as corners."""
    ring: list[tuple[float, float]] = []
    for what, points in drawn:
        if what == "moveTo":
            ring = [points[0]]
        elif what == "lineTo":
            ring.append(points[0])
        elif what == "qCurveTo":
            ring += _curve(ring[-1], points)
        elif what in ("closePath", "endPath"):
            yield ring


def _curve(start: tuple[float, float], points: Any) -> Iterator[tuple[float, float]]:
    """Yield corners along a quadratic spline of TrueType."""
    from fontTools.pens.basePen import decomposeQuadraticSegment

    at = np.array(start)
    for control, end in decomposeQuadraticSegment(points):
        middle, last = np.array(control), np.array(end)
        for t in np.linspace(0, 1, _STEPS + 1)[1:]:
            x, y = (1 - t) ** 2 * at + 2 * t * (1 - t) * middle + t**2 * last
            yield float(x), float(y)
        at = last


def _glyph(letter: int, shape: BaseGeometry, advance: int) -> Glyph:
    if shape.is_empty:
        return Glyph(letter, b"", 0, 0, 0, -_ASCENT, advance)
    left, bottom, right, top = (int(edge) for edge in (*np.floor(shape.bounds[:2]), *np.ceil(shape.bounds[2:])))
    x = np.arange(left - _AROUND, right + _AROUND) + 0.5
    y = np.arange(top + _AROUND, bottom - _AROUND, -1) - 0.5
    points: Any = shapely.points(*np.meshgrid(x, y))
    away = shapely.distance(shape.boundary, points) * np.where(shapely.contains(shape, points), -1, 1)
    picture = np.clip(np.rint(255 * (_EDGE - away / _REACH)), 0, 255).astype(np.uint8)
    return Glyph(letter, picture.tobytes(), right - left, top - bottom, left, top - _ASCENT, advance)


def encoded(found: list[Glyph]) -> bytes:
    """Return letters as the file that a map reads."""
    stack = _field(1, STACK.encode()) + _field(2, RANGE.encode()) + b"".join(_field(3, _of(each)) for each in found)
    return _field(1, stack)


def _of(glyph: Glyph) -> bytes:
    numbers = [(1, glyph.letter), (3, glyph.width), (4, glyph.height)]
    numbers += [(5, _zigzag(glyph.left)), (6, _zigzag(glyph.top)), (7, glyph.advance)]
    picture = _field(2, glyph.picture) if glyph.picture else b""
    return picture + b"".join(_varint(number << 3) + _varint(value) for number, value in numbers)


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


if __name__ == "__main__":
    sys.exit(main())
