"""CQL2 means what a plain loop says: its text and its JSON, over arrays and over one row, by the standard's names."""

import contextlib
import datetime as dt
import math
import operator
import re
import unicodedata

import cql2
import orjson
import pytest
import shapely
from asked_cql2 import AREA, DATES, SIGNS, conditions
from hypothesis import HealthCheck, assume, given, settings
from made_up import made_up, made_up_features
from tabled import catalogs_in

from geo import dates
from geo.columns import PROJECTS
from geo.cql2.reading import read_filter
from geo.cql2.text import parse
from geo.cql2.written import text_of
from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.filter import And, Compare, During, In, Intersects, Interval, IsNull, Like, Words
from geo.indexed import index
from geo.memory.catalog import MemoryCatalog
from geo.opening import open_ledger
from geo.query import Query
from geo.records.project import Project
from geo.rowwise import Row, is_meant

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


@pytest.fixture(scope="module", params=["memory", pytest.param("postgis", marks=pytest.mark.slow)])
def asked(tmp_path_factory, request):
    """A catalog, and its records as a plain loop sees them, by id."""
    store = open_ledger(tmp_path_factory.mktemp("cql2") / "store.gpkg").store
    square = {"type": "Polygon", "coordinates": [[[-67.5, -20.5], [-66.5, -20.5], [-66.5, -19.5], [-67.5, -20.5]]]}
    projects = [Project.from_feature(feature) for feature in made_up_features(80, seed=5)]
    projects += [made_up("bo-square", geometry=square), made_up("bo-point"), made_up("bo-area", geometry=AREA)]
    projects += [made_up("bo-plain", name="a\\b it's 100%_", region="Potosí", owners=[])]
    store.write([Edit(project.id, project, None, "test") for project in projects])
    if request.param == "memory":
        over = contextlib.nullcontext(lambda store: MemoryCatalog(store, Organisations([])))
    else:
        over = catalogs_in(request.getfixturevalue("postgres"))
    with over as catalog_of:
        yield looked_at(catalog_of(store), store, projects)
    store.close()


def looked_at(catalog, store, projects):
    features = [orjson.loads(feature) for feature in catalog.found(Query())[1]]
    seen_by_id = {project.id: seen(store.head(project.id), project) for project in projects}
    records = {feature["id"]: {**answered(feature), **seen_by_id[feature["id"]]} for feature in features}
    return Asked(catalog, {each: {**values, "row": row_of(values)} for each, values in records.items()})


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


@pytest.mark.slow
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


# The standard's own examples, over columns of ours.


def found(asked, text):
    return ids_of(asked.catalog, read_filter(text, "cql2-text"))


def means(asked, text, says):
    """The ids that a filter means are those of which a plain function says so, and neither none nor all."""
    expected = sorted(each for each, record in asked.records.items() if says(record))
    assert 0 < len(expected) < len(asked.records)
    assert expected == found(asked, text)


def test_req_basic_cql2_binary_comparison_predicate(asked):
    means(asked, "country='BO'", lambda r: r["country"] == "BO")
    means(asked, "capacity<4000", lambda r: r["capacity"] is not None and r["capacity"] < 4000)
    means(asked, "start_year-10.0 < 2010", lambda r: r["start_year"] is not None and r["start_year"] < 2020)
    means(asked, "status_date >= date('2020-01-01')", lambda r: bool(r["status_date"]) and r["status_date"] >= "2020")
    assert len(found(asked, "updated >= date('1970-01-01')")) == len(asked.records)
    assert found(asked, "updated < TIMESTAMP('1970-01-01T00:00:00Z')") == []


def test_req_basic_cql2_null_predicate(asked):
    means(asked, "geometry IS NOT NULL", lambda r: r["geometry"] is not None)
    means(asked, '"capacity" IS NULL', lambda r: r["capacity"] is None)
    means(
        asked,
        "capacity IS NULL OR capacity BETWEEN 10 AND 2000",
        lambda r: not r["capacity"] or 10 <= r["capacity"] <= 2000,
    )


