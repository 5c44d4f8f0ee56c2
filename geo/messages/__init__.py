"""Sentences for rules, from `messages/*.toml` of the package that raises them: one file a language."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple

from geo.faults import NO_VALUES, Value

LANGUAGE = "en"


class Sentence(NamedTuple):
    """What is wrong, and what would be right ("" where that goes without saying)."""

    detail: str
    expected: str


def sentence(
    rule: str, values: Mapping[str, Value] = NO_VALUES, *, package: str = "geo", language: str = LANGUAGE
) -> Sentence:
    """Return the sentence of a rule with its values filled in; raises KeyError for a rule that has none."""
    template = templates(package, language)[rule]
    shown = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return Sentence(*(part.format_map(shown) for part in template))


@functools.cache
def templates(package: str = "geo", language: str = LANGUAGE) -> dict[str, Sentence]:
    """Return every rule's sentence in a language, with `{name}` where a value stands."""
    text = resources.files(package).joinpath("messages", f"{language}.toml").read_text(encoding="utf-8")
    return {rule: Sentence(told["detail"], told.get("expected", "")) for rule, told in tomllib.loads(text).items()}
