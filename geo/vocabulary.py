"""The words a record may use, from `vocabularies/*.toml`: code, label, one-sentence definition, order and group.

`vocabularies/translations/<language>.toml` has their labels, definitions and search words in other languages, a table
`[vocabulary.code]` each; English stands where one is missing.
"""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Generic, TypeVar


@dataclass(frozen=True)
class Term:
    """One word of a vocabulary; `words` are others by which people search for it."""

    code: str
    label: str
    definition: str
    group: str = ""
    words: str = ""


@dataclass(frozen=True)
class Measure(Term):
    """A unit family, within which capacities may be compared and added: `units` is what one of a unit is in `unit`.

    `ucum` is that unit in UCUM's writing.
    """

    unit: str = ""
    ucum: str = ""
    units: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Product(Term):
    """A product; `lce_factor` is tonnes of lithium carbonate equivalent in a tonne of it (None: unknown).

    `measures` are the unit families that it can be counted in; the unit of a figure decides which of them it is.
    """

    measures: tuple[str, ...] = ()
    lce_factor: float | None = None


@dataclass(frozen=True)
class Kind(Term):
    """A kind of project; `measures` are the unit families by which its plants are compared, the foremost first."""

    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Role(Term):
    """What somebody is to the ledger; `rights` are what they may do."""

    rights: tuple[str, ...] = ()


T_co = TypeVar("T_co", bound=Term, covariant=True)


class Vocabulary(Generic[T_co]):
    """An ordered, closed list of terms, looked up by code."""

    def __init__(self, name: str, terms: Sequence[T_co]) -> None:
        self.name = name
        self._terms = {term.code: term for term in terms}
        self._order = {term.code: position for position, term in enumerate(terms)}

    def __getitem__(self, code: str) -> T_co:
        return self._terms[code]

    def __contains__(self, code: object) -> bool:
        return code in self._terms

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._terms.values())

    def __len__(self) -> int:
        return len(self._terms)

    @property
    def codes(self) -> list[str]:
        return list(self._terms)

    def position(self, code: str) -> int:
        """Where the term stands in the vocabulary's order, from 0."""
        return self._order[code]


def _read(name: str, form: type[T_co]) -> Vocabulary[T_co]:
    text = resources.files("geo").joinpath("vocabularies", f"{name}.toml").read_text(encoding="utf-8")
    return Vocabulary(name, [form(**_stated(term)) for term in tomllib.loads(text)["term"]])


def _stated(term: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in term.items()}


SEGMENTS = _read("segment", Term)
KINDS = _read("kind", Kind)
STATUS_GROUPS = _read("status_group", Term)
STATUSES = _read("status", Term)
LOCATION_ACCURACIES = _read("location_accuracy", Term)
EVENT_TYPES = _read("event_type", Term)
DATE_BASES = _read("date_basis", Term)
STATUS_DATE_BASES = _read("status_date_basis", Term)
EVENT_BASES = _read("event_basis", Term)
OWNER_ROLES = _read("owner_role", Term)
ORGANISATION_TYPES = _read("organisation_type", Term)
CAPACITY_BASES = _read("capacity_basis", Term)
QUALIFIERS = _read("qualifier", Term)
SCOPES = _read("scope", Term)
LINK_TYPES = _read("link_type", Term)
SOURCE_TYPES = _read("source_type", Term)
MEASURES = _read("measure", Measure)
PRODUCTS = _read("product", Product)
UNITS = _read("unit", Term)
RESOURCE_CATEGORIES = _read("resource_category", Term)
SUBSTANCES = _read("substance", Term)
GRADE_UNITS = _read("grade_unit", Term)
DATASETS = _read("dataset", Term)
LOCATION_DOUBTS = _read("location_doubt", Term)
CHECKED_FOUND = _read("checked_found", Term)
PROPOSAL_KINDS = _read("proposal_kind", Term)
PROPOSAL_STATES = _read("proposal_state", Term)
ALIKE_ANSWERS = _read("alike_answer", Term)
ROLES = _read("role", Role)
AUDIT_ACTIONS = _read("audit_action", Term)
DECISIONS = _read("decision", Term)

ALL: dict[str, Vocabulary[Term]] = {
    vocabulary.name: vocabulary
    for vocabulary in (
        SEGMENTS,
        KINDS,
        STATUS_GROUPS,
        STATUSES,
        LOCATION_ACCURACIES,
        EVENT_TYPES,
        DATE_BASES,
        STATUS_DATE_BASES,
        EVENT_BASES,
        OWNER_ROLES,
        ORGANISATION_TYPES,
        CAPACITY_BASES,
        QUALIFIERS,
        SCOPES,
        LINK_TYPES,
        SOURCE_TYPES,
        MEASURES,
        PRODUCTS,
        UNITS,
        RESOURCE_CATEGORIES,
        SUBSTANCES,
        GRADE_UNITS,
        DATASETS,
        LOCATION_DOUBTS,
        CHECKED_FOUND,
        PROPOSAL_KINDS,
        PROPOSAL_STATES,
        ALIKE_ANSWERS,
        ROLES,
        AUDIT_ACTIONS,
        DECISIONS,
    )
}


@functools.cache
def in_language(language: str) -> Mapping[str, Vocabulary[Term]]:
    """Return every vocabulary by its name, with the labels, definitions and words of a language."""
    translated = _translations(language)
    return {name: _in_language(known, translated.get(name, {})) for name, known in ALL.items()}


def _in_language(known: Vocabulary[Term], translated: Mapping[str, Mapping[str, str]]) -> Vocabulary[Term]:
    return Vocabulary(known.name, [dataclasses.replace(term, **translated.get(term.code, {})) for term in known])


def languages() -> list[str]:
    """Return the languages that the words are in, English first."""
    files = resources.files("geo").joinpath("vocabularies", "translations").iterdir()
    return ["en", *sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))]


def _translations(language: str) -> dict[str, dict[str, dict[str, str]]]:
    file = resources.files("geo").joinpath("vocabularies", "translations", f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
