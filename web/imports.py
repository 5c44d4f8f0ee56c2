"""The pages on which a table is uploaded, compared with the ledger, and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from geo.bulk.analysis import Analysis
from geo.bulk.outcome import VERDICTS, Outcome
from geo.bulk.profile import REPAIRS
from geo.bulk.report import shown
from geo.bulk.targets import targets
from geo.bulk.texts import ENCODINGS
from geo.columns import PROJECTS
from geo.faults import Fault
from geo.messages import sentence, told
from geo.vocabulary import CAPACITY_BASES, KINDS, LOCATION_ACCURACIES, STATUSES, UNITS, Term, Vocabulary
from web.language import ENGLISH, Language
from web.pages import template
from web.site import Site
from web.titles import title

_PIECES = 500  # of a page that are put together at a time

# What may be said for every row, with the words that there are for it.
_FIXED: dict[str, Vocabulary[Any]] = {
    "kind": KINDS,
    "location_accuracy": LOCATION_ACCURACIES,
    "status": STATUSES,
    "capacity_unit": UNITS,
    "capacity_basis": CAPACITY_BASES,
}


def start_page(site: Site, given: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return the form that takes a file; `given` holds `jobs` (id and state), `csrf` and `mib`."""
    return template("import.html", language).render(given, site=site)


def job_page(site: Site, given: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return how far a table is, or what its rows are.

    `given` holds `id`, `state`, `csrf`, `rows` (outcomes), `more` (the row of the next page), `verdict` ("" for all)
    and `proposes`: whether what is written is proposed.
    """
    state = given["state"]
    said = {
        "rows": [_row(each, language) for each in given["rows"]],
        "verdicts": [(each, state.tally.get("verdicts", {}).get(each, 0)) for each in VERDICTS],
        "targets": {name: _called(name, language) for name, each in targets().items() if each.kind != "kept"},
        "repairs": [_repair(each, state) for each in REPAIRS],
        "fixed": [(name, _terms(terms, language)) for name, terms in _FIXED.items()],
        "encodings": tuple(ENCODINGS),
        "error": _error(state.error, language),
    }
    return template("import-job.html", language).render({**given, **said}, site=site)


def report(file: str, analysis: Analysis, language: Language = ENGLISH) -> Iterator[bytes]:
    """Yield the report on every row as one page that needs nothing else, in parts."""
    given = {
        "file": file,
        "verdicts": [(each, analysis.tally.verdicts[each]) for each in VERDICTS],
        "rows": (_row(each, language) for each in analysis.outcomes()),
    }
    stream = template("import-report.html", language).stream(given)
    stream.enable_buffering(_PIECES)
    return (part.encode() for part in stream)


def _called(target: str, language: Language) -> str:
    """Return what a target is called: the title of the column of that name, or the name where there is none."""
    return title(language, PROJECTS[target].title) if target in PROJECTS else target


def _terms(terms: Vocabulary[Term], language: Language) -> list[tuple[str, str]]:
    return [(term.code, term.label) for term in language.terms[terms.name]]


def _repair(code: str, state: Any) -> tuple[str, str, int, bool]:
    """Return a repair: its code, the key of its text, how many cells it is for, and whether there is consent."""
    count = state.tally.get("asked", {}).get(code, 0) + state.tally.get("made", {}).get(code, 0)
    return code, f"import.repair_{code.replace('-', '_')}", count, code in state.profile.get("repairs", ())


def _row(outcome: Outcome, language: Language) -> dict[str, Any]:
    changed = [(each.pointer.removeprefix("/properties/"), each.before, each.after) for each in outcome.changes]
    return {
        "outcome": outcome,
        "reasons": [_said(each, language) for each in outcome.faults],
        "changes": [(place, shown(before), shown(after)) for place, before, after in changed],
    }


def _said(fault: Fault, language: Language) -> tuple[str, str, str]:
    """Return how grave a fault is, what is wrong, and what would be right where it keeps the row from being taken."""
    detail, expected = told(fault, language.code)
    place = f"{fault.pointer.removeprefix('/properties/')}: " if fault.pointer else ""
    return fault.severity, f"{place}{detail}", expected if fault.severity == "error" else ""


def _error(error: list[Any], language: Language) -> list[str]:
    """Return why a file, a profile or the writing was refused, a sentence each."""
    if not error:
        return []
    rule, values, faults = error
    told_of = [(rule, values), *((each, said) for _, each, said in faults)]
    sentences = (sentence(each, _values(said), language=language.code) for each, said in told_of)
    return [" ".join(part for part in each if part) for each in sentences]


def _values(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
