"""Which of a record's claims say the same thing differently, and which one stands for a capacity at a glance."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from geo import dates, vocabulary

Claim = Mapping[str, Any]
Range = tuple[float, float]

# What "about" leaves open, as a part of the number.
ABOUT = 0.1
_IN_BASE_UNIT = {"MWh/y": ("GWh/y", 0.001), "MWh": ("GWh", 0.001)}
_BUILT = ("operating", "paused", "closed")
_WHOLE = "this_plant"
_ROLES = ("operator", "owner", "proposer", "partner", "state", "contractor", "offtaker")


def differing_capacities(capacities: Iterable[Claim]) -> list[list[Claim]]:
    """Return the groups of capacities of the same product, unit, basis and scope that cannot all be right.

    Figures of phases, sums and groups are compared only where they have the same note, which says what they are of.
    """
    return _differing(capacities, _same_capacity, _capacity_range)


def differing_shares(owners: Iterable[Claim]) -> list[list[Claim]]:
    """Return the groups of claims that give the same party, in the same role, different shares."""
    stated = (owner for owner in owners if owner.get("share_pct") is not None)
    return _differing(stated, _same_party, lambda owner: (owner["share_pct"], owner["share_pct"]))


def differing_resources(resources: Iterable[Claim]) -> list[list[Claim]]:
    """Return the groups of resources of the same category and substance whose tonnes differ."""
    stated = (resource for resource in resources if resource.get("tonnes") is not None)
    return _differing(
        stated,
        lambda resource: (resource["category"], resource["substance"]),
        lambda resource: _range(resource["tonnes"], resource.get("qualifier")),
    )


def _differing(
    claims: Iterable[Claim], same: Callable[[Claim], Hashable], range_of: Callable[[Claim], Range]
) -> list[list[Claim]]:
    groups: dict[Hashable, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(same(claim), []).append(claim)
    return [group for group in groups.values() if not _may_agree([range_of(claim) for claim in group])]


def _may_agree(ranges: Sequence[Range]) -> bool:
    return all(max(a[0], b[0]) <= min(a[1], b[1]) for a, b in combinations(ranges, 2))


def _same_capacity(capacity: Claim) -> Hashable:
    scope = capacity.get("scope", _WHOLE)
    note = None if scope == _WHOLE else " ".join((capacity.get("note") or "").lower().split())
    return capacity["product"], _unit(capacity)[0], capacity["basis"], scope, note


def _same_party(owner: Claim) -> Hashable:
    party = owner.get("organisation") or " ".join(owner["name"].lower().split())
    return party, owner["role"], owner.get("pending", False)


def _unit(capacity: Claim) -> tuple[str, float]:
    return _IN_BASE_UNIT.get(capacity["unit"], (capacity["unit"], 1.0))


def _capacity_range(capacity: Claim) -> Range:
    return _range(capacity["value"] * _unit(capacity)[1], capacity.get("qualifier"))


def _range(value: float, qualifier: str | None) -> Range:
    """Return between which numbers a claim may lie; floats of the same decimal number count as one."""
    slack = value * (ABOUT if qualifier == "about" else 1e-9)
    low, high = value - slack, value + slack
    return (0 if qualifier == "at_most" else low), (float("inf") if qualifier == "at_least" else high)


def headline(capacities: Sequence[Claim], status: str) -> list[Claim]:
    """Return the capacities that stand for a record at a glance: one, or one a unit where storage has power and energy.

    What is built comes first where something has been built, then what is of the whole plant, then the newest.
    """
    if not capacities:
        return []
    first = max(capacities, key=lambda capacity: _weight(capacity, status))
    alike = [c for c in capacities if _alike(c, first) and c["unit"] != first["unit"]]
    others = {unit: max((c for c in alike if c["unit"] == unit), key=_newest) for unit in [c["unit"] for c in alike]}
    return [first, *others.values()]


def _alike(one: Claim, other: Claim) -> bool:
    return all(one.get(name, _WHOLE) == other.get(name, _WHOLE) for name in ("product", "basis", "scope"))


def _weight(capacity: Claim, status: str) -> tuple[Any, ...]:
    preferred = "actual" if status in _BUILT else "planned"
    scopes = vocabulary.SCOPES.codes
    scope = capacity.get("scope", _WHOLE)
    rank = -scopes.index(scope) if scope in scopes else -len(scopes)
    return capacity["basis"] == preferred, rank, _newest(capacity)


def _newest(capacity: Claim) -> tuple[Any, ...]:
    as_of = capacity.get("as_of")
    return (dates.last_day(as_of).toordinal() if as_of else 0, capacity["value"])


def foremost(owners: Sequence[Claim]) -> Claim | None:
    """Return the party that stands for a record at a glance: who runs it, else who owns most of it, else the first."""
    ranked = sorted(owners, key=lambda owner: (_rank(owner), -(owner.get("share_pct") or 0)))
    return ranked[0] if ranked else None


def _rank(owner: Claim) -> int:
    return _ROLES.index(owner["role"]) if owner["role"] in _ROLES else len(_ROLES)
