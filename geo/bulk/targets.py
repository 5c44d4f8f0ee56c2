"""What a column of a table may be: the targets, the words by which they go, and codes as other people write them."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from geo.columns import PROJECTS
from geo.countries import country_names
from geo.folding import fold
from geo.vocabulary import ALL, in_language, languages


@dataclass(frozen=True)
class Target:
    """What the cells of a column become; `kind` says how they are read (`kept`: they are only compared)."""

    name: str
    kind: str
    vocabulary: str | None = None
    role: str | None = None


@functools.cache
def targets() -> dict[str, Target]:
    """Return every target by its name: those of `targets.toml`, and the other columns of our own tables."""
    stated = {
        name: Target(name, table["kind"], table.get("vocabulary"), table.get("role"))
        for name, table in _table("targets.toml").items()
    }
    own = [column.name for column in PROJECTS if column.origin != "indexed"]
    kept = [*own, "sources", "address", "release", "licence"]
    return {**{name: Target(name, "kept") for name in kept}, **stated}


@functools.cache
def taken_targets() -> tuple[str, ...]:
    """Return the targets that an import takes: without those that the ledger keeps, or makes of others, itself."""
    return tuple(name for name, each in targets().items() if each.kind != "kept" and name != "revision")


@functools.cache
def known_words() -> dict[str, str]:
    """Return the target of each folded word; a name of our own tables is surest."""
    words: dict[str, str] = {}
    for name, table in _table("targets.toml").items():
        words |= {fold(word): name for word in table["words"] if fold(word) not in words}
    titles = {fold(column.title): column.name for column in PROJECTS if column.origin != "indexed"}
    return {**{fold(name): name for name in targets()}, **titles, **words}


def bare(name: str) -> str:
    """Return a column's name folded, without what stands in brackets at its end: a unit, or a remark."""
    return fold(re.sub(r"[(\[（].*", "", name)) or fold(name)


@functools.cache
def codes_of(vocabulary: str) -> dict[str, str]:
    """Return the code for each folded word by which it goes: itself, its labels in all languages, what others say."""
    words = {fold(word): code for code, more in _table("words.toml").get(vocabulary, {}).items() for word in more}
    for language in languages():
        words |= {fold(term.label): term.code for term in in_language(language)[vocabulary]}
    return {**words, **{fold(code): code for code in ALL[vocabulary].codes}}


@functools.cache
def countries() -> dict[str, str]:
    """Return the code of each country by its folded names in four languages, and by its codes of ISO 3166-1."""
    import pycountry

    found = {fold(name): code for language in languages() for code, name in country_names(language).items()}
    for each in pycountry.countries:
        names = (each.alpha_3, each.name, getattr(each, "official_name", ""), getattr(each, "common_name", ""))
        found |= {fold(name): each.alpha_2 for name in names if name}
    found |= {fold(name): code for name, code in _OTHER_COUNTRIES.items()}
    return {**found, **{fold(code): code for code in country_names()}}


_OTHER_COUNTRIES = {"USA": "US", "UK": "GB", "Great Britain": "GB", "DR Congo": "CD", "DRC": "CD", "Russia": "RU",
                    "South Korea": "KR", "Turkey": "TR", "Czech Republic": "CZ", "Ivory Coast": "CI", "EE. UU.": "US",
                    "EEUU": "US", "США": "US"}  # fmt: skip


@functools.cache
def nothings() -> frozenset[str]:
    """Return the folded words that stand in cells of which nothing is known."""
    return frozenset(map(fold, _table("words.toml")["nothing"]))


def summaries() -> Mapping[str, str]:
    """Return what events say of which a table has only the code."""
    return dict(_table("words.toml")["summaries"])


def product_of(kind: str) -> str | None:
    """Return the product in which the capacity of a kind is counted, where there is only one."""
    found = _table("words.toml")["products"].get(kind)
    return str(found) if found else None


@functools.cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("geo.bulk").joinpath(name).read_text(encoding="utf-8"))
