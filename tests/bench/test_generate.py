"""What `make bench` is measured with: valid, always the same, and never all in memory."""

import itertools
import json

import pytest
from bench.generate import features, more_features, real_features, word_of, write_files

from geo.curated.files import read_features
from geo.records.project import Project

pytestmark = pytest.mark.slow

REAL = len(list(real_features()))


def test_features_are_valid_records_with_a_point_and_an_id_of_their_own():
    made = list(features(REAL + 300))
    assert REAL + 300 == len({feature["id"] for feature in made})
    for feature in made[REAL - 20 :: 8]:
        assert "Point" == feature["geometry"]["type"]
        assert feature["id"] == Project.from_feature(feature).id


def test_the_real_records_come_first_and_a_clone_keeps_their_parts():
    made = list(features(REAL + 1))
    assert made[:REAL] == list(real_features())
    assert [made[0]["id"], made[0]["properties"]["name"]] != [made[-1]["id"], made[-1]["properties"]["name"]]
    assert made[0]["geometry"] != made[-1]["geometry"]
    without_name = [{**feature["properties"], "name": ""} for feature in (made[0], made[-1])]
    assert without_name[0] == without_name[1]


@pytest.mark.slow
def test_the_same_count_gives_the_same_features():
    assert list(features(REAL + 50)) == list(features(REAL + 50))
    assert list(features(100)) == list(features(REAL + 50))[:100]


def test_features_are_made_one_at_a_time():
    assert 3 == len(list(itertools.islice(features(10**9), 3)))


def test_further_clones_have_other_ids():
    ids = [feature["id"] for feature in (*features(REAL + 50), *more_features(REAL + 50, 50))]
    assert len(set(ids)) == len(ids)


def test_no_word_comes_twice():
    numbers = [*range(20_000), *range(990_000, 1_000_000), 99_999_999]
    assert len(numbers) == len({word_of(number) for number in numbers})


@pytest.mark.slow
def test_files_are_bounded_and_hold_every_feature_once(tmp_path):
    made = write_files(tmp_path, REAL + 100, most_bytes=1_000_000)
    read = [feature for file in made.files for feature in read_features(file)]
    assert json.loads(json.dumps(list(features(REAL + 100)))) == read
    assert len(made.files) > 3
    assert all(file.stat().st_size < 1_100_000 for file in made.files)
    assert [feature["geometry"]["coordinates"] for feature in read] == made.points.tolist()
    assert [feature["id"] for feature in read] == made.ids
