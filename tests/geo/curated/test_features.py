"""Features are read one at a time, as strictly as a whole document, wherever the pieces of the text end."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_features

from geo.curated.features import MOST_CHARACTERS, features_of
from geo.curated.files import MOST_FAULTS, read_files
from geo.errors import DataFileError, InvalidRecord, NotJson
from geo.strict_json import read_json


@pytest.fixture
def short_pieces(monkeypatch):
    """Few characters are read at a time."""
    monkeypatch.setattr("geo.curated.features._PIECE", 1)


def read(text):
    return list(features_of(io.BytesIO(text if isinstance(text, bytes) else text.encode()), "a.geojson"))


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", **more, "features": features})


def lines(*features):
    """The layout of most programs: a feature a line."""
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(map(json.dumps, features)) + "\n]}\n"


NAMES = st.text(':"\\u0 3aÑ\n', max_size=4)
VALUES = st.recursive(NAMES | st.none(), lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=6)


@pytest.mark.slow
@given(st.lists(st.dictionaries(NAMES, VALUES), min_size=1, max_size=3))
def test_colons_in_names_and_texts_are_no_names_that_stand_twice(features):
    assert features == read(lines(*features))


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=3), VALUES)
def test_a_name_that_stands_twice_in_a_line_is_refused(feature, value):
    name = json.dumps(next(iter(feature)))
    twice = f"{json.dumps(feature)[:-1]}, {name}: {json.dumps(value)}}}"
    with pytest.raises(DataFileError, match="twice"):
        read(f'{{"features": [\n{twice}\n]}}')


@pytest.mark.parametrize("indent", [None, 1, 9])
def test_the_pieces_of_a_text_make_no_difference(short_pieces, indent):
    features = [
        *made_up_features(5),
        {"name": 'A "quoted" \\ {[Ñandú 宁德时代 \u2028', "n": [1.5e-7, 12, -0.0, True, None]},
    ]
    document = {"type": "FeatureCollection", "features": features, "name": "after", "number": -12.5e3}
    for text in (json.dumps(document, indent=indent), json.dumps(document, indent=indent, ensure_ascii=False)):
        assert features == read(text) == read("\ufeff" + text)


@pytest.mark.parametrize("number", ["1", "12", "1.5", "-1.25e-10", "1E+5", "0", "true", "null", '"x"'])
def test_a_number_that_a_piece_cuts_is_whole(short_pieces, number):
    assert [json.loads(number)] * 2 == read(f'{{"number":{number},"features":[{number},{number}]}}')


WRONG = [
    (b"", "malformed"),
    (b"{", "malformed"),
    (b"[]", "not-a-collection"),
    (b"5", "not-a-collection"),
    (b'{"type": "Topology"}', "not-a-collection"),
    (b'{"features": 5}', "not-a-collection"),
    (b'{"features": [{}]', "malformed"),
    (b'{"features": [{},]}', "malformed"),
    (b'{"features": [{} {}]}', "malformed"),
    (b'{"features": [{}],}', "malformed"),
    (b'{"features": [{}]} x', "malformed"),
    (b'{"features": [{}]}{}', "malformed"),
    (b'{"features" [{}]}', "malformed"),
    (b"{features: [{}]}", "malformed"),
    (b"{5: [{}]}", "malformed"),
    (b'{"features": [tru]}', "malformed"),
    (b'{"features": [1.]}', "malformed"),
    (b'{"features": [01]}', "malformed"),
    (b'{"features": [{"a": NaN}]}', "malformed"),
    (b'{"features": [{"a": -Infinity}]}', "malformed"),
    (b'{"features": [{"a": "\\ud800"}]}', "malformed"),
    (b'{"features": [{"a": "\x01"}]}', "malformed"),
    (b'{"features": [{"a": "\xff"}]}', "malformed"),
    (b'{"features": [{"a": "\xc3', "malformed"),
    (b'{"features": [{"a": 1, "a": 2}]}', "name-twice"),
    (b'{"features": [\n{"a": 1, "a": 2},\n{}\n]}', "name-twice"),
    (b'{"features": [\n{"a": {"b": ":", "c": 1, "\\u0062": ""}}\n]}', "name-twice"),
    (b'{"features": [\n{"a": "\\u003a", "a": ""}\n]}', "name-twice"),
    (b'{"features": [\n{"a": "\\u003A", "a": ":"}\n]}', "name-twice"),
    (b'{"features": [\n{},,\n{}]}', "malformed"),
    (b'{"features": [\n{}\n{}]}', "malformed"),
    (b'{"features": [], "features": []}', "name-twice"),
    (b'{"type": "A", "features": [], "type": "A"}', "name-twice"),
    (b'{"features": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}", "too-deep"),
    (b'{"features": [], "crs": "EPSG:3857"}', "another-crs"),
    (b'{"features": [], "type": "Feature"}', "not-a-collection"),
]


@pytest.mark.parametrize(("text", "rule"), WRONG)
@pytest.mark.parametrize("piece", [1, 2**20])
def test_what_a_whole_document_may_not_be_no_feature_may(monkeypatch, text, rule, piece):
    monkeypatch.setattr("geo.curated.features._PIECE", piece)
    with pytest.raises(DataFileError) as refused:
        read(text)
    assert rule in refused.value.rule
    assert "a.geojson" in str(refused.value)
    if rule in ("malformed", "name-twice", "too-deep"):
        with pytest.raises(NotJson):
            read_json(text)


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.binary(max_size=3), st.integers(1, 40), st.booleans())
def test_a_damaged_text_is_refused_just_when_it_is_refused_whole(place, damage, piece, has_lines):
    """Some bytes in a sound text are replaced by others."""
    features = made_up_features(2)
    sound = (lines(*features) if has_lines else collection(*features, name="Ñ")).encode()
    place %= len(sound)
    text = sound[:place] + damage + sound[place + len(damage) :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geo.curated.features._PIECE", piece)
        assert _whole(text) == _or_refused(lambda: read(text))


def _whole(text):
    def features():
        document = read_json(text)
        return document["features"] if isinstance(document.get("features"), list) else None

    return _or_refused(features)


def _or_refused(give):
    try:
        return give()
    except (NotJson, DataFileError):
        return None


def test_a_fault_is_said_with_its_line_and_after_what_came_before(short_pieces):
    features = ",\n".join(json.dumps(feature) for feature in made_up_features(3))
    reading = features_of(io.BytesIO(f'{{"features": [{features}]\n}}\n?'.encode()), "a.geojson")
    assert made_up_features(3) == [next(reading) for _ in range(3)]
    with pytest.raises(DataFileError, match="line 5"):
        next(reading)


def test_a_feature_alone_is_one(short_pieces):
    [feature] = made_up_features(1)
    assert [feature] == read(json.dumps(feature))
    extended = {**feature, "features": [1], "crs": "x"}
    assert [extended] == read(json.dumps(extended)), "whose crs is the record's own fault"


def test_a_feature_without_end_is_not_read_for_ever():
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size=-1):
            self.asked += size
            return b'{"features": ["' if self.asked == size else b"x" * size

    endless = Endless()
    with pytest.raises(DataFileError, match="longer than 16 MiB"):
        list(features_of(endless, "a.geojson"))
    assert endless.asked <= 4 * MOST_CHARACTERS


def test_after_a_fault_no_more_records_are_given_and_all_faults_are_said(tmp_path):
    features = made_up_features(4)
    features[1]["properties"]["kind"] = "nothing"
    features[3]["id"] = features[0]["id"]
    for name, given_to in (("a", features), ("b", features[2:3])):
        (tmp_path / f"{name}.geojson").write_text(collection(*given_to))
    reading = read_files([tmp_path / "a.geojson", tmp_path / "b.geojson"])
    assert features[0]["id"] == next(reading).id
    with pytest.raises(InvalidRecord) as refused:
        next(reading)
    places = [fault.file for fault in refused.value.faults]
    assert ["a.geojson#/features/1", "a.geojson#/features/3", "b.geojson#/features/0"] == places
    assert "a.geojson#/features/2" == refused.value.faults[2].values["other"]


def test_of_very_many_faults_the_first_are_said_and_how_many_more_there_are(tmp_path):
    file = tmp_path / "a.geojson"
    file.write_text(collection(*[5] * (MOST_FAULTS + 7)))  # each of which is no feature, and nothing else
    *told, last = _faults([file])
    assert (MOST_FAULTS, "more-faults", 7) == (len(told), last.rule, last.values["count"])


def _faults(files):
    with pytest.raises(InvalidRecord) as refused:
        list(read_files(files))
    return refused.value.faults


def test_a_record_is_there_before_its_file_is_read_to_the_end(tmp_path):
    file = tmp_path / "a.geojson"
    file.write_text(collection(made_up().to_feature())[:-2] + ",")
    reading = read_files([file])
    assert made_up() == next(reading)
    with pytest.raises(DataFileError, match="line 1"):
        next(reading)
