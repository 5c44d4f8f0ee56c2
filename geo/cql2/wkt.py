"""The geometries of a CQL2 text (well-known text, and BBOX) as GeoJSON has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geo.cql2.signs import Sign, unreadable

# How deep the lists of coordinates lie, by type; of a MultiPoint each point may stand in parentheses.
_DEPTHS = {
    "Point": 0,
    "LineString": 1,
    "Polygon": 2,
    "MultiPoint": 1,
    "MultiLineString": 2,
    "MultiPolygon": 3,
}
_NAMES = {name.upper(): name for name in _DEPTHS}
GEOMETRIES = frozenset([*_NAMES, "GEOMETRYCOLLECTION", "BBOX"])


class Coordinates:
    """Reads a geometry from signs: `take` gives the next one, `peek` shows it."""

    def __init__(self, take: Callable[[], Sign], peek: Callable[[], Sign]) -> None:
        self._take, self._peek = take, peek

    def geometry(self, sign: Sign) -> dict[str, Any]:
        """Read the geometry whose type a sign names."""
        word = sign.text.upper()
        if word == "BBOX":
            self._wants("(")
            return {"bbox": self._listed(self._number)}
        if self._peek().is_word("Z"):
            self._take()
        self._wants("(")
        if word == "GEOMETRYCOLLECTION":
            return {"type": "GeometryCollection", "geometries": self._listed(self._member)}
        name = _NAMES.get(word)
        if name is None:
            raise unreadable(sign)
        return {"type": name, "coordinates": self._coordinates(name)}

    def _coordinates(self, name: str) -> list[Any]:
        if name == "Point":
            position = self._position()
            self._wants(")")
            return position
        if name == "MultiPoint":
            return self._listed(self._point)
        return self._lists(_DEPTHS[name])

    def _member(self) -> dict[str, Any]:
        sign = self._take()
        if sign.kind != "name" or sign.text.upper() not in _NAMES:
            raise unreadable(sign)  # no collection lies within another
        return self.geometry(sign)

    def _lists(self, depth: int) -> list[Any]:
        if depth == 1:
            return self._listed(self._position)

        def inner() -> list[Any]:
            self._wants("(")
            return self._lists(depth - 1)

        return self._listed(inner)

    def _listed(self, read: Callable[[], Any]) -> list[Any]:
        found = [read()]
        while self._peek().is_sign(","):
            self._take()
            found.append(read())
        self._wants(")")
        return found

    def _point(self) -> list[float]:
        if not self._peek().is_sign("("):
            return self._position()
        self._take()
        position = self._position()
        self._wants(")")
        return position

    def _position(self) -> list[float]:
        found = [self._number(), self._number()]
        while not self._peek().is_sign(",", ")"):
            found.append(self._number())
        return found

    def _number(self) -> float:
        sign = self._take()
        is_negative = sign.is_sign("-")
        if is_negative or sign.is_sign("+"):
            sign = self._take()
        if sign.kind != "number":
            raise unreadable(sign)
        return -float(sign.text) if is_negative else float(sign.text)

    def _wants(self, sign: str) -> None:
        found = self._take()
        if not found.is_sign(sign):
            raise unreadable(found)
