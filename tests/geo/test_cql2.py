"""CQL2 means what a plain loop says: its text and its JSON, over arrays and over one row, by the standard's names."""

import datetime as dt
import math
import operator
import re
import unicodedata

import orjson
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_features

from geo import dates, vocabulary
from geo.columns import PROJECTS
from geo.cql2.reading import read_filter
from geo.cql2.text import parse
from geo.cql2.written import text_of
from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.filter import And, In, Words
from geo.memory.catalog import MemoryCatalog
from geo.memory.indexed import index
from geo.opening import open_ledger
from geo.query import Query
from geo.records.project import Project
from geo.rowwise import Row, is_meant

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
    east = min(x + w, 180.0)
    ring = [[x, y], [east, y], [east, y + h], [x, y + h], [x, y]]
    point, line = (
        {"type": "Point", "coordinates": [x, y]},
        {"type": "LineString", "coordinates": [[x, y], [east, y + h]]},
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
                {"bbox": [x, y, east, y + h]},
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


# What a plain loop says of it. A record is a dict with `geometry`, `time`, and the sets of names.


def is_true(node, record):
    if isinstance(node, bool):
        return node
    if "property" in node:
        return record[node["property"]]
    name, args = node["op"].lower(), node["args"]
    if name in ("and", "or"):
        found, wins = [is_true(arg, record) for arg in args], name == "or"
        return wins if wins in found else None if None in found else not wins
    if name == "not":
        found = is_true(args[0], record)
        return None if found is None else not found
    if name == "isnull":
        return is_missing(args[0], record)
    if name == "words":
        return is_meant(Words(args[0]), record["row"])
    if name.startswith("s_"):
        shapes = [shape_of(arg, record) for arg in args]
        return None if None in shapes else bool(getattr(shapely, name[2:])(*shapes))
    if name.startswith("t_"):
        times = [time_of(arg, record) for arg in args]
        return None if None in times else TIMES[name[2:]](*times[0], *times[1])
    if name.startswith("a_"):
        left, right = ({*arg} if isinstance(arg, list) else {*record[arg["property"]]} for arg in args)
        return bool(SETS[name[2:]](left, right))
    if name == "in":
        found = [compare("=", args[0], each, record) for each in args[1]]
        return True if True in found else None if None in found else False
    if name == "between":
        return is_true({"op": "and", "args": [{"op": ">=", "args": args[:2]}, {"op": "<=", "args": args[::2]}]}, record)
    if name == "like":
        text = value(args[0], record)
        return None if text is None else re.fullmatch(like(args[1]), text, re.DOTALL) is not None
    return compare(name, *args, record)


SETS = {"equals": operator.eq, "contains": operator.ge, "containedby": operator.le, "overlaps": operator.and_}


def like(pattern):
    signs = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign[-1])) for sign in signs)


def is_missing(node, record):
    if isinstance(node, dict) and node.get("property") == "source_type":
        return not record["source_type"]
    if isinstance(node, dict) and node.get("property") in ("geometry", "time"):
        return record[node["property"]] is None
    made = (*"+-*/%^", "div", "year", "casei", "accenti")
    is_value = not isinstance(node, dict) or "property" in node or node["op"] in made
    return (value(node, record) if is_value else is_true(node, record)) is None


def compare(sign, left, right, record):
    a, b = value(left, record), value(right, record)
    return None if a is None or b is None else SIGNS[sign](a, b)


def value(node, record):
    if not isinstance(node, dict):
        return node
    if "property" in node:
        found = record[node["property"]]
        return dates.first_day(found) if found is not None and node["property"] in DATES else found
    if "date" in node:
        return dates.first_day(node["date"])
    parts = [value(arg, record) for arg in node["args"]]
    if None in parts:
        return None
    if node["op"] == "casei":
        return parts[0].casefold()
    if node["op"] == "accenti":
        plain = "".join(c for c in unicodedata.normalize("NFD", parts[0]) if not "\u0300" <= c <= "\u036f")
        return unicodedata.normalize("NFC", plain).replace("ø", "o")
    return parts[0].year if node["op"] == "year" else number(node["op"], *map(float, parts))


def number(sign, a, b):
    try:
        found = {
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: a / b,
            "%": lambda: math.fmod(a, b),
            "div": lambda: float(math.trunc(a / b)),
            "^": lambda: a**b,
        }[sign]()
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return found if math.isfinite(found) else None


def shape_of(node, record):
    if "property" in node:
        return record["geometry"]
    return shapely.box(*node["bbox"]) if "bbox" in node else shapely.geometry.shape(node)


