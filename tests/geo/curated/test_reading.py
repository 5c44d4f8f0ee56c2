"""Files and bodies of strangers: what could be read in two ways is refused, and what only looks odd is read."""

import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_feature

from geo.curated.files import read_features, read_projects, write_dataset
from geo.errors import DataFileError, InvalidRecord, NotJson
from geo.importing.cells import plain_number
from geo.records.project import Project
from geo.strict_json import read_json


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (b'{"a": 1, "a": 1}', "'a' stands twice"),
        (b'{"x": [{"name": "A", "n\\u0061me": "B"}]}', "'name' stands twice"),
        (b'{"\x1b": 1, "\\u001b": 2}', "character"),
        (b"{", "unexpected end"),
        (b'{"a": NaN}', "unexpected"),
        (b'["\\ud800"]', "surrogate"),
        (b"\xff", "UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "deep|recursion|depth"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, None),
    ],
)
def test_json_that_could_be_read_in_two_ways_is_refused(text, wrong):
    if wrong is None:
        read_json(text)
        return
    with pytest.raises(NotJson, match=wrong):
        read_json(text)


def test_a_byte_order_mark_is_left_out():
    assert {"a": [1, 2.5, "é"]} == read_json('\ufeff{"a": [1, 2.5, "é"]}'.encode())


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=20,
    )
)
def test_any_plain_json_is_read_as_it_was_written(document):
    try:
        text = json.dumps(document).encode()
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return  # a lone surrogate
    assert document == read_json(text)


CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}


@pytest.mark.parametrize(
    ("crs", "named"),
    [
        (CRS, "urn:ogc:def:crs:EPSG::4326"),
        ({"type": "name", "properties": {"name": "EPSG:3857"}}, "EPSG:3857"),
        ({"type": "link", "properties": {"href": "https://example.org/crs"}}, "https://example.org/crs"),
        ({"type": "name"}, '{"type": "name"}'),
        ({"properties": "name"}, '{"properties": "name"}'),
        ({"properties": 5}, '{"properties": 5}'),
        ({"properties": {"name": 5}}, "5"),
        ([], "[]"),
        ("EPSG:4230", "EPSG:4230"),
        (None, "null"),
        (4326, "4326"),
    ],
)
def test_another_reference_system_is_refused_by_name(tmp_path, crs, named):
    with pytest.raises(InvalidRecord) as refused:
        Project.from_feature({**made_up_feature(), "crs": crs})
    [fault] = refused.value.faults
    assert ("/crs", "another-crs", named) == (fault.pointer, fault.rule, fault.values["named"])
    file = tmp_path / "turned.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [made_up_feature()]}))
    with pytest.raises(DataFileError, match="WGS 84") as refused_file:
        read_features(file)
    assert named in str(refused_file.value)


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "OGC:CRS84",
    ],
)
def test_longitude_and_latitude_by_name_are_read(name):
    crs = {"type": "name", "properties": {"name": name}}
    assert made_up() == Project.from_feature({**made_up_feature(), "crs": crs})


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    file = tmp_path / "windows.geojson"
    file.write_text(json.dumps(made_up_feature()), encoding="utf-8-sig")
    assert [made_up()] == list(read_projects(file))


def test_a_missing_id_is_told_which_would_be_right():
    feature = made_up_feature(name="Litio Ñandú (fase 2)")
    del feature["id"]
    with pytest.raises(InvalidRecord, match="such as bo-litio-nandu-fase-2"):
        Project.from_feature(feature)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("10.206519999999999", "10.20652"),
        ("2.3016652000000002E-2", "0.023016652"),
        ("0.26031829339919998", "0.2603182933992"),
        ("1.2300000000000001E+6", "1230000"),
        ("5E-2", "0.05"),
        ("1.20", "1.20"),
        ("05.2024", "05.2024"),
        ("123456789012345678.5", "123456789012345678.5"),
        ("0.12345678901234567890", "0.12345678901234567890"),
        ("-33.9941", "-33.9941"),
        ("120.5", "120.5"),
        ("12", "12"),
        ("3.0", "3.0"),
        ("1E400", "1E400"),
        ("9.9E+300", "9.9E+300"),
        ("2024-03", "2024-03"),
        ("1.2.3", "1.2.3"),
        ("12e3", "12e3"),
        ("", ""),
    ],
)
def test_a_publisher_s_number_keeps_the_digits_that_its_author_saw(cell, shown):
    assert shown == plain_number(cell)


@given(st.floats(-1e15, 1e15), st.integers(0, 12))
def test_a_number_of_fifteen_digits_keeps_them_all(number, decimals):
    written = f"{number:.15g}"
    assert float(written) == float(plain_number(repr(float(written))))


def test_a_link_in_a_stranger_s_folder_is_neither_followed_nor_written_through(tmp_path):
    folder, mine = tmp_path / "projects", tmp_path / "mine.geojson"
    mine.write_text(json.dumps(made_up_feature("bo-mine")))
    folder.mkdir()
    (folder / "BO.unfinished").symlink_to(mine)
    write_dataset(folder, [made_up()])
    assert "bo-mine" in mine.read_text()
    assert ["bo-made-up"] == [project.id for project in read_projects(folder)]
    (folder / "AR.geojson").symlink_to(mine)
    with pytest.raises(DataFileError, match="no plain file of this folder"):
        list(read_projects(folder))
    write_dataset(folder, [made_up(), made_up("ar-made-up", country="AR")])
    assert "bo-mine" in mine.read_text()
    assert ["ar-made-up", "bo-made-up"] == sorted(project.id for project in read_projects(folder))
