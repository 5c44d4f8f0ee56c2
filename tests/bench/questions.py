"""The questions that servers are asked: the same ones, in each server's way of saying them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import numpy as np
import orjson
from bench.feature_file import next_path
from bench.processes import Running, get
from bench.servers import COLLECTION

Box = tuple[float, float, float, float]
Work = Literal[
    *("item", "first page of 10", "page of 10", "page of 1,000", "box of 1,000", "box + status"),
    *("CQL2: comparisons", "CQL2: not, or, between", "CQL2: a word in a name", "CQL2: a polygon"),
]

STATUS = "operating"
BOX_MATCHES, BOXES, PAGES, FILTERS = 1_000, 400, 200, 1_000
COUNTRIES = ("AR", "AU", "BO", "CA", "CL", "CN", "DE", "FR", "HU", "IN", "JP", "KR", "PL", "US")
GROUPS = ("planned", "building", "operating", "paused", "ended")
KINDS = ("brine_operation", "hard_rock_mine", "refinery", "cathode_plant", "cell_factory", "pack_factory")
WORDS = ("Battery", "Energy", "Gigafactory", "Lithium", "Salar", "factory", "mine", "plant", "project", "recycling")


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
    filter: str | None = None


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


def filters(points: np.ndarray[Any, Any]) -> Questions:
    """Return questions in CQL2, none of them twice; a page of ten, and how many match, is what is asked for."""
    chance = random.Random(4)
    made: dict[Work, Callable[[], str]] = {
        "CQL2: comparisons": lambda: (
            # pg_featureserv joins two by AND, and no third without brackets.
            f"country IN ({_some(chance, COUNTRIES)}) AND (status_group = '{chance.choice(GROUPS)}'"
            f" AND capacity_gwh_per_year > {chance.uniform(0, 30):.3f})"
        ),
        "CQL2: not, or, between": lambda: (
            f"NOT (kind IN ({_some(chance, KINDS)})) AND (status_group = '{chance.choice(GROUPS)}'"
            f" OR capacity_lce_t_per_year BETWEEN {chance.uniform(0, 2e4):.1f} AND {chance.uniform(3e4, 2e5):.1f})"
        ),
        "CQL2: a word in a name": lambda: f"name LIKE '%{chance.choice(WORDS)}%{_letters(chance)}%'",
        "CQL2: a polygon": lambda: f"S_INTERSECTS(geometry, POLYGON(({_ring(chance, points)})))",
    }
    return {work: [_filtered(make()) for _ in range(FILTERS)] for work, make in made.items()}


def _letters(chance: random.Random) -> str:
    return "".join(chance.choices("aeilnorst", k=2))


def _some(chance: random.Random, codes: Sequence[str]) -> str:
    return ", ".join(f"'{code}'" for code in chance.sample(codes, 3))


def _ring(chance: random.Random, points: np.ndarray[Any, Any]) -> str:
    """Return a hexagon of one to five degrees round a point."""
    x, y = points[chance.randrange(len(points))].tolist()
    size = chance.uniform(1, 5)
    corners = [(x + size * math.cos(k * math.pi / 3), y + size * math.sin(k * math.pi / 3)) for k in range(6)]
    return ", ".join(f"{a:.6f} {b:.6f}" for a, b in [*corners, corners[0]])


def _filtered(text: str) -> Question:
    return Question(f"{COLLECTION}/items?limit=10&filter={quote(text)}", 10, filter=text)


def of_ours(question: Question) -> str:
    return question.ours


def of_api(items: str, order: str = "", geometry: str = "geometry") -> Dialect:
    """Return the dialect of an OGC API whose items lie at this address; pages are asked for by offset.

    `geometry` is what it calls the place of a record in a filter.
    """

    def address(question: Question) -> str:
        if question.item is not None:
            return f"{items}/{question.item}"
        offset = f"&offset={question.offset}" if question.offset else ""
        box = f"&bbox={','.join(map(str, question.box))}" if question.box else ""
        status = f"&status={question.status}" if question.status else ""
        asked = f"&filter={quote(question.filter.replace('geometry', geometry))}" if question.filter else ""
        return f"{items}?limit={question.limit}{box}{status}{asked}{offset}{order}"

    return address
