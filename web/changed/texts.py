"""How a text was changed, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from web.changed.values import Mark, Run

# Han and kana stand for themselves; a number, a compound and a name keep their dots, commas and hyphens; blanks go with
# what they follow.
_OWN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"(?:[{_OWN}]|[^\W{_OWN}]+(?:[.,'’-][^\W{_OWN}]+)*|[^\w\s]|\s)\s*")
_ALIKE = 0.25  # of 1: two texts that have less in common are another text, and read better apart


def runs(before: str, after: str) -> tuple[Run, ...]:
    """Return the words of two texts in one row: what stayed, what was taken out, what was put in."""
    from rapidfuzz.distance import Indel

    one, other = _words(before), _words(after)
    numbers: dict[str, int] = {}
    told = [[numbers.setdefault(word, len(numbers)) for word in words] for words in (one, other)]
    if Indel.normalized_similarity(*told) < _ALIKE:
        return tuple(_told([Run(before, "out"), Run(after, "in")]))
    found: list[Run] = []
    for step in Indel.opcodes(*told):
        found += _run(step.tag, one[step.src_start : step.src_end], other[step.dest_start : step.dest_end])
    return tuple(_told(found))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _run(tag: str, out: Sequence[str], put_in: Sequence[str]) -> Iterator[Run]:
    if tag == "equal":
        yield Run("".join(out), "same")
        return
    yield Run("".join(out), "out")
    yield Run("".join(put_in), "in")


def _told(found: list[Run]) -> Iterator[Run]:
    """Between what stayed, put together first what was taken out, then what was put in."""
    for is_same, group in groupby((run for run in found if run.text), lambda run: run.mark == "same"):
        together = list(group)
        marks: tuple[Mark, ...] = ("same",) if is_same else ("out", "in")
        for mark in marks:
            text = "".join(run.text for run in together if run.mark == mark)
            if text:
                yield Run(text, mark)
