"""An edit is a value: what it says, how it differs from what was there, and how two edits of one record go together.

The parts of a record are told apart by their keys (sources by their ids), so pointers of this module name a part by its
key: `/properties/events/k3f9a2/date`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from geo.errors import InvalidRecord
from geo.faults import Fault, fault
from geo.records.ids import free_source_id, with_source_ids
from geo.records.keys import key_name, with_kept_keys
from geo.records.project import Project

Feature = dict[str, Any]


@dataclass(frozen=True)
class Once:
    """By what a change is known that is asked for again: digests of the name its asker gave it, and of what it says."""

    name: bytes
    content: bytes


@dataclass(frozen=True)
class Edit:
    """A change, whoever asks: `project` None deletes, `expected` None creates, a number names what it changes.

    A deletion may name the `successor`: the record that stands for the deleted one from then on. One that `restores`
    may change a deletion: the record is there again, under its own id. One that is to be made `once` is not made again.
    """

    project_id: str
    project: Project | None
    expected: int | None
    author: str
    comment: str | None = None
    successor: str | None = None
    once: Once | None = None
    restores: bool = False


@dataclass(frozen=True)
class Difference:
    """A place in which two records differ; None stands for nothing there."""

    pointer: str
    before: Any
    after: Any

    def members(self) -> dict[str, Any]:
        """Return it as the members of an object, for programs; people are told by `web.changed`."""
        return {"pointer": self.pointer, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Conflict:
    """A place that two edits of one record have changed in different ways."""

    pointer: str
    base: Any
    ours: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """What two edits make together; where there are conflicts, ours stands in `feature`."""

    feature: Feature
    conflicts: list[Conflict]


def stating(feature: Any, before: Project | None = None) -> Project:
    """Return the record that a feature states in place of another, whose parts keep their keys.

    Sources without an id get one, and claims may name them by their addresses.
    The outline of a country goes with the country: it is filled in anew where the record is said to be in another one.
    Raises InvalidRecord.
    """
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return Project.from_feature(feature)
    sources = before.stated()["sources"] if before else ()
    stated = with_source_ids(feature["properties"], sources)
    if before is None:
        return Project.from_feature({**feature, "properties": stated})
    moved = before.properties.location_accuracy == "country" and stated.get("country") != before.properties.country
    geometry = None if moved and feature.get("geometry") == before.geometry else feature.get("geometry")
    return Project.from_feature(
        {**feature, "geometry": geometry, "properties": with_kept_keys(stated, before.properties)}
    )


def stating_again(stored: Feature, before: Project | None) -> Project:
    """Return the record that an older store kept, whose claims get the keys that they had in the revision before."""
    stated = stored["properties"]
    kept = with_kept_keys(stated, before.properties) if before else stated
    return Project.from_stored({**stored, "properties": kept})


def broken_links(project: Project, before: Project | None, is_there: Callable[[str], bool]) -> list[Fault]:
    """Return a fault for each link that an edit adds and that leads to no record; older ones stay as they are."""
    old = {(link.type, link.project) for link in before.properties.links} if before else set()
    return [
        fault(f"/properties/links/{index}/project", "broken-link", project=link.project).of(project.id)
        for index, link in enumerate(project.properties.links)
        if (link.type, link.project) not in old and not is_there(link.project)
    ]


def patched(feature: Feature, patch: dict[str, Any]) -> Feature:
    """Return a feature changed by a JSON merge patch (RFC 7396) that may name parts by their keys.

    A list of parts is replaced by a list, as there; an object in its place changes the parts that it names by their
    keys, takes out those that are null, and adds those that are new. Raises InvalidRecord where a key is changed, and
    for a change of a part that there is not.
    """
    changed: Feature = merge_patch(feature, patch)
    stated, asked = feature.get("properties"), patch.get("properties")
    if isinstance(asked, dict) and isinstance(changed.get("properties"), dict):
        before = stated if isinstance(stated, dict) else {}
        by_key = {name: parts for name, parts in asked.items() if key_name(name) and isinstance(parts, dict)}
        faults = [each for name, parts in by_key.items() for each in _key_faults(before.get(name, []), parts, name)]
        if faults:
            raise InvalidRecord(faults)
        for name, parts in by_key.items():
            changed["properties"][name] = _patched_parts(before.get(name, []), parts, key_name(name))
    return changed


def _key_faults(parts: list[Any], patch: dict[str, Any], name: str) -> Iterator[Fault]:
    """What is added states all that a part must: its sources, or, as a source, its title."""
    key, required = key_name(name), "title" if name == "sources" else "sources"
    known = {part[key] for part in parts}
    for part_key, change in patch.items():
        pointer = f"/properties/{name}/{part_key[:100]}"
        if isinstance(change, dict) and change.get(key, part_key) != part_key:
            yield fault(f"{pointer}/{key}", "key-changed", key=part_key[:100])
        elif part_key not in known and not (isinstance(change, dict) and required in change):
            yield fault(pointer, "no-such-part", key=part_key[:100], known=tuple(sorted(known)[:20]))


def merge_patch(target: Any, patch: Any) -> Any:
    """Return a document changed by a JSON merge patch (RFC 7396 section 2)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _patched_parts(parts: list[Any], patch: dict[str, Any], key: str) -> list[Any]:
    by_key = {part[key]: part for part in parts}
    patched_by_key = merge_patch(by_key, patch)
    return [{**part, key: name} if isinstance(part, dict) else part for name, part in patched_by_key.items()]


