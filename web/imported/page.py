"""The pages on which a table is uploaded, compared with the ledger, and written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from geo.bulk.answers import answer_of
from geo.bulk.guessing import nearest
from geo.bulk.outcome import VERDICTS, Outcome, Tally
from geo.bulk.profile import REPAIRS
from geo.bulk.targets import taken_targets, targets
from geo.bulk.texts import ENCODINGS
from geo.faults import Fault
from geo.messages import sentence
from web.imported.told import EVERYWHERE, Shown, Telling, called
from web.language import ENGLISH, Language
from web.pages import template
from web.site import Site

# Whose rules of a whole file are answered by a repair.
_CONSENT = {"crs-not-wgs-84": "projected-coordinates"}


def start_page(site: Site, given: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return the form that takes a file; `given` holds `jobs` (id and state), `csrf` and `mib`."""
    return template("import.html", language).render(given, site=site)


def job_page(site: Site, given: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return how far a table is, or what its rows are.

    `given` holds `id`, `state`, `csrf`, `rows` (outcomes), `names` (of the records that they look like, by id), `more`
    (the row of the next page), `verdict` ("" for all) and `proposes`: whether what is written is proposed.
    """
    state, shown = given["state"], shown_on(site.root, given["id"], language)
    telling = Telling(language, replace(shown, names=given["names"]))
    tally = Tally.of(state.tally) if state.tally else Tally()
    said = {
        "rows": [(row, _choices(row.outcome)) for row in telling.rows(given["rows"])],
        "verdicts": [(each, tally.verdicts[each]) for each in VERDICTS],
        "reasons": telling.reasons(tally),
        "targets": {name: called(name, language) for name in taken_targets()},
        "kept": {name: called(name, language) for name in targets() if name not in taken_targets()},
        "unknown": _unknown(state, language),
        "repairs": sorted((_repair(each, tally, state) for each in REPAIRS), key=lambda each: -each[2]),
        "fixed": [(name, called(name, language), _terms(name, language)) for name in EVERYWHERE],
        "encodings": tuple(ENCODINGS),
        "error": _error(state, telling),
    }
    return template("import-job.html", language).render({**given, **said}, site=site)


def shown_on(root: str, job_id: str, language: Language) -> Shown:
    """Return where rows of an upload and records are shown, below the root of an instance."""
    return Shown(f"{root}/import/{job_id}?row={{row}}&lang={language.code}#row-{{row}}", root)


def _terms(target: str, language: Language) -> list[tuple[str, str]]:
    """Return (code, label) of what a target may say; nothing for one that is no code."""
    if target == "country":
        return language.countries()
    vocabulary = targets()[target].vocabulary
    return language.pairs(vocabulary) if vocabulary else []


def _unknown(state: Any, language: Language) -> dict[str, str]:
    """Return the columns that nothing is taken of, each with what it may be, "" for nothing near."""
    columns = [each for each in state.columns if not state.profile.get("columns", {}).get(each)]
    return {each: language.listed((called(name, language) for name in nearest(each)), "or") for each in columns}


def _choices(outcome: Outcome) -> dict[str, Any]:
    """Return what may be answered of a doubtful row, and which was."""
    said = answer_of(outcome.answer)
    is_asked = outcome.verdict == "doubtful" or said is not None
    chosen = f"{said.what} {said.of}".strip() if said else ""
    of = [*outcome.alike, *([said.of] if said and said.of and said.of not in outcome.alike else [])]
    return {"is_asked": is_asked, "of": of, "chosen": chosen}


def _repair(code: str, tally: Tally, state: Any) -> tuple[str, str, int, bool]:
    """Return a repair: its code, the key of its text, how many cells it is for, and whether there is consent."""
    count = tally.asked[code] + tally.made[code]
    return code, f"import.repair_{code.replace('-', '_')}", count, code in state.profile.get("repairs", ())


def _error(state: Any, telling: Telling) -> list[str]:
    """Return why a file, a profile or the writing was refused, a sentence each, with what can be done on the page."""
    if not state.error:
        return []
    rule, values, faults = state.error
    first = Fault("", rule, _values({**values, **({"file": state.file} if "file" in values else {})}))
    found = [" ".join(part for part in sentence(rule, first.values, language=telling.language.code) if part)]
    found += [telling.consent(_CONSENT[rule])] if rule in _CONSENT else []
    return [*found, *(telling.fault(Fault(pointer, each, _values(said))).whole for pointer, each, said in faults)]


def _values(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
