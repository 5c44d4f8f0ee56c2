"""GDAL reads the collection by its driver for OGC API - Features: all of it, its types, and only what is asked for.

Two of them: the system's, which Debian packs (3.6), and the newer one in pyogrio's package.
"""

import json
import subprocess

import pyogrio
import pytest

pytestmark = pytest.mark.slow

# To what GDAL types a column, by what JSON has in it.
TYPES = {int: {"Integer", "Real"}, float: {"Real"}, bool: {"Integer(Boolean)"}}
BOX = (-70, -23, -57, -9)


def ogr(*words, **settings):
    done = subprocess.run(words, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    return done


def inside(records, box):
    west, south, east, north = box
    points = {
        name: each["geometry"]["coordinates"] for name, each in records.items() if each["geometry"]["type"] == "Point"
    }
    return {name for name, (x, y) in points.items() if west <= x <= east and south <= y <= north}


def test_the_driver_follows_the_pages_by_itself(world, records, tmp_path, told):
    """By pages of ten, unless it is told otherwise."""
    out = tmp_path / "out.csv"
    ogr("ogr2ogr", "-f", "CSV", str(out), f"OAPIF:{world.url}/api", "projects", "-oo", "PAGE_SIZE=40", "-select", "id")
    assert set(records) == {line.strip('"') for line in out.read_text().split()[1:]}
    told.done("ogr2ogr", "all pages", f"{len(records)} of {len(records)}")


def test_pyogrio_s_driver_follows_the_pages_by_itself(world, records, told):
    found = pyogrio.read_dataframe(f"OAPIF:{world.url}/api", layer="projects", PAGE_SIZE=40, columns=["id"])
    assert set(records) == set(found.id)
    told.done("pyogrio", "OAPIF, all pages", f"{len(found)} of {len(records)}")


def test_a_column_of_numbers_is_one_of_numbers(world, records, told):
    """Whatever the first records hold: types come from the schema that the collection links."""
    listed = ogr("ogrinfo", "-ro", "-so", f"OAPIF:{world.url}/api", "projects").stdout
    typed = dict(line.split(" (")[0].split(": ") for line in listed.splitlines() if line.endswith(".0)"))
    for name, kind in kinds(records).items():
        assert typed[name] in TYPES[kind], name
    told.done("ogrinfo", "types of columns", "as in the schema")


def test_a_column_of_numbers_is_one_of_numbers_for_pyogrio(world, records, told):
    read = pyogrio.read_info(f"OAPIF:{world.url}/api", layer="projects")
    typed = dict(zip(read["fields"], read["ogr_types"], strict=True))
    for name, kind in kinds(records).items():
        assert typed[name].removeprefix("OFT") in {each.partition("(")[0] for each in TYPES[kind]}, name
    told.done("pyogrio", "types of columns", "as in the schema")


def kinds(records):
    """The columns of numbers and of truths, each with its widest type."""
    found = {}
    for record in records.values():
        for name, value in record["properties"].items():
            if isinstance(value, int | float):
                found[name] = float if isinstance(value, float) else found.get(name, type(value))
    return found


def test_a_box_is_asked_of_the_server(world, records, tmp_path, told):
    out = tmp_path / "out.geojson"
    words = ["ogr2ogr", "-f", "GeoJSON", str(out), f"OAPIF:{world.url}/api", "projects", "-spat", *map(str, BOX)]
    fetched = ogr(*words, "--debug", "HTTP").stderr
    found = {feature["properties"]["id"] for feature in json.loads(out.read_text())["features"]}
    assert inside(records, BOX) <= found < set(records)
    assert "bbox=-70,-23,-57,-9" in fetched
    told.done("ogr2ogr", "-spat", f"{len(found)} records, asked of the server")


def test_a_condition_on_a_code_is_asked_of_the_server(world, records, tmp_path, told):
    out = tmp_path / "out.geojson"
    source = f"OAPIF:{world.url}/api"
    fetched = ogr(
        "ogr2ogr", "-f", "GeoJSON", str(out), source, "projects", "-where", "country='BO'", "--debug", "HTTP"
    ).stderr
    found = {feature["properties"]["id"] for feature in json.loads(out.read_text())["features"]}
    assert {name for name, each in records.items() if each["properties"]["country"] == "BO"} == found
    assert "country=BO" in fetched or "filter=country" in fetched
    told.done("ogr2ogr", "-where country", f"{len(found)} records, asked of the server")


# What is asked in OGR's SQL, and of what the API says it has to be true.
CONDITIONS = {
    "created >= '2031/01/01 00:00:00'": lambda each: False,
    "created >= '2020/01/01'": lambda each: True,
    "capacity_gwh_per_year IS NULL": lambda each: each["capacity_gwh_per_year"] is None,
    "name ILIKE '%PLANT%'": lambda each: "plant" in each["name"].casefold(),
    "country = 'AR' AND (status = 'operating' OR NOT (sources_count < 5))": lambda each: (
        each["country"] == "AR" and (each["status"] == "operating" or each["sources_count"] >= 5)
    ),
    "status_stale = 1": lambda each: each["status_stale"],
    "first_date > '2015'": lambda each: (each["first_date"] or "") > "2015",
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_is_asked_of_the_server_and_means_the_same_there(condition, world, records, tmp_path, told):
    source, out = f"OAPIF:{world.url}/api", str(tmp_path / "out.geojson")
    meant = {name for name, each in records.items() if CONDITIONS[condition](each["properties"])}
    done = ogr("ogr2ogr", "-f", "GeoJSON", out, source, "projects", "-where", condition, "--debug", "OAPIF,HTTP")
    assert "filter-lang=cql-text" in done.stderr
    assert "client side" not in done.stderr
    found = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert meant == {feature["properties"]["id"] for feature in found}
    assert meant == set(pyogrio.read_dataframe(source, layer="projects", where=condition, columns=["id"]).id)
    told.done("ogr2ogr", f"-where {condition}", f"{len(meant)} records, asked of the server")


@pytest.mark.parametrize("column", ["capacity_gwh_per_year", "capacity_lce_t_per_year", "sources_count"])
def test_a_condition_on_a_number_finds_what_the_api_finds(column, world, records, tmp_path, told):
    """The first records of the first hold none: it was a column of texts once, and nothing was found."""
    values = sorted(each["properties"][column] for each in records.values() if each["properties"][column] is not None)
    middle = values[len(values) // 2 - 1]
    larger = {name for name, each in records.items() if (each["properties"][column] or 0) > middle}
    source, out, where = f"OAPIF:{world.url}/api", tmp_path / "out.geojson", f"{column} > {middle}"
    ogr("ogr2ogr", "-f", "GeoJSON", str(out), source, "projects", "-where", where)
    assert larger == {feature["properties"]["id"] for feature in json.loads(out.read_text())["features"]}
    assert larger == set(pyogrio.read_dataframe(source, layer="projects", where=where).id)
    assert larger
    told.done("ogr2ogr", f"-where {column}", f"{len(larger)} records")
    told.done("pyogrio", f"where {column}", f"{len(larger)} records")


FORMS = {"GPKG": "gpkg", "FlatGeobuf": "fgb", "GeoJSON": "geojson", "CSV": "csv", "XLSX": "xlsx"}


@pytest.mark.parametrize("form", FORMS)
def test_every_record_goes_into_every_form(form, world, records, tmp_path, told):
    """Without a warning, points and outlines together, and lists as text, which every form holds."""
    out = str(tmp_path / f"out.{FORMS[form]}")
    done = ogr("ogr2ogr", "-f", form, out, f"OAPIF:{world.url}/api", "projects", "-nlt", "GEOMETRY")
    assert "" == done.stderr
    assert f"Feature Count: {len(records)}" in ogr("ogrinfo", "-ro", "-so", "-al", out).stdout
    told.done("ogr2ogr", f"-f {form}", f"{len(records)} of {len(records)}")