def differences(before: Feature, after: Feature) -> list[Difference]:
    """Return where two records differ, each as a GeoJSON feature without derived properties."""
    return list(_differences(before, after, ("",)))


def _differences(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Difference]:
    if before == after:
        return
    first, second = _members(before, path), _members(after, path)
    if first is None or second is None:
        yield Difference(_pointer(path), before, after)
        return
    for name in dict.fromkeys((*first, *second)):
        yield from _differences(first.get(name), second.get(name), (*path, name))
    if _key(path) and [name for name in first if name in second] != [name for name in second if name in first]:
        yield Difference(_pointer(path), list(first), list(second))


def merge(base: Feature, ours: Feature, theirs: Feature, taken: Collection[str] = ()) -> Merged:
    """Return a record with what two edits changed since `base`; what both changed in different ways is a conflict.

    Of a conflict at one of the pointers `taken` theirs stands in the record; of all others ours does.

    Disjoint and equal changes go together. Values that mean something only together (an amount and its unit, a point
    and how well it is known) count as one. A source that both added under one id gets another id in theirs. Whether
    the whole is a valid record is for `Project.from_feature` to say.
    """
    conflicts: list[Conflict] = []
    sides = _together(base), _together(ours), _together(_renamed(base, ours, theirs))
    merged = _merged(*sides, ("",), conflicts, frozenset(taken))
    return Merged(_apart(merged), conflicts)


# Fields of a record, or of a part, that mean something only together.
_PLACE = ("geometry", "location_accuracy", "location_radius_km")
_TOGETHER = {
    "events": (("date", "date_basis"), ("type", "status", "expected")),
    "owners": (("share_pct", "pending"),),
    "capacities": (("product", "value", "unit", "basis", "scope"),),
    "resource": (("substance", "tonnes"), ("grade", "grade_unit")),
    "investment": (("amount", "currency"),),
}


def _together(feature: Feature) -> Feature:
    """Put the place and the fields that belong together into one member each, whose name says which they are."""
    place = {"geometry": feature["geometry"]} if feature.get("geometry") else {}
    properties = {**place, **feature["properties"]}
    bound = _bound(properties, (_PLACE,))
    for name, groups in _TOGETHER.items():
        if name in bound:
            bound[name] = [_bound(part, groups) for part in bound[name]]
    return {**{k: v for k, v in feature.items() if k not in ("geometry", "properties")}, "properties": bound}


