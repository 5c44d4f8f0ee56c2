"""How much a project makes or holds, in a unit family: what of its capacities may be added up, and what is shown."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

from geo import dates, vocabulary
from geo.records.parts import Capacity

BUILT = ("operating", "paused", "closed")  # the stages at which a figure is taken for what is built
_GWH = {"GWh/y": 1.0, "MWh/y": 0.001}
LCE = "lce"
_ADDED = ("this_plant", "phase")  # scopes

Factor = Callable[[Capacity], float | None]


class Total(NamedTuple):
    """A figure, and whether it is `planned` or `actual`; both None where nothing can be added up."""

    value: float | None
    basis: str | None


NO_TOTAL = Total(None, None)


def foremost(capacities: Sequence[Capacity], kind: str) -> str | None:
    """Return the unit family by which a record is compared: the first of its kind in which it has a figure, or any."""
    found = (_measure(c.product, c.unit) for c in capacities if c.scope in _ADDED)
    there = {measure for measure in found if measure}
    of_kind = next((each for each in vocabulary.KINDS[kind].measures if each in there), None)
    return of_kind or min(there, key=vocabulary.MEASURES.position, default=None)


def in_measure(capacities: Sequence[Capacity], measure: str | None, status: str) -> Total:
    """Return what the capacities of a project at this stage add up to in a unit family."""
    if measure is None:
        return NO_TOTAL
    return _total(capacities, lambda capacity: _factor(measure, capacity.product, capacity.unit), status)


def in_gwh(capacities: Sequence[Capacity], status: str) -> Total:
    """Return what the capacities add up to in GWh a year, cells and packs together."""
    return _total(capacities, lambda capacity: _GWH.get(capacity.unit), status)


@functools.cache
def _measure(product: str, unit: str) -> str | None:
    """Return the unit family that a capacity belongs to; None where its unit is of no family of its product."""
    measures = vocabulary.PRODUCTS[product].measures
    return next((each for each in measures if unit in vocabulary.MEASURES[each].units), None)


@functools.cache
def _factor(measure: str, product: str, unit: str) -> float | None:
    """Return how many of the family's own unit one of this unit is; None for what is of another family."""
    if _measure(product, unit) != measure:
        return None
    factor = vocabulary.MEASURES[measure].units[unit]
    return factor * (vocabulary.PRODUCTS[product].lce_factor or 0) if measure == LCE else factor


def _total(capacities: Sequence[Capacity], factor_of: Factor, status: str) -> Total:
    """Add up what may be added, and say whether it is `planned` or `actual`; the two are never added together.

    For each product it is the newest figure for the plant, or else the sum of its phases. What is built is taken for a
    project that runs or ran, the plan for any other; where there is none of these, the other, by its own name.
    """
    factors = [(c, factor) for c in capacities if c.scope in _ADDED and (factor := factor_of(c))]
    if not factors:
        return NO_TOTAL
    preferred, other = ("actual", "planned") if status in BUILT else ("planned", "actual")
    basis = preferred if any(c.basis == preferred for c, _ in factors) else other
    chosen = [c for c, _ in factors if c.basis == basis]
    if len(chosen) == 1:
        return Total(round(chosen[0].value * (factor_of(chosen[0]) or 0), 6), basis)
    by_product = [[c for c in chosen if c.product == product] for product in dict.fromkeys(c.product for c in chosen)]
    total = sum(c.value * (factor_of(c) or 0) for of_product in by_product for c in _addable(of_product))
    return Total(round(total, 6), basis)


def _addable(capacities: list[Capacity]) -> list[Capacity]:
    if len(capacities) == 1:
        return capacities
    whole = [c for c in capacities if c.scope == "this_plant"]
    if whole:
        return _newest(whole)[:1]
    notes = dict.fromkeys(c.note for c in capacities)  # a phase is told by its note; its older figures are superseded
    return [c for note in notes for c in _newest([c for c in capacities if c.note == note])]


def _newest(capacities: list[Capacity]) -> list[Capacity]:
    days = [dates.first_day(c.as_of) if c.as_of else dt.date.min for c in capacities]
    newest = max(days)
    return [c for c, day in zip(capacities, days, strict=True) if day == newest]