def time_of(node, record):
    if node.get("property") == "time":
        return record["time"]
    ends = node.get("interval", [node, node])
    start, end = (day_of(each, record, last) for each, last in zip(ends, (False, True), strict=True))
    return None if start is None or end is None or start > end else (start, end)


def day_of(node, record, last):
    if node == "..":
        return dt.date.max if last else dt.date.min
    text = node if isinstance(node, str) else node.get("date") or record[node["property"]]
    return None if text is None else (dates.last_day if last else dates.first_day)(text)


TIMES = {
    "after": lambda a, b, c, d: a > d,
    "before": lambda a, b, c, d: b < c,
    "disjoint": lambda a, b, c, d: a > d or b < c,
    "equals": lambda a, b, c, d: (a, b) == (c, d),
    "intersects": lambda a, b, c, d: not (a > d or b < c),
    "contains": lambda a, b, c, d: a < c and d < b,
    "during": lambda a, b, c, d: c < a and b < d,
    "finishes": lambda a, b, c, d: c < a and b == d,
    "finishedby": lambda a, b, c, d: a < c and b == d,
    "meets": lambda a, b, c, d: b == c,
    "metby": lambda a, b, c, d: a == d,
    "overlaps": lambda a, b, c, d: a < c < b < d,
    "overlappedby": lambda a, b, c, d: c < a < d < b,
    "starts": lambda a, b, c, d: a == c and b < d,
    "startedby": lambda a, b, c, d: a == c and b > d,
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A catalog, and its records as a plain loop sees them, by id."""
    store = open_ledger(tmp_path_factory.mktemp("cql2") / "store.gpkg").store
    square = {"type": "Polygon", "coordinates": [[[-67.5, -20.5], [-66.5, -20.5], [-66.5, -19.5], [-67.5, -20.5]]]}
    projects = [Project.from_feature(feature) for feature in made_up_features(80, seed=5)]
    projects += [made_up("bo-square", geometry=square), made_up("bo-point"), made_up("bo-area", geometry=AREA)]
    projects += [made_up("bo-plain", name="a\\b it's 100%_", region="Potosí", owners=[])]
    store.write([Edit(project.id, project, None, "test") for project in projects])
    catalog = MemoryCatalog(store, Organisations([]))
    features = [orjson.loads(feature) for feature in catalog.found(Query())[1]]
    seen_by_id = {project.id: seen(store.head(project.id), project) for project in projects}
    records = {feature["id"]: {**answered(feature), **seen_by_id[feature["id"]]} for feature in features}
    yield Asked(catalog, {each: {**values, "row": row_of(values)} for each, values in records.items()})
    store.close()


class Asked:
    """A catalog, and its records by id as a plain loop sees them."""

    def __init__(self, catalog, records):
        self.catalog, self.records = catalog, records


def answered(feature):
    """What an answer says of a record."""
    shape = shapely.geometry.shape(feature["geometry"]) if feature["geometry"] else None
    values = {column.name: feature["properties"].get(column.name) for column in PROJECTS}
    return {**values, "id": feature["id"], "geometry": shape}


def seen(revision, project):
    """What no answer says of a record: its time, its parties, its words."""
    events = [event for event in project.properties.events if not event.expected]
    spans = [(dates.first_day(event.date), dates.last_day(event.date)) for event in events]
    return {
        "time": (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None,
        "owner": Organisations([]).parties(project.properties.owners),
        "source_type": frozenset(source.type for source in project.properties.sources if source.type),
        "words": index(revision, Organisations([])).values["search"],
    }


def row_of(values):
    return Row(values, values["geometry"], values["time"], values["words"])


def ids_of(catalog, expression):
    return [orjson.loads(feature)["id"] for feature in catalog.found(Query(filter=expression))[1]]


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(node=conditions)
def test_a_filter_means_what_a_plain_loop_says_as_text_and_as_json(asked, node):
    catalog, records = asked.catalog, asked.records
    text = text_of(node)
    assert node == parse(text)
    expression = read_filter(orjson.dumps(node).decode(), "cql2-json")
    assert expression == read_filter(text, "cql2-text")
    expected = sorted(each for each, record in records.items() if is_true(node, record) is True)
    assert expected == sorted(each for each, record in records.items() if is_meant(expression, record["row"]))
    assert expected == ids_of(catalog, expression)
    narrowed = And((expression, In("country", frozenset(["BO"]))))
    assert [each for each in expected if records[each]["country"] == "BO"] == ids_of(catalog, narrowed)