def _bound(values: dict[str, Any], groups: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    bound = dict(values)
    for group in groups:
        together = tuple((name, bound.pop(name)) for name in group if name in bound)
        if together:
            bound["+".join(group)] = together
    return bound


def _apart(feature: Feature) -> Feature:
    properties = _unbound(feature["properties"])
    for name in _TOGETHER:
        if name in properties:
            properties[name] = [_unbound(part) for part in properties[name]]
    geometry = properties.pop("geometry", None)
    return {**{k: v for k, v in feature.items() if k != "properties"}, "geometry": geometry, "properties": properties}


def _unbound(values: dict[str, Any]) -> dict[str, Any]:
    unbound: dict[str, Any] = {}
    for name, value in values.items():
        unbound |= dict(value) if "+" in name else {name: value}
    return unbound


def _renamed(base: Feature, ours: Feature, theirs: Feature) -> Feature:
    """Give sources that theirs added under an id that ours gave to another text an id of their own."""
    before, mine, added = (
        {source["id"]: source for source in each["properties"]["sources"]} for each in (base, ours, theirs)
    )
    taken = {*before, *mine, *added}
    names: dict[str, str] = {}
    for source_id, source in added.items():
        if source_id not in before and source_id in mine and mine[source_id] != source:
            names[source_id] = free_source_id(taken)
            taken.add(names[source_id])
    return theirs if not names else {**theirs, "properties": _with_names(theirs["properties"], names)}


def _with_names(properties: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    def renamed(ids: list[str]) -> list[str]:
        return [names.get(each, each) for each in ids]

    changed = dict(properties)
    for name, value in properties.items():
        if name == "location_sources":
            changed[name] = renamed(value)
        elif name == "sources":
            changed[name] = [{**source, "id": names.get(source["id"], source["id"])} for source in value]
        elif key_name(name):
            changed[name] = [{**part, "sources": renamed(part["sources"])} for part in value]
    return changed


def _merged(
    base: Any, ours: Any, theirs: Any, path: tuple[str, ...], conflicts: list[Conflict], taken: frozenset[str]
) -> Any:
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if isinstance(ours, list) and isinstance(theirs, list) and not _key(path):
        return _merged_sets(base or [], ours, theirs)
    before, mine, other = (_members(side, path) for side in (base, ours, theirs))
    if mine is None or other is None:
        told = list(_told(base, ours, theirs, path))
        conflicts += told
        return theirs if any(each.pointer in taken for each in told) else ours
    order = _order([before or {}, mine, other], path, conflicts)
    found = {
        name: _merged((before or {}).get(name), mine.get(name), other.get(name), (*path, name), conflicts, taken)
        for name in order
    }
    kept = {name: value for name, value in found.items() if value is not None}
    return list(kept.values()) if _key(path) else kept


def _told(base: Any, ours: Any, theirs: Any, path: tuple[str, ...]) -> Iterator[Conflict]:
    """Yield the conflict, or those of the fields of which it is made."""
    if "+" not in path[-1]:
        yield Conflict(_pointer(path), base, ours, theirs)
        return
    sides = [dict(side or ()) for side in (base, ours, theirs)]
    for name in path[-1].split("+"):
        values = [side.get(name) for side in sides]
        if values[1] != values[2]:
            place = ("", name) if name == "geometry" else (*path[:-1], name)
            yield Conflict(_pointer(place), *values)


def _order(sides: list[dict[str, Any]], path: tuple[str, ...], conflicts: list[Conflict]) -> list[str]:
    """Return the names of both edits in the order of whoever changed it; new ones come after what they followed."""
    base, ours, theirs = map(list, sides)
    common = [name for name in base if name in ours and name in theirs]
    orders = [[name for name in each if name in common] for each in (base, ours, theirs)]
    if _key(path) and orders[1] != orders[2] and orders[0] not in orders[1:]:
        conflicts.append(Conflict(_pointer(path), *orders))
    first, second = (theirs, ours) if orders[1] == orders[0] else (ours, theirs)
    found = list(first)
    for place, name in enumerate(second):
        if name not in found:
            before = next((found.index(each) for each in reversed(second[:place]) if each in found), -1)
            found.insert(before + 1, name)
    return found


def _merged_sets(base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any]:
    """Lists whose items are single values, such as names: what either took out is out, what either added is in."""
    kept = [item for item in ours if item in theirs or item not in base]
    return kept + [item for item in theirs if item not in ours and item not in base]


def _members(value: Any, path: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the members of an object, or the parts of a list by key; None for what is one value."""
    if key := _key(path):
        return {part[key]: part for part in value or ()}
    return value if isinstance(value, dict) and path[-1] != "geometry" else None


def _key(path: tuple[str, ...]) -> str:
    """Return by which member the parts of the list at this place are told apart; "" where there is no such list."""
    return key_name(path[2]) if len(path) == 3 and path[1] == "properties" else ""


def _pointer(path: tuple[str, ...]) -> str:
    return "/".join(path)
