"""Statistics as a page: what of an answer is drawn, and where each shape of it lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from geo.columns import PROJECTS
from web.asking import ORDER
from web.choices import choices_of
from web.language import Language
from web.statistics import charts
from web.statistics.charts import Figure, Tick
from web.statistics.figures import Drawn

MOST_LINES = 500  # of the table
_MOST_TITLED = 1_500  # shapes that tell their number when they are pointed at
_PLAIN = 1e7  # from here on a number is said in millions
_FORM = ("by", "sum", "interval", "from", "to", "q", "as_of", "f", "lang")
_CHOSEN = ("kind", "status_group", "country", "capacity_measure")  # by a reader who narrows what is counted
# What is drawn where nothing is asked to be counted: the properties by which it is counted, and how many of a
# property without a vocabulary stand one by one.
OVERVIEW, MOST_OF_OVERVIEW = (("status_group",), ("kind", "status_group"), ("country", "status_group")), 20
# What the map's address may hold (static/find/url.js).
_ON_MAP = ("status", "status_group", "kind", "country", "region", "owner", "location_accuracy", "status_stale")
_ALSO_ON_MAP = ("source_type", "capacity_measure", "capacity", "start_year", "q", "as_of")
# What is drawn over a colour: those of stages are those of static/charts/marks.js.
PATTERNS = {
    "planned": "M4 3.2v1.6",
    "building": "M-2 10 10-2M-2 2 2-2M6 10 10 6",
    "as_planned": "M0 2H8M0 6H8",
    "paused": "M2 0V8M6 0V8",
    "ended": "M2 2 6 6M6 2 2 6",
    "unknown": "M1 7h2",
    "tone-2": "M-2 10 10-2M-2 2 2-2M6 10 10 6",
    "tone-3": "M4 3v2M0 7v1M8 7v1M0 0v1M8 0v1",
    "tone-4": "M0 4H8",
    "tone-5": "M4 0V8",
    "tone-6": "M2 2 6 6M6 2 2 6",
    "tone-other": "M1 7h2",
}

Document = Mapping[str, Any]
Pairs = Sequence[tuple[str, str]]


def shown(
    document: Document, params: Pairs, language: Language, overview: Mapping[str, Document] | None = None
) -> dict[str, Any]:
    """Return what the template needs of an answer and of the parameters that asked for it.

    An `overview` is drawn in place of the answer: what was counted, by what it was counted by.
    """
    names = [each["name"] for each in document["properties"]]
    is_several = any(PROJECTS[name].kind == "ids" for name in names)
    stated = dict(params)
    links = {each["rel"]: each["href"] for each in document["links"]}
    values = {name: [text for key, text in params if key == name] for name in stated}
    choices = choices_of(language, [PROJECTS[name] for name in _CHOSEN], values)
    by = [name for key, text in params if key == "by" for name in text.split(",") if name]
    return {
        "d": document,
        "lines": document["groups"][:MOST_LINES],
        "figures": _drawn(overview, params, language) if overview else _figures(document, language, ""),
        "is_overview": bool(overview),
        "choices": {column: (codes, ",".join(values.get(column.name, ()))) for column, codes in choices.items()},
        "patterns": PATTERNS,
        "groups": PROJECTS.groups,
        "chosen": {**{name: stated.get(name, "") for name in _FORM}, "by": [*by, "", ""][:2]},
        "kept": [(name, value) for name, value in params if name not in (*_FORM, *_CHOSEN)],
        "alternates": [each for each in document["links"] if each["rel"] == "alternate"],
        "items": links["items"],
        "on_map": on_map(params),
        "is_several": is_several,
        "stateless": 0 if is_several or document["steps"] else _without(document),
    }


def _figures(document: Document, language: Language, further: str) -> list[tuple[Figure, dict[str, Any], str]]:
    """Return what is drawn of an answer, where it lies, and where more is told of it."""
    return [(figure, placed(figure, language), further) for figure in Drawn(document, language).figures()]


def _drawn(
    overview: Mapping[str, Document], params: Pairs, language: Language
) -> list[tuple[Figure, dict[str, Any], str]]:
    kept = [(name, value) for name, value in params if name not in ("by", "lang")]
    return [
        drawn
        for by, document in overview.items()
        for drawn in _figures(document, language, f"?{urlencode([('by', by), *kept], safe=',/:')}")
    ]


def _without(document: Document) -> int:
    return sum(line.get("without_capacity", 0) for line in document["groups"])


def on_map(params: Pairs) -> str | None:
    """Return the map's address of the records that are counted; None where it has no words for them."""
    asked = [(name, value) for name, value in params if name in (*ORDER, *PROJECTS.filters)]
    if not all(name in (*_ON_MAP, *_ALSO_ON_MAP) for name, _ in asked):
        return None
    return f"?{urlencode(asked, safe=',/:')}" if asked else ""


def placed(figure: Figure, language: Language) -> dict[str, Any]:
    """Return where the parts of a figure lie, and what they say."""
    are_whole = not figure.parts_only
    ticks = charts.ticks(charts.most(figure), are_whole=are_whole)
    top = ticks[-1]
    shapes = list((charts.columns if figure.is_series else charts.bars)(figure, top))
    titles = [
        [_told(figure, row, at, language) for at in range(len(figure.segments))] for row in range(len(figure.rows))
    ]
    placed: dict[str, Any] = {"shapes": shapes, "titles": titles if len(shapes) <= _MOST_TITLED else []}
    if figure.is_series:
        room = 14 + 7 * max(len(_rounded(tick, language)) for tick in ticks)
        at = [Tick(round(charts.HEIGHT * (1 - tick / top), 2), _rounded(tick, language)) for tick in ticks]
        placed["is_dense"] = charts.is_dense(figure)
        return placed | {"height": charts.HEIGHT, "room": room, "ticks": at, "times": charts.times(figure.rows)}
    at = [Tick(round(100 * tick / top, 3), _rounded(tick, language)) for tick in ticks]
    amounts = [_amount(figure, numbers, language) for numbers in figure.numbers]
    height = 18 + charts.ROW * len(figure.rows)
    return placed | {"height": height, "row": charts.ROW, "ticks": at, "amounts": amounts}


def _told(figure: Figure, row: int, segment: int, language: Language) -> str:
    amount = _rounded(figure.numbers[row][segment], language)
    parts = language.say("statistics.parts", label=figure.segments[segment].label, amount=amount)
    return f"{figure.rows[row]}: {parts} {figure.unit}"


def _amount(figure: Figure, numbers: Sequence[float], language: Language) -> str:
    """Return what stands beside a bar: how many records, or what each part of a sum is."""
    if not figure.parts_only:
        return language.number(sum(numbers))
    parts = [
        language.say("statistics.parts", label=segment.label, amount=_rounded(number, language))
        for segment, number in zip(figure.segments, numbers, strict=True)
        if number
    ]
    return " · ".join(parts)


def _rounded(number: float, language: Language) -> str:
    """Return a sum to three digits, as `static/find/amounts.js` says it: no more of it means anything."""
    rounded = float(f"{number:.3g}")
    return language.number(rounded) if number < _PLAIN else language.compact(rounded)
