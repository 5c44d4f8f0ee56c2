"""What belongs in the ledger: the least size of a project, by its kind, from `thresholds.toml`."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from geo.faults import Fault, fault
from geo.records.project import Project
from geo.vocabulary import KINDS, PRODUCTS


@dataclass(frozen=True)
class Threshold:
    """The least size of projects of these kinds, by unit, in products of one group; and why, by language."""

    kinds: tuple[str, ...]
    least: Mapping[str, float]
    reasons: Mapping[str, str]
    group: str | None = None

    @property
    def reason(self) -> str:
        """Why, in English."""
        return self.reasons["en"]

    def reason_in(self, language: str) -> str:
        """Return why, in a language; English stands where a translation is missing."""
        return self.reasons.get(language, self.reason)


@functools.cache
def thresholds() -> tuple[Threshold, ...]:
    """Return what belongs in the ledger, for every kind."""
    text = resources.files("geo.checks").joinpath("thresholds.toml").read_text(encoding="utf-8")
    return tuple(Threshold(**{**each, "kinds": tuple(each["kinds"])}) for each in tomllib.loads(text)["threshold"])


def threshold_of(kind: str) -> Threshold:
    """Return the threshold of a kind of project."""
    return next(each for each in thresholds() if kind in each.kinds)


def is_below(project: Project) -> bool:
    """Return whether a project has a figure of its size, and none that reaches what belongs in the ledger."""
    threshold = threshold_of(project.properties.kind)
    sizes = [
        (c.value, threshold.least[c.unit])
        for c in project.properties.capacities
        if c.unit in threshold.least and PRODUCTS[c.product].group == threshold.group
    ]
    return bool(sizes) and all(value < least for value, least in sizes)


def what_belongs_here(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield the records of projects that are too small for the ledger."""
    if is_below(project):
        kind = project.properties.kind
        least = tuple(f"{value:,g} {unit}" for unit, value in threshold_of(kind).least.items())
        label = KINDS[kind].label.lower()
        yield fault("/properties/capacities", "below-threshold", "warning", kind=label, least=least).of(project.id)


RULES = (what_belongs_here,)
