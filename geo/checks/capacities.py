"""Rules on capacities: the unit fits the product, the product the kind, the value what such plants have."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from statistics import median

from geo import dates
from geo.faults import Fault, Value, fault
from geo.records.parts import Capacity
from geo.records.project import Project
from geo.vocabulary import KINDS, PRODUCTS

# What may be counted how: by the product's group.
_UNITS = {
    "lithium": {"t/y"},
    "by_product": {"t/y"},
    "components": {"t/y", "m2/y", "units/y", "GWh/y"},
    "batteries": {"GWh/y", "MWh/y", "units/y", "m2/y"},
    "recycling": {"t/y", "units/y", "GWh/y"},
}
_STORAGE_UNITS = {"MWh", "MW"}

# Which groups of products a segment makes.
_PRODUCTS = {
    "extraction": {"lithium", "by_product"},
    "refining": {"lithium", "by_product"},
    "components": {"components", "batteries", "lithium"},
    "cells": {"batteries", "components"},
    "packs": {"batteries", "components"},
    "recycling": {"recycling", "lithium", "components"},
    "storage": {"batteries"},
    "pilot": {"lithium", "by_product", "components", "batteries", "recycling"},
}

# No project on Earth, with all its phases, is known to have more; least is what is not worth a record's figure.
_LIMITS = {
    ("lithium_ore", "t/y"): (1_000, 30_000_000),
    ("lithium_concentrate", "t/y"): (500, 4_000_000),
    ("potassium_chloride", "t/y"): (1, 10_000_000),
    ("lithium", "t/y"): (0.5, 500_000),
    ("components", "t/y"): (1, 3_000_000),
    ("components", "m2/y"): (10_000, 20_000_000_000),
    ("recycling", "t/y"): (5, 2_000_000),
    ("batteries", "GWh/y"): (0.001, 300),
    ("batteries", "MWh/y"): (0.1, 300_000),
    ("batteries", "MWh"): (0.1, 20_000),
    ("batteries", "MW"): (0.05, 10_000),
}
_FEWEST = 12  # values of a kind before its own distribution says anything
_FAR = 4.0  # robust standard deviations of the logarithm


def units_fit(project: Project, _today: dt.date) -> Iterator[Fault]:
    for index, capacity in enumerate(project.properties.capacities):
        right = _STORAGE_UNITS if capacity.product == "storage" else _UNITS[PRODUCTS[capacity.product].group]
        if capacity.unit not in right:
            values: dict[str, Value] = {"unit": capacity.unit, "units": tuple(sorted(right))}
            yield _of(project, index, "unit", "unit-misfit", "error", product=_product(capacity), **values)


def products_fit(project: Project, _today: dt.date) -> Iterator[Fault]:
    kind = KINDS[project.properties.kind]
    for index, capacity in enumerate(project.properties.capacities):
        if PRODUCTS[capacity.product].group not in _PRODUCTS[kind.group]:
            values = {"kind": kind.label.lower(), "product": _product(capacity)}
            yield _of(project, index, "product", "product-misfit", "warning", **values)


def values_are_possible(project: Project, _today: dt.date) -> Iterator[Fault]:
    for index, capacity in enumerate(project.properties.capacities):
        least, most = _limits(capacity)
        if not least <= capacity.value <= most:
            values: dict[str, Value] = {"value": capacity.value, "unit": capacity.unit}
            yield _of(project, index, "value", "value-impossible", "error", least=least, most=most, **values)


def what_is_built_is_there(project: Project, today: dt.date) -> Iterator[Fault]:
    """Yield the capacities that are said to be built, as of a day that has not come."""
    for index, capacity in enumerate(project.properties.capacities):
        if capacity.basis == "actual" and capacity.as_of and dates.first_day(capacity.as_of) > today:
            pointer = f"/properties/capacities/{index}/as_of"
            yield fault(pointer, "built-in-future", date=capacity.as_of).of(project.id)


def phases_are_not_counted_twice(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield the phases that stand beside a total of the same product: one of the two is to be cumulative."""
    by_figure = defaultdict(list)
    for index, capacity in enumerate(project.properties.capacities):
        by_figure[capacity.product, capacity.unit, capacity.basis].append((index, capacity.scope))
    for members in by_figure.values():
        scopes = {scope for _, scope in members}
        if {"this_plant", "phase"} <= scopes:
            index = next(index for index, scope in members if scope == "phase")
            yield fault(f"/properties/capacities/{index}/scope", "phase-beside-total", "warning").of(project.id)


def _limits(capacity: Capacity) -> tuple[float, float]:
    group = PRODUCTS[capacity.product].group
    found = _LIMITS.get((capacity.product, capacity.unit)) or _LIMITS.get((group, capacity.unit))
    return found or (0, math.inf)


def unlike_the_others(projects: Iterable[Project]) -> Iterator[Fault]:
    """Yield the values far outside what the records of their kind have for the product: more than four robust standard
    deviations (1.4826 times the median absolute deviation) of the logarithm from the median."""
    groups: dict[tuple[str, str, str], list[tuple[Project, int, float]]] = defaultdict(list)
    for project in projects:
        for index, c in enumerate(project.properties.capacities):
            groups[project.properties.kind, c.product, c.unit].append((project, index, math.log10(c.value)))
    for members in groups.values():
        if len(members) >= _FEWEST:
            yield from _outliers(members, "value-unusual")


def out_of_line_with_investment(projects: Iterable[Project]) -> Iterator[Fault]:
    """Yield the capacities whose cost for each unit is far outside what others of their kind cost in that currency.

    It is asked of projects with one sum and one figure of the whole, so that the two are about the same thing; "far"
    is as in `unlike_the_others`.
    """
    groups: dict[tuple[str, str, str, str], list[tuple[Project, int, float]]] = defaultdict(list)
    for project in projects:
        p = project.properties
        whole = [(i, c) for i, c in enumerate(p.capacities) if c.scope == "this_plant"]
        if len(p.investment) == len(whole) == 1:
            (index, capacity), sum_ = whole[0], p.investment[0]
            cost = math.log10(sum_.amount / capacity.value)
            groups[p.kind, capacity.product, capacity.unit, sum_.currency].append((project, index, cost))
    for members in groups.values():
        if len(members) >= _FEWEST:
            yield from _outliers(members, "cost-unusual")


def _outliers(members: list[tuple[Project, int, float]], rule: str) -> Iterator[Fault]:
    middle = median(value for _, _, value in members)
    spread = 1.4826 * median(abs(value - middle) for _, _, value in members)
    reach = _FAR * max(spread, 0.1)
    for project, index, value in members:
        if abs(value - middle) > reach:
            bounds = {"least": 10 ** (middle - reach), "most": 10 ** (middle + reach)}
            values = {"value": 10**value, "usual": 10**middle, **bounds}
            yield _of(project, index, "value", rule, "note", **values)


def _product(capacity: Capacity) -> str:
    return PRODUCTS[capacity.product].label.lower()


def _of(project: Project, index: int, field: str, rule: str, severity: str, /, **values: Value) -> Fault:
    return fault(f"/properties/capacities/{index}/{field}", rule, severity, **values).of(project.id)


RULES = (units_fit, products_fit, values_are_possible, what_is_built_is_there, phases_are_not_counted_twice)
