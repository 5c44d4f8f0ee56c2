"""The questions that servers are asked: the same ones, in each server's way of saying them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import orjson
from bench.feature_file import next_path
from bench.processes import Running, get
from bench.servers import COLLECTION

Box = tuple[float, float, float, float]
Work = Literal["item", "first page of 10", "page of 10", "page of 1,000", "box of 1,000", "box + status"]

STATUS = "operating"
BOX_MATCHES, BOXES, PAGES = 1_000, 400, 200


@dataclass(frozen=True)
class Question:
    """What is asked: an item, or a page of the records in a box, of a status, from a place in the order of ids on.

    `ours` is its address at our server, whose later pages have marks that nobody else can make.
    """

    ours: str
    limit: int = 0
    offset: int = 0
    item: str | None = None
    box: Box | None = None
    status: str | None = None


Dialect = Callable[[Question], str]
Questions = dict[Work, list[Question]]


def boxes(points: np.ndarray[Any, Any], count: int = BOXES, matches: int = BOX_MATCHES) -> list[Box]:
    """Return boxes round so many of the points, each with about so many of them in it (a fifth of few points)."""
    chance = random.Random(2)
    wanted = min(matches, max(1, len(points) // 5))
    return [_box(points, points[chance.randrange(len(points))], wanted) for _ in range(count)]


def _box(points: np.ndarray[Any, Any], middle: np.ndarray[Any, Any], wanted: int) -> Box:
    distances = np.abs(points - middle).max(axis=1)
    half = float(np.partition(distances, wanted - 1)[wanted - 1])
    west, south = (middle - half).tolist()
    east, north = (middle + half).tolist()
    # More decimals than any point has, so that none lies on an edge.
    return (
        max(-180.0, round(west - 4e-6, 6)),
        max(-90.0, round(south - 4e-6, 6)),
        min(180.0, round(east + 4e-6, 6)),
        min(90.0, round(north + 4e-6, 6)),
    )


def questions(server: Running, points: np.ndarray[Any, Any], ids: Sequence[str]) -> Questions:
    """Return all questions about these records; our server is asked for the marks of its pages."""
    around = boxes(points)
    shuffled = random.Random(3).sample(list(ids), len(ids))
    limit = 2 * BOX_MATCHES
    return {
        "item": [Question(f"{COLLECTION}/items/{each}", item=each) for each in shuffled],
        "first page of 10": [Question(f"{COLLECTION}/items?limit=10", 10)],
        "page of 10": _pages(server, 10),
        "page of 1,000": _pages(server, 1_000),
        "box of 1,000": [_boxed(box, limit) for box in around],
        "box + status": [_boxed(box, limit, STATUS) for box in around],
    }


def _pages(server: Running, limit: int) -> list[Question]:
    asked: str | None = f"{COLLECTION}/items?limit={limit}"
    found: list[Question] = []
    while asked is not None and len(found) < PAGES:
        found.append(Question(asked, limit, limit * len(found)))
        asked = next_path(orjson.loads(get(server.port, asked)))
    return found


def _boxed(box: Box, limit: int, status: str | None = None) -> Question:
    filtered = f"&status={status}" if status else ""
    address = f"{COLLECTION}/items?limit={limit}&bbox={','.join(map(str, box))}{filtered}"
    return Question(address, limit, box=box, status=status)


def of_ours(question: Question) -> str:
    return question.ours


def of_api(items: str, order: str = "") -> Dialect:
    """Return the dialect of an OGC API whose items lie at this address; pages are asked for by offset."""

    def address(question: Question) -> str:
        if question.item is not None:
            return f"{items}/{question.item}"
        offset = f"&offset={question.offset}" if question.offset else ""
        box = f"&bbox={','.join(map(str, question.box))}" if question.box else ""
        status = f"&status={question.status}" if question.status else ""
        return f"{items}?limit={question.limit}{box}{status}{offset}{order}"

    return address
