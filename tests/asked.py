"""Questions of every kind, for Hypothesis: filters as parameters make them, orders, days, pages."""

import datetime as dt
import operator

from hypothesis import strategies as st

from geo import vocabulary
from geo.columns import PROJECTS
from geo.filter import (
    GEOMETRY,
    TIME,
    And,
    Box,
    Compare,
    During,
    In,
    Intersects,
    Interval,
    IsNull,
    Like,
    Not,
    Or,
    Within,
    Words,
    or_missing,
)
from geo.query import Query

LONGITUDES = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 0.0, -67.6])
LATITUDES = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 0.0, -20.2])
DAYS = st.dates(dt.date(2008, 1, 1), dt.date(2027, 1, 1))
# Few, since what a record was on a day is worked out anew for each.
SOME_DAYS = st.sampled_from(
    [dt.date(2005, 1, 1), *(dt.date(y, m, d) for y in range(2011, 2026, 2) for m, d in [(1, 1), (6, 14)])]
)
CODED = [column for column in PROJECTS if column.filter and column.kind == "code"]
DATES = [column.name for column in PROJECTS if column.kind == "date"]
NUMBERS = [column.name for column in PROJECTS if column.kind in ("number", "integer") and column.origin == "derived"]
SIGNS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@st.composite
def boxes(draw):
    south, north = sorted([draw(LATITUDES), draw(LATITUDES)])
    return Box(draw(LONGITUDES), south, draw(LONGITUDES), north)


@st.composite
def intervals(draw):
    start, end = sorted([draw(DAYS), draw(DAYS)])
    return Interval(*draw(st.sampled_from([(start, end), (None, end), (start, None), (start, start)])))


TYPED = [
    *(
        "rosatom",
        "РОСАТОМ",
        "nandu",
        "muller son",
        "plant 7",
        "ningde,sel",
        "zz",
        "ELECTRICITE",
        "fiji plant",
        "namibia",
    ),
    *(
        "",
        " , ",
        "\u200b",
        "plant 7,",
        "宁德",
        "Thacker-Pass",
        "lithium brine",
        "operating",
        "under construction",
        "d’or",
    ),
]


def some(values):
    return st.frozensets(st.sampled_from(values), min_size=1, max_size=4)


def leaves():
    values = st.one_of(
        *(
            st.builds(In, st.just(c.name), st.frozensets(st.sampled_from(c.codes), min_size=1, max_size=4))
            for c in CODED
        ),
        st.builds(In, st.just("country"), some(["BO", "NA", "DE"])),
        st.builds(In, st.just("operator"), some(["Rosatom", "nobody"])),
        st.builds(In, st.just("source_type"), some(vocabulary.SOURCE_TYPES.codes)),
    )
    compared = st.one_of(
        st.builds(
            Compare, st.sampled_from(["name", "operator", "region"]), st.sampled_from(list(SIGNS)), st.text(max_size=3)
        ),
        st.builds(Compare, st.just("status"), st.sampled_from(["=", "<>"]), st.sampled_from(vocabulary.STATUSES.codes)),
        st.builds(Compare, st.just("status_stale"), st.just("="), st.booleans()),
        st.builds(Compare, st.sampled_from(DATES), st.sampled_from(list(SIGNS)), DAYS.map(str)),
        st.builds(Compare, st.sampled_from(NUMBERS), st.sampled_from(list(SIGNS)), st.integers(0, 50_000)),
    )
    places = st.one_of(*(st.builds(form, boxes()) for form in (Intersects, Within)))
    missing = st.builds(IsNull, st.sampled_from([GEOMETRY, TIME, "operator", "region", "status"]))
    texts = st.builds(Like, st.just("name"), st.sampled_from(["%", "Plant%", "%7", "P_ant %", "plant%", "%.%"]))
    return st.one_of(
        values,
        compared,
        places,
        missing,
        texts,
        st.builds(Words, st.sampled_from(TYPED)),
        st.builds(During, intervals()),
    )


def filters():
    """A tree of expressions, often the one that parameters make."""
    parts = st.lists(leaves(), max_size=3).map(tuple)
    asked = st.builds(And, parts) | st.builds(lambda box: or_missing(Intersects(box), GEOMETRY), boxes())
    return asked | st.recursive(
        leaves(),
        lambda inner: st.one_of(
            st.builds(Not, inner), *(st.builds(form, st.lists(inner, max_size=3).map(tuple)) for form in (And, Or))
        ),
        max_leaves=6,
    )


FILTERS = filters()  # made once: the tree of strategies is large
SORTS = st.lists(st.tuples(st.sampled_from(PROJECTS.sorts), st.booleans()), max_size=2, unique_by=lambda s: s[0])


@st.composite
def queries(draw):
    return Query(
        filter=draw(FILTERS),
        as_of=draw(st.none() | SOME_DAYS),
        sort=tuple(draw(SORTS)),
        limit=draw(st.sampled_from([1, 7, 100, 10_000])),
    )
