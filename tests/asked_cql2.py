"""Conditions of CQL2 of every kind, as JSON, for Hypothesis."""

import operator

from hypothesis import strategies as st

from geo import vocabulary

SIGNS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
TEXTS, NUMBERS = ["name", "operator", "region"], ["capacity", "start_year", "sources_count", "revision"]
DATES = ["status_date", "first_date", "last_date", "start_planned", "start_actual"]
TEMPORAL = [
    *("after", "before", "contains", "disjoint", "during", "equals", "finishedby", "finishes", "intersects"),
    *("meets", "metby", "overlappedby", "overlaps", "startedby", "starts"),
]
SPATIAL = ["intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains"]
WORDS = ["Plant 7", "plant", "Müller & Søn", "it's", "a\\b", "100%_", "Росатом", "é\n", ""]
AREA = {
    "type": "Polygon",
    "coordinates": [[[-68.0, -21.0], [-67.0, -21.0], [-67.0, -20.0], [-68.0, -20.0], [-68.0, -21.0]]],
}


# What is asked.


def ops(names, *parts):
    return st.builds(lambda name, *args: {"op": name, "args": list(args)}, st.sampled_from(names), *parts)


def prop(names):
    return st.sampled_from(names).map(lambda name: {"property": name})


literals = st.integers(-3, 60_000) | st.sampled_from([0.5, 2.25, 2016, 2020])
days = st.sampled_from(["2010", "2015-06", "2016-02-29", "2020-01-01", "2024-12-31"])
numbers = st.recursive(
    prop(NUMBERS)
    | literals
    | st.builds(lambda name: {"op": "year", "args": [{"property": name}]}, st.sampled_from(DATES)),
    lambda inner: ops(["+", "-", "*", "/", "%", "div"], inner, inner) | ops(["^"], inner, st.sampled_from([0, 1, 2])),
    max_leaves=3,
)
texts = st.recursive(prop(TEXTS) | st.sampled_from(WORDS), lambda inner: ops(["casei", "accenti"], inner), max_leaves=2)
instants = prop(DATES) | days.map(lambda day: {"date": day})


@st.composite
def intervals(draw):
    if draw(st.booleans()):
        return {"interval": [draw(prop(DATES)), draw(prop(DATES))]}
    start, end = sorted([draw(days), draw(days)])
    half = [start, {"property": "last_date"}]
    return {"interval": draw(st.sampled_from([[start, end], ["..", end], [start, ".."], half]))}


@st.composite
def geometries(draw):
    x, y = draw(st.sampled_from([-67.6, -68, -67, 10, 179, 0])), draw(st.sampled_from([-20.2, -21, -20, 0, 50]))
    w, h = draw(st.sampled_from([0.5, 1, 40])), draw(st.sampled_from([0.5, 1, 30]))
    east, north = round(min(x + w, 180.0), 4), round(y + h, 4)
    ring = [[x, y], [east, y], [east, north], [x, north], [x, y]]
    point, line = (
        {"type": "Point", "coordinates": [x, y]},
        {"type": "LineString", "coordinates": [[x, y], [east, north]]},
    )
    return draw(
        st.sampled_from(
            [
                point,
                line,
                {"type": "Polygon", "coordinates": [ring]},
                {"type": "MultiPoint", "coordinates": [[x, y], [-67.6, -20.2]]},
                {"type": "MultiLineString", "coordinates": [line["coordinates"], [[0, 0], [1, 1]]]},
                {"type": "MultiPolygon", "coordinates": [[ring], AREA["coordinates"]] if x > 0 else [[ring]]},
                {"type": "GeometryCollection", "geometries": [point, {"type": "Polygon", "coordinates": [ring]}]},
                {"bbox": [x, y, east, north]},
                AREA,
            ]
        )
    )


geometry = st.just({"property": "geometry"})
whole = st.just({"property": "time"})
sets = st.lists(st.sampled_from(sorted(vocabulary.SOURCE_TYPES.codes)), max_size=3)
arrays = prop(["source_type", "owner"])
ORDERED = ["name", "operator", "region"]
leaves = st.one_of(
    ops(list(SIGNS), prop(ORDERED) | st.sampled_from(WORDS), prop(ORDERED)),
    ops(["=", "<>"], texts, texts),
    ops(list(SIGNS), numbers, numbers),
    ops(list(SIGNS), instants, instants),
    ops(["=", "<>"], ops(["casei"], prop(["country", "kind"])), st.sampled_from(["bo", "BO", "refinery"])),
    ops(["like"], texts, st.sampled_from(["%", "Plant%", "%7", "p_ant %", "%\\_", "plant%", "%ñ%", "%o%o%"])),
    ops(["between"], numbers, numbers, numbers),
    ops(["in"], prop(["country"]), st.lists(st.sampled_from(["BO", "NA", "DE"]), min_size=1, max_size=3)),
    ops(["in"], numbers, st.lists(numbers, min_size=1, max_size=3)),
    ops(["in"], prop(DATES), st.lists(days.map(lambda day: {"date": day}), min_size=1, max_size=2)),
    ops(["isNull"], prop([*TEXTS, *NUMBERS, *DATES, "geometry", "time", "source_type"]) | numbers | texts),
    ops(["words"], st.sampled_from(["rosatom", "plant 7", "cell factory"])),
    ops([f"s_{name}" for name in SPATIAL], geometry, geometries()),
    ops([f"s_{name}" for name in SPATIAL], geometries(), geometry | geometries()),
    ops([f"t_{name}" for name in TEMPORAL], whole | intervals() | prop(DATES), whole | intervals()),
    ops([f"t_{name}" for name in ("after", "before", "disjoint", "equals", "intersects")], instants, whole | instants),
    ops([f"a_{name}" for name in ("equals", "contains", "containedby", "overlaps")], arrays | sets, arrays | sets),
    st.booleans(),
    prop(["status_stale"]),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        ops(["not"], inner),
        st.builds(
            lambda name, parts: {"op": name, "args": parts},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
        ops(["isNull"], inner.filter(lambda node: isinstance(node, dict) and "op" in node)),
    ),
    max_leaves=4,
)
