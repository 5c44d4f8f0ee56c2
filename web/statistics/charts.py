"""Where what is drawn of numbers lies: bars in per cent of a drawing's width, and the ticks of an axis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

ROW, BAR = 38, 16  # from one bar to the next; how high one is, in pixels
HEIGHT = 240  # of what stands on the time axis, in pixels
_TICKS = 4
_MOST_TIMES = 6  # on the axis of time
_DENSE = 60  # columns, from which on nothing stands between them


@dataclass(frozen=True)
class Segment:
    """What a part of each bar means, and the mark by which it is drawn."""

    label: str
    mark: str


@dataclass(frozen=True)
class Figure:
    """Numbers to draw: for each row, which is a step of a series or a group, one for each segment.

    `parts_only` says that the segments of a row are not to be added to one number.
    """

    title: str
    unit: str
    rows: Sequence[str]
    segments: Sequence[Segment]
    numbers: Sequence[Sequence[float]]
    is_series: bool = False
    parts_only: bool = False


@dataclass(frozen=True)
class Shape:
    """A rectangle: `x` and `width` in per cent, `y` and `height` in pixels."""

    x: float
    y: float
    width: float
    height: float
    mark: str
    row: int
    segment: int


@dataclass(frozen=True)
class Tick:
    """A number or a time of an axis, in per cent or pixels from its beginning."""

    at: float
    text: str


def most(figure: Figure) -> float:
    """Return the greatest number that a bar reaches."""
    return max((sum(row) for row in figure.numbers), default=0)


def ticks(top: float, *, are_whole: bool) -> list[float]:
    """Return some round numbers from 0 to the first that reaches `top`."""
    step = _round_up(top / _TICKS) if top > 0 else 1
    step = max(1, math.ceil(step)) if are_whole else step
    return [float(f"{number * step:.6g}") for number in range(max(1, math.ceil(top / step - 1e-9)) + 1)]


def _round_up(number: float) -> float:
    """Return the first of 1, 2, 5, 10, 20 and so on that is not smaller."""
    power = 10.0 ** math.floor(math.log10(number))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= number * (1 - 1e-9))


def bars(figure: Figure, top: float) -> Iterator[Shape]:
    """Yield the parts of one bar a row, beneath each other."""
    for row, numbers in enumerate(figure.numbers):
        for segment, (start, end) in enumerate(_ends(numbers)):
            if end > start:
                x, width = 100 * start / top, 100 * (end - start) / top
                mark = figure.segments[segment].mark
                yield Shape(round(x, 3), row * ROW + 18, round(width, 3), BAR, mark, row, segment)


def columns(figure: Figure, top: float) -> Iterator[Shape]:
    """Yield the parts of one column a step, side by side."""
    width = 100 / len(figure.rows)
    gap = 0 if is_dense(figure) else min(0.2 * width, 1)
    for row, numbers in enumerate(figure.numbers):
        for segment, (start, end) in enumerate(_ends(numbers)):
            if end > start:
                low, high = HEIGHT * (1 - start / top), HEIGHT * (1 - end / top)
                mark = figure.segments[segment].mark
                x = round(row * width + gap / 2, 3)
                yield Shape(x, round(high, 2), round(width - gap, 3), round(low - high, 2), mark, row, segment)


def _ends(numbers: Sequence[float]) -> Iterator[tuple[float, float]]:
    return pairwise(accumulate(numbers, initial=0.0))


def is_dense(figure: Figure) -> bool:
    """Return whether the columns of a series are too narrow to be told apart."""
    return len(figure.rows) > _DENSE


def times(rows: Sequence[str]) -> list[Tick]:
    """Return some of the steps of a series, in per cent of its width: of many months the years that begin with them."""
    begins = [(at, text[:4]) for at, text in enumerate(rows) if text.endswith("-01")]
    shown = begins if len(begins) > 1 else list(enumerate(rows))
    most = _MOST_TIMES if len(shown[0][1]) == 4 else _MOST_TIMES // 2
    every = math.ceil(len(shown) / most)
    return [Tick(round(100 * (at + 0.5) / len(rows), 3), text) for at, text in shown[::-1][::every][::-1]]
