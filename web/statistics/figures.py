"""Which charts are drawn of statistics: the same marks, parts and sums as those of the map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise, starmap
from typing import Any

from geo import vocabulary
from geo.statistics import Span
from web.language import Language
from web.statistics.charts import Figure, Segment
from web.statistics.labels import Labels

Document = Mapping[str, Any]
Line = Mapping[str, Any]

MOST_FAMILIES = 6
_MOST_ROWS, _MOST_KEPT = 25, 15
_TONES = 6
# From the beginning of a bar on, as `static/charts/stages.js` and `capacities.js` have them.
GROUPS = ("operating", "building", "planned", "paused", "ended", "unknown")
SHARES = {
    "built": "operating",
    "as_planned": "as_planned",
    "building": "building",
    "planned": "planned",
    "paused": "paused",
    "ended": "ended",
    "apart": "unknown",
}
_BASES = {"actual": "operating", "planned": "planned"}
_STAGES = ("status", "status_group")

Cell = tuple[str, str, float]  # row, segment, number


class Drawn:
    """What is drawn of an answer, in a language."""

    def __init__(self, document: Document, language: Language) -> None:
        self._document, self._language = document, language
        self._columns = [each["name"] for each in document["properties"]]
        self._histogram = next((each["name"] for each in document["properties"] if "edges" in each), None)
        self._is_series = document["interval"] is not None
        self._steps = {step["date"]: step["label"] for step in document["steps"]}
        grouped = [name for name in self._columns if name != self._histogram and not self._is_apart(name)]
        self._row = None if self._is_series else self._histogram or next(iter(grouped), None)
        rest = [name for name in grouped if name != self._row]
        self._segment = next(iter(rest), None)

    def _is_apart(self, name: str) -> bool:
        """Return whether a column parts a histogram into drawings: of capacities each family has its own."""
        return self._histogram == "capacity" and name == "capacity_measure"

    def figures(self) -> list[Figure]:
        """Return the figures: numbers of records, then sums of the unit families that most records state."""
        return [figure for figure in (*self._counts(), *self._sums()) if any(map(any, figure.numbers))]

    def _counts(self) -> Iterator[Figure]:
        if self._histogram != "capacity":
            by = self._by()
            title = self._say("count_title", by=by) if by else self._say("count_of_all")
            yield self._count(self._document["groups"], title)
            return
        for code, label in self._families(lambda line: [(line["values"]["capacity_measure"]["value"], line["count"])]):
            lines = [each for each in self._document["groups"] if each["values"]["capacity_measure"]["value"] == code]
            unit = self._unit(code)
            yield self._count(lines, self._say("histogram_title", label=label, unit=unit))

    def _count(self, lines: Sequence[Line], title: str) -> Figure:
        cells = [(self._row_of(line), self._segment_of(line), line["count"]) for line in lines]
        marks = self._marks([segment for _, segment, _ in _largest_first(cells)])
        return self._figure(title, self._say("projects"), cells, marks)

    def _sums(self) -> Iterator[Figure]:
        if not self._document["sum"]:
            return
        for code, label in self._families(lambda line: [(each["measure"], each["count"]) for each in line["sums"]]):
            cells = [
                (self._row_of(line), self._share(line, each["basis"]), each["sum"])
                for line in self._document["groups"]
                for each in line["sums"]
                if each["measure"] == code
            ]
            unit = self._unit(code)
            by = self._by(with_segments=False)
            title = self._say("sum_title" if by else "sum_of_all", label=label, unit=unit, by=by)
            yield self._figure(title, unit, cells, self._parts())

    def _families(self, numbers: Callable[[Line], Sequence[tuple[str | None, int]]]) -> list[tuple[str, str]]:
        """Return code and label of the unit families of most records."""
        found: dict[str, int] = {}
        for line in self._document["groups"]:
            for code, number in numbers(line):
                if code is not None:
                    found[code] = found.get(code, 0) + number
        known = sorted(found, key=lambda code: -found[code])[:MOST_FAMILIES]
        return [(code, self._language.label("measure", code)) for code in known]

    def _figure(self, title: str, unit: str, cells: Sequence[Cell], marks: Mapping[str, Segment]) -> Figure:
        rows, told = self._rows(cells)
        present = {segment for _, segment, number in cells if number}
        segments = [code for code in dict.fromkeys(marks) if code in present]
        kept = list(dict.fromkeys(marks[code] for code in segments))
        at = {code: kept.index(marks[code]) for code in segments}
        numbers = [[0.0] * len(kept) for _ in rows]
        for row, segment, number in cells:
            if number:
                numbers[told[row]][at[segment]] += number
        return Figure(title, unit, rows, kept, numbers, self._is_series, unit != self._say("projects"))

    def _rows(self, cells: Sequence[Cell]) -> tuple[list[str], dict[str, int]]:
        """Return the labels of the rows, and which row each label is in."""
        labels = list(dict.fromkeys(row for row, _, _ in cells))
        if not self._is_series and self._histogram is not None:
            labels = self._bins(labels)
        elif not self._is_series and len(labels) > _MOST_ROWS:
            return self._foremost(labels, cells)
        return labels, {label: at for at, label in enumerate(labels)}

    def _bins(self, labels: Sequence[str]) -> list[str]:
        """Return the labels of all bins from the first to the last that is there, then of what has no number."""
        edges = next(each["edges"] for each in self._document["properties"] if "edges" in each)
        spans = list(starmap(Span, pairwise((None, *edges, None))))
        every = [Labels(self._language, {}).label(str(self._histogram), span) for span in spans]
        there = [at for at, label in enumerate(every) if label in labels]
        known = every[there[0] : there[-1] + 1] if there else []
        return [*known, *(label for label in labels if label not in every)]

    def _foremost(self, labels: Sequence[str], cells: Sequence[Cell]) -> tuple[list[str], dict[str, int]]:
        """Return the rows of the greatest numbers, and the others together."""
        totals: dict[str, float] = {}
        for row, _, number in cells:
            totals[row] = totals.get(row, 0) + number
        kept = sorted(labels, key=lambda label: -totals[label])[:_MOST_KEPT]
        others = self._say("others", count=len(labels) - len(kept))
        return [*kept, others], {label: kept.index(label) if label in kept else len(kept) for label in labels}

    def _row_of(self, line: Line) -> str:
        if self._is_series:
            return str(self._steps[line["date"]])
        return self._say("everything") if self._row is None else str(line["values"][self._row]["label"])

    def _segment_of(self, line: Line) -> str:
        """Return the code of the part of a row that a line belongs to: a group of stages, or a label."""
        name = self._segment if self._segment is not None or self._row not in _STAGES else self._row
        if name is None:
            return ""
        value = line["values"][name]
        if name in _STAGES and value["value"] is not None:
            return _group(name, value["value"])
        return str(value["label"])

    def _marks(self, codes: Sequence[str]) -> dict[str, Segment]:
        """Return what the parts of a row are called, and how they are drawn; those of most records first."""
        name = self._segment if self._segment is not None or self._row not in _STAGES else self._row
        if name in _STAGES:
            return {code: Segment(self._language.label("status_group", code), code) for code in GROUPS}
        known = list(dict.fromkeys(codes))
        if known == [""]:
            return {"": Segment(self._say("projects"), "tone-1")}
        kept = known if len(known) <= _TONES + 1 else known[:_TONES]
        others = Segment(self._say("others", count=len(known) - len(kept)), "tone-other")
        return {code: Segment(code, _tone(at)) if at < len(kept) else others for at, code in enumerate(known)}

    def _parts(self) -> dict[str, Segment]:
        """Return the parts of a sum: a plan is never added to what is built."""
        if any(name in self._columns for name in _STAGES):
            return {code: Segment(self._language.say(f"charts.share_{code}"), mark) for code, mark in SHARES.items()}
        label = self._language.label
        return {code: Segment(label("capacity_basis", code), mark) for code, mark in _BASES.items()}

    def _share(self, line: Line, basis: str) -> str:
        name = next((name for name in _STAGES if name in self._columns), None)
        return basis if name is None else share(_group(name, line["values"][name]["value"]), basis)

    def _by(self, *, with_segments: bool = True) -> str:
        """Return what the rows of a drawing are, and the parts of a row, in words."""
        rows = [self._say(f"by_{self._document['interval']}")] if self._is_series else []
        names = [self._row, self._segment if with_segments else None]
        named = [self._say(f"of_{name}") for name in names if name is not None]
        return self._language.listed([*rows, *named])

    def _unit(self, code: str) -> str:
        term = self._language.terms["measure"][code]
        return term.unit if isinstance(term, vocabulary.Measure) else ""

    def _say(self, key: str, **values: object) -> str:
        return self._language.say(f"statistics.{key}", **values)


def share(group: str, basis: str) -> str:
    """Return which part of a sum a capacity belongs to, as `find/sums.js` has it."""
    if group in ("paused", "ended"):
        return group
    if group == "operating":
        return "built" if basis == "actual" else "as_planned"
    return group if basis == "planned" and group in ("planned", "building") else "apart"


def _group(name: str, code: str) -> str:
    return vocabulary.STATUSES[code].group if name == "status" else code


def _tone(at: int) -> str:
    return f"tone-{at + 1}" if at < _TONES else "tone-other"


def _largest_first(cells: Sequence[Cell]) -> list[Cell]:
    totals: dict[str, float] = {}
    for _, segment, number in cells:
        totals[segment] = totals.get(segment, 0) + number
    return sorted(cells, key=lambda cell: -totals[cell[1]])
