"""All records as columns: what is packed is what is read, and a day's step is what the API says of that day."""

import datetime as dt
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import packing, snapshot, vocabulary
from geo.catalog import INDEXED
from geo.folding import fold
from geo.query import Query

TYPES = {"u8": "u1", "u16": "<u2", "u32": "<u4", "i32": "<i4", "f32": "<f4", "f64": "<f8"}
DAYS = [dt.date(2015, 6, 1), dt.date(2022, 12, 31), dt.date(2024, 3, 26), dt.date(2026, 1, 1)]


def unpack(packed):
    """What `web/static/base/columns.js` reads: the header, and the columns as arrays and lists of lines."""
    length = int.from_bytes(packed[:4], "little")
    header, start = json.loads(packed[4 : 4 + length]), 4 + length
    columns = {}
    for name, place in header.pop("columns").items():
        begin = start + place["offset"]
        if place["type"] == "text":
            columns[name] = packed[begin : begin + place["length"]].decode().split("\n")
        else:
            assert begin % np.dtype(TYPES[place["type"]]).itemsize == 0, "a browser takes only arrays that begin so"
            columns[name] = np.frombuffer(packed, TYPES[place["type"]], place["length"], begin)
    return header, columns


@given(
    st.dictionaries(
        st.text("abc_", min_size=1),
        st.one_of(
            st.lists(st.integers(0, 255)).map(lambda values: np.array(values, "u1")),
            st.lists(st.integers(-(2**31), 2**31 - 1)).map(lambda values: np.array(values, "i4")),
            st.lists(st.floats(width=32)).map(lambda values: np.array(values, "f4")),
            st.lists(st.text().map(lambda text: text.replace("\n", "")), min_size=1),
        ),
    ),
    st.dictionaries(st.sampled_from(["version", "ñ", "电"]), st.text()),
)
def test_what_is_packed_is_what_is_read(columns, header):
    found, read = unpack(packing.pack(packing.Part(header, columns)))
    assert header == found
    assert {name: str(list(column)) for name, column in columns.items()} == {
        name: str(list(column)) for name, column in read.items()
    }


@pytest.fixture
def parts(api):
    return unpack_part(api, "drawn"), unpack_part(api, "told")


def unpack_part(api, part, **asked):
    answer = api.client.get(f"/api/collections/projects/snapshot/{part}", params=asked)
    assert 200 == answer.status_code
    return unpack(answer.content)


def features(api, **asked):
    answer = api.client.get("/api/collections/projects/items", params={"limit": 1000, **asked})
    return {feature["id"]: feature for feature in answer.json()["features"]}


def test_the_first_picture_is_of_every_record_in_the_order_of_ids(api, parts):
    (header, drawn), (_, told) = parts
    known = features(api)
    assert list(known) == told["id"]
    assert header["size"] == len(known) == len(drawn["lon"])
    for row, feature in enumerate(known.values()):
        p = feature["properties"]
        assert p["kind"] == header["codes"]["kind"][drawn["kind"][row]]
        assert p["status"] == header["codes"]["status"][drawn["status"][row]]
        assert p["country"] == header["codes"]["country"][drawn["country"][row]]
        is_placed = feature["geometry"] is not None and p["location_accuracy"] != "country"
        assert is_placed == (drawn["lon"][row] != snapshot.NO_PLACE)
        if is_placed and feature["geometry"]["type"] == "Point":
            longitude, latitude = feature["geometry"]["coordinates"]
            assert abs(longitude - drawn["lon"][row] / 1e5) < 1e-5 > abs(latitude - drawn["lat"][row] / 1e5)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_last_step_until_a_day_is_what_the_api_says_of_that_day(api, parts, day):
    (header, _), (said, told) = parts
    known = features(api, as_of=day.isoformat())
    for row, project_id in enumerate(told["id"]):
        steps = range(told["step_starts"][row], told["step_starts"][row + 1])
        reached = [at for at in steps if told["step_day"][at] <= (day - dt.date(1970, 1, 1)).days]
        if project_id not in known or not reached:
            continue
        p, at = known[project_id]["properties"], reached[-1]
        assert p["status"] == header["codes"]["status"][told["step_status"][at]]
        assert (p["status_date"] or "") == said["dates"][told["step_since"][at]]
        assert (p["start_planned"] or "") == said["dates"][told["step_planned"][at]]
        assert (p["start_actual"] or "") == said["dates"][told["step_actual"][at]]
        amount = float(told["step_capacity"][at])
        assert (p["capacity"] is None) == math.isnan(amount)
        assert p["capacity"] is None or math.isclose(p["capacity"], amount, rel_tol=1e-6)
        measure = told["step_measure"][at]
        assert p["capacity_measure"] == (None if measure == snapshot.NONE else vocabulary.MEASURES.codes[measure])


def test_several_values_of_a_row_lie_between_its_starts(api, parts):
    _, (said, told) = parts
    known = features(api)
    owners = [id_[0] if id_ else "-".join(fold(name).split()) for name, *id_ in said["organisations"]]
    ganfeng = owners.index("ganfeng-lithium")
    held = {
        told["id"][row]
        for row in range(said["size"])
        if ganfeng in told["owner"][told["owner_starts"][row] : told["owner_starts"][row + 1]]
    }
    assert held == set(features(api, owner="ganfeng-lithium")) <= set(known)
    assert "Ganfeng" in said["organisations"][owners.index("ganfeng-lithium")][0]


def test_a_part_of_the_records_has_columns_of_its_own(api):
    header, drawn = unpack_part(api, "drawn", country="BO")
    assert ["BO"] == header["codes"]["country"]
    assert len(features(api, country="BO")) == header["size"] == len(drawn["kind"])


def test_nothing_is_columns_of_nothing(api):
    header, drawn = unpack_part(api, "drawn", q="no such words at all")
    assert 0 == header["size"] == len(drawn["lon"])
    said, told = unpack_part(api, "told", q="no such words at all")
    assert (0, [""]) == (said["size"], told["id"])


def test_the_parts_are_one_document_too(api, parts):
    whole = api.client.get("/api/collections/projects/snapshot").json()
    for header, columns in parts:
        assert set(header) | {"columns"} <= set(whole)
        assert set(columns) <= set(whole["columns"])
    assert whole["columns"]["id"] == parts[1][1]["id"]


def test_the_order_and_the_columns_are_the_catalog_s(api):
    found = api.client.app.state.services.catalog.columns(Query(), ("id", "point"))
    assert found["id"] == sorted(found["id"])
    assert {"point", "plans"} <= set(INDEXED)