def test_req_advanced_comparison_operators(asked):
    means(asked, "name LIKE 'Plant 1%'", lambda r: r["name"].startswith("Plant 1"))
    means(asked, "name NOT LIKE '%Müller%'", lambda r: "Müller" not in r["name"])
    means(asked, "sources_count BETWEEN 100.0 AND 150.0 OR country = 'CL'", lambda r: r["country"] == "CL")
    means(asked, "country IN ('BO','CL','PE')", lambda r: r["country"] in ("BO", "CL", "PE"))
    means(
        asked,
        "start_year NOT IN (2020,2021,2022,2023)",
        lambda r: r["start_year"] not in (None, 2020, 2021, 2022, 2023),
    )


def test_req_case_insensitive_comparison_casei_function(asked):
    means(asked, "CASEI(name) LIKE CASEI('PLANT 1%')", lambda r: r["name"].startswith("Plant 1"))
    means(asked, "CASEI(country) IN (CASEI('bo'),CASEI('cL'))", lambda r: r["country"] in ("BO", "CL"))
    assert len(found(asked, "CASEI('Straße') = CASEI('STRASSE')")) == len(asked.records)


def test_req_accent_insensitive_comparison_accenti_function(asked):
    means(asked, "ACCENTI(name) LIKE ACCENTI('%Électricité%')", lambda r: "Électricité" in r["name"])
    means(
        asked,
        "ACCENTI(region) = ACCENTI('potosi')  OR region = 'x' OR ACCENTI(region) = 'Potosi'",
        lambda r: r["region"] == "Potosí",
    )


def test_req_basic_spatial_functions(asked):
    area = "POLYGON((-180 -90, 0 -90, 0 90, -180 90, -180 -90))"
    means(
        asked,
        f"S_INTERSECTS(geometry,{area})",
        lambda r: r["geometry"] and r["geometry"].intersects(shapely.box(-180, -90, 0, 90)),
    )
    means(
        asked,
        "S_INTERSECTS(geometry,POINT(-67.6 -20.2))",
        lambda r: r["geometry"] and r["geometry"].intersects(shapely.Point(-67.6, -20.2)),
    )
    means(
        asked,
        "S_INTERSECTS(geometry,BBOX(170,-90,-170,90))",
        lambda r: r["geometry"] and abs(r["geometry"].bounds[0]) >= 170,
    )


def test_req_spatial_functions(asked):
    shape = shapely.geometry.shape(AREA)
    text = "POLYGON((-68 -21, -67 -21, -67 -20, -68 -20, -68 -21))"
    for name in ("WITHIN", "OVERLAPS", "CONTAINS", "EQUALS"):
        says = getattr(shapely, name.lower())
        means(
            asked,
            f"S_{name}(geometry,{text})",
            lambda r, says=says: r["geometry"] is not None and says(r["geometry"], shape),
        )
    means(
        asked,
        f"S_DISJOINT({text}, geometry)",
        lambda r: r["geometry"] is not None and not shape.intersects(r["geometry"]),
    )
    line = "LINESTRING(-69 -20.5, -66 -20.5)"
    means(
        asked,
        f"S_CROSSES(geometry,{line})",
        lambda r: (
            r["geometry"] is not None
            and r["geometry"].geom_type != "Point"
            and r["geometry"].crosses(shapely.from_wkt(line))
        ),
    )
    means(
        asked,
        "S_TOUCHES(geometry,BBOX(-67,-21,-66.9,-20))",
        lambda r: r["geometry"] is not None and r["geometry"].touches(shapely.box(-67, -21, -66.9, -20)),
    )


