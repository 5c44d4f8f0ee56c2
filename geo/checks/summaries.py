"""Rules on summaries: sentences that a person wrote, not the fields of a row."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from importlib import resources

from geo.faults import Fault, fault
from geo.records.project import Project

MOST = 900  # letters of two or three sentences


def _patterns() -> dict[str, re.Pattern[str]]:
    text = resources.files("geo.checks").joinpath("summary_patterns.toml").read_text(encoding="utf-8")
    return {rule: re.compile("|".join(patterns)) for rule, patterns in tomllib.loads(text).items()}


_PATTERNS = _patterns()


def summaries_are_sentences(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield what makes a summary read like a row of a table."""
    text = project.properties.summary
    if text is None:
        yield _of(project, "summary-missing")
        return
    for rule, pattern in _PATTERNS.items():
        if found := pattern.search(text):
            yield _of(project, rule, words=found.group().strip() or "two blanks")
    if len(text) > MOST:
        yield _of(project, "summary-long", letters=len(text), most=MOST)


def _of(project: Project, rule: str, /, **values: str | int) -> Fault:
    return fault("/properties/summary", rule, "warning", **values).of(project.id)


RULES = (summaries_are_sentences,)
