"""The changes between two states of a record, part by part, in the order in which people read one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from geo.records.keys import key_name
from geo.records.parts import CLAIMS
from web.changed.facets import Facet, Facets, Part
from web.changed.place import place_lines
from web.changed.texts import runs
from web.changed.values import Change, Cited, Line, What
from web.language import ENGLISH, Language

Feature = Mapping[str, Any]
_NO_NAMES: Mapping[str, str] = {}


def changes(
    before: Feature | None, after: Feature | None, language: Language = ENGLISH, names: Mapping[str, str] = _NO_NAMES
) -> list[Change]:
    """Return how two states of a record differ, each a GeoJSON feature without derived properties; None for no record.

    `names` are those of the records to which it links, by their ids.
    """
    return [*each_change(before, after, language, names)]


def each_change(
    before: Feature | None, after: Feature | None, language: Language = ENGLISH, names: Mapping[str, str] = _NO_NAMES
) -> Iterator[Change]:
    """Yield what `changes` returns, each looked for when it is asked for: whoever shows a few takes a few."""
    return _Comparison(before, after, language, names).all()


class _Comparison:
    def __init__(
        self, before: Feature | None, after: Feature | None, language: Language, names: Mapping[str, str]
    ) -> None:
        self._language, self._say = language, language.say
        self._facets = Facets(language, names)
        self._geometries = ((before or {}).get("geometry"), (after or {}).get("geometry"))
        self._before: Part = before["properties"] if before else {}
        self._after: Part = after["properties"] if after else {}

    def all(self) -> Iterator[Change]:
        facets = self._facets
        yield from self._field("name", facets.plain("columns.name", "name"))
        yield from self._field("kind", facets.code("columns.kind", "kind", ""))
        yield from self._listed("other_names", str)
        yield from self._place()
        yield from self._field("summary", facets.text("columns.summary", "summary"))
        for name in CLAIMS:
            yield from self._parts(name)
        yield from self._listed("external_ids", self._external_id)
        yield from self._field("checked", Facet(self._say("columns.checked"), ("checked", "checked_found"), self._look))
        yield from self._parts("sources")

    def _field(self, name: str, facet: Facet) -> Iterator[Change]:
        line = self._line("", facet, self._before, self._after, is_named=False)
        if line:
            yield Change(f"/properties/{name}", _what(line), facet.title, (line,))

    def _listed(self, name: str, said: Callable[[Any], str]) -> Iterator[Change]:
        """A list of single values: which were taken out, and which are new."""
        line = self._items("", self._before.get(name, []), self._after.get(name, []), said)
        if line:
            yield Change(f"/properties/{name}", _what(line), self._say(f"columns.{name}"), (line,))
        elif self._before.get(name, []) != self._after.get(name, []):
            yield Change(f"/properties/{name}", "moved", self._say(f"columns.{name}"))

    def _external_id(self, known: Part) -> str:
        return f"{self._language.label('dataset', known['dataset'])} {known['id']}"

    def _look(self, properties: Part) -> str:
        if not properties.get("checked"):
            return ""
        found = self._language.label("checked_found", properties.get("checked_found") or "")
        return self._say("record.looked_for", date=self._language.date(properties["checked"]), found=found)

    def _place(self) -> Iterator[Change]:
        lines = [*place_lines(self._language, self._geometries, self._before, self._after)]
        for facet in (
            self._facets.plain("columns.locality", "locality"),
            self._facets.plain("columns.region", "region"),
            Facet(self._say("columns.country"), ("country",), self._country),
            self._facets.text("diff.note", "location_note"),
        ):
            lines += filter(None, [self._line("", facet, self._before, self._after)])
        lines += self._cited_line(self._before.get("location_sources"), self._after.get("location_sources"))
        if lines:
            what: What = "changed" if self._before and self._after else _what(*lines)
            yield Change("/geometry", what, self._say("diff.place"), tuple(lines), self._sources_of_place())

    def _country(self, properties: Part) -> str:
        return self._language.country(properties["country"]) if properties.get("country") else ""

    def _sources_of_place(self) -> tuple[Cited, ...]:
        side = self._after or self._before
        return _cited(side, side.get("location_sources"))

    def _parts(self, name: str) -> Iterator[Change]:
        key = key_name(name)
        one, other = ({part[key]: part for part in side.get(name, [])} for side in (self._before, self._after))
        for each in dict.fromkeys((*other, *one)):
            yield from self._part(name, f"/properties/{name}/{each}", one.get(each), other.get(each))
        if [each for each in one if each in other] != [each for each in other if each in one]:
            yield Change(f"/properties/{name}", "moved", self._order_of(name))

    def _order_of(self, name: str) -> str:
        what = self._say("record.sources" if name == "sources" else f"columns.{name}")
        return self._say("diff.order", what=what)

    def _part(self, name: str, pointer: str, one: Part | None, other: Part | None) -> Iterator[Change]:
        if one == other:
            return
        facets = [facet for facet in self._facets.of(name) if (one and other) or not facet.is_named]
        told = (self._line(name, facet, one or {}, other or {}) for facet in facets)
        lines = [line for line in told if line is not None]
        named = None if name == "sources" else "sources"
        if named and one and other:
            lines += self._cited_line(one[named], other[named])
        what: What = "added" if not one else "removed" if not other else "changed"
        shown = other or one or {}
        sources = _cited(self._after if other else self._before, shown[named]) if named else ()
        yield Change(pointer, what, self._facets.called(name, shown), tuple(lines), sources)

    def _line(self, name: str, facet: Facet, one: Part, other: Part, *, is_named: bool = True) -> Line | None:
        """Return what fields said and say; None where they are the same."""
        if all(one.get(field) == other.get(field) for field in facet.fields):
            return None
        before, after = facet.say(one), facet.say(other)
        if before == after:
            before, after = (self._facets.exactly(name, facet.fields, part) for part in (one, other))
        words = runs(before, after) if facet.is_text and before and after else ()
        return Line(facet.title if is_named else "", before, after, words)

    def _cited_line(self, before: Sequence[str] | None, after: Sequence[str] | None) -> list[Line]:
        if before == after:
            return []
        line = self._items(self._say("diff.sources"), _titles(self._before, before), _titles(self._after, after), str)
        return [line] if line else []

    def _items(
        self, title: str, before: Sequence[Any], after: Sequence[Any], said: Callable[[Any], str]
    ) -> Line | None:
        out, new = [each for each in before if each not in after], [each for each in after if each not in before]
        if not out and not new:
            return None
        return Line(title, self._language.listed(map(said, out)), self._language.listed(map(said, new)))


def _what(*lines: Line) -> What:
    if not any(line.before for line in lines):
        return "added"
    return "changed" if any(line.after for line in lines) else "removed"


def _titles(properties: Part, ids: Sequence[str] | None) -> list[str]:
    known = {source["id"]: source["title"] for source in properties.get("sources", [])}
    return [known.get(each, each) for each in ids or []]


def _cited(properties: Part, ids: Sequence[str] | None) -> tuple[Cited, ...]:
    known = {source["id"]: source for source in properties.get("sources", [])}
    return tuple(Cited(known[each]["title"], known[each].get("url")) for each in ids or [] if each in known)