def test_req_temporal_functions(asked):
    """A year is the time of all its days; intervals are closed at both ends."""
    start, end = dt.date(2014, 1, 1), dt.date(2022, 12, 31)
    interval = "INTERVAL('2014-01-01','2022-12-31')"
    means(asked, f"T_DURING(time,{interval})", lambda r: r["time"] and start < r["time"][0] and r["time"][1] < end)
    means(
        asked,
        f"T_DURING(INTERVAL(first_date,last_date),{interval})",
        lambda r: r["time"] and start < r["time"][0] and r["time"][1] < end,
    )
    means(asked, f"T_CONTAINS({interval},time)", lambda r: r["time"] and start < r["time"][0] and r["time"][1] < end)
    means(
        asked,
        "T_AFTER(status_date,DATE('2020-06-01'))",
        lambda r: bool(r["status_date"]) and dates.first_day(r["status_date"]) > dt.date(2020, 6, 1),
    )
    means(
        asked,
        "T_EQUALS(status_date,INTERVAL('2015-01-01','2015-12-31')) OR country = 'CL'",
        lambda r: r["status_date"] == "2015" or r["country"] == "CL",
    )
    assert len(found(asked, "T_BEFORE(updated,TIMESTAMP('2100-08-10T05:30:00.000000Z'))")) == len(asked.records)
    assert len(found(asked, "T_INTERSECTS(updated,INTERVAL('2020-01-01T00:00:00Z','..'))")) == len(asked.records)


def test_req_array_functions_array_predicates(asked):
    means(asked, "A_CONTAINS(source_type,('news'))", lambda r: "news" in r["source_type"])
    means(asked, "A_CONTAINEDBY(source_type,('news','company'))", lambda r: r["source_type"] <= {"news", "company"})
    means(asked, "A_EQUALS(('company'),source_type)", lambda r: r["source_type"] == {"company"})
    means(asked, "A_OVERLAPS(source_type,('news','company'))", lambda r: bool(r["source_type"] & {"news", "company"}))


def test_req_property_property_and_arithmetic(asked):
    means(asked, "start_year > (revision + 2015)", lambda r: r["start_year"] is not None and r["start_year"] > 2016)
    means(asked, "0 = (start_year % 2)", lambda r: r["start_year"] is not None and r["start_year"] % 2 == 0)
    means(
        asked,
        "first_date = last_date",
        lambda r: bool(r["time"]) and dates.first_day(r["first_date"]) == dates.first_day(r["last_date"]),
    )


def test_simple_conditions_become_those_of_parameters():
    """What is looked up for a parameter is looked up for a filter."""
    same = {
        "country IN ('BO','CL')": In("country", frozenset(["BO", "CL"])),
        "20 < capacity": Compare("capacity", ">", 20),
        "name LIKE 'a%'": Like("name", "a%"),
        "region IS NULL": IsNull("region"),
        "A_OVERLAPS(owner, ('rosatom','catl'))": In("owner", frozenset(["rosatom", "catl"])),
        "words('salar')": Words("salar"),
        "T_INTERSECTS(time, INTERVAL('2020-01-01','..'))": During(Interval(dt.date(2020, 1, 1), None)),
    }
    assert same == {text: read_filter(text, "cql2-text") for text in same}
    assert isinstance(read_filter("S_INTERSECTS(geometry, BBOX(170,0,-170,1))", "cql2-text"), Intersects)


def test_req_cql2_text_escaping():
    r"""'' and \' are a quotation mark, \n and its like are controls, and LIKE takes \% for the sign."""
    assert parse(r"a = 'it''s \'so\' \n\t\\ \% \q'") == {
        "op": "=",
        "args": [{"property": "a"}, "it's 'so' \n\t\\ \\% \\q"],
    }


def lowered(node):
    """A node as both write it: names of functions in small letters, AND within AND as one."""
    if isinstance(node, list):
        return [lowered(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: each.lower() if name == "op" else lowered(each) for name, each in node.items()}
    if made.get("op") in ("and", "or"):
        parts = [part["args"] if is_op(part, made["op"]) else [part] for part in made["args"]]
        made["args"] = [each for part in parts for each in part]
    return made


def is_op(node, name):
    return isinstance(node, dict) and node.get("op") == name


@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(node=conditions)
def test_the_package_cql2_reads_the_same(node):
    """Where it can: it takes escapes for plain text, no empty arrays, and one thing in parentheses for itself."""
    text = text_of(node)
    assume("\\" not in text and not re.search(r"\(\)|\('[^',]*'\)", text))
    assert lowered(cql2.parse_text(text).to_json()) == lowered(node)
