"""The parts of `make bench` that only reckon: what wrk printed, what differs, where a line goes, which ratio fell."""

import contextlib
import os
import time

import numpy as np
import pytest
from bench import ours_on_postgis
from bench.compare import difference_of
from bench.contest import Outcome, goal_rows, is_enough
from bench.feature_file import FeatureFile
from bench.goals import goal
from bench.load import Run, medians, parse
from bench.postgis import _commands
from bench.postgis_peers import pg_featureserv, pg_featureserv_address
from bench.processes import Running, Unavailable, tree
from bench.questions import Question, boxes, of_api
from bench.report import Row, figure, note_ratios, put_into, table
from bench.rows import ready_files
from bench.stage import Stage
from bench.standbys import _waits

PRINTED = """Running 1s test @ http://127.0.0.1:1
figures: {"requests":120,"seconds":1.5,"p50":900.0,"p99":20500.0,"status":20,"connect":0,"read":1,"write":0,"timeout":2}
"""


def test_what_wrk_printed_becomes_figures_without_the_failed_answers():
    assert Run(100, 1.5, 0.5, 0.9, 20.5, 23) == parse(PRINTED, 0.5)
    assert 5.0 == parse(PRINTED, 0.5).cpu_ms


def test_a_load_tool_that_prints_no_figures_is_said():
    with pytest.raises(Unavailable, match="unable to connect"):
        parse("unable to connect to 127.0.0.1:1", 0)


def test_medians_leave_out_runs_without_answers():
    runs = [Run(10, 1, 1, 1, 2, 0), Run(0, 1, 1, 0, 0, 3), Run(20, 1, 1, 3, 4, 0)]
    found = medians(runs)
    assert (10, 75, 2, 3, 3) == (found.rate, found.cpu_ms, found.p50, found.p99, found.failed)
    assert medians([Run(0, 1, 1, 0, 0, 1)]).cpu_ms is None


def test_a_slow_server_is_asked_for_longer_and_less_often():
    assert is_enough([Run(3, 12, 1, 1, 1, 0)], 3, 3)
    assert is_enough([Run(50, 12, 1, 1, 1, 0)] * 2, 3, 3)
    assert not is_enough([Run(50, 12, 1, 1, 1, 0)], 3, 3)
    assert not is_enough([Run(300, 3, 1, 1, 1, 0)] * 2, 3, 3)
    assert not is_enough([], 3, 3)


def feature(name="a", place=(1.0, 2.0), **properties):
    return {"type": "Feature", "id": name, "geometry": {"coordinates": list(place)}, "properties": properties}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


KINDS = {"status": "text", "stale": "flag", "events": "nested"}


def test_answers_that_say_the_same_in_another_way_are_equal():
    ours = collection(feature(status="x", stale=False, events=[{"date": "2024"}]), numberMatched=1)
    theirs = feature(status="x", stale=0, events='[{"date": "2024"}]', place=(1.0000000001, 2.0))
    theirs["properties"]["id"] = theirs.pop("id")
    assert difference_of(ours, collection(theirs), KINDS) is None
    assert difference_of(feature(status="x"), feature(status="x", stale=None), KINDS) is None


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        (collection(feature(status="x"), numberMatched=2), "1 match here, 2 there"),
        (collection(feature("b", status="x"), numberMatched=1), "other ids"),
        (collection(feature(place=(1.1, 2.0), status="x")), "lies elsewhere"),
        (collection(feature(status="y")), "other values: ['status']"),
    ],
)
def test_answers_that_say_something_else_are_told(theirs, why):
    assert why in str(difference_of(collection(feature(status="x"), numberMatched=1), theirs, KINDS))


def test_boxes_hold_about_as_many_points_as_asked():
    points = np.random.default_rng(1).uniform((-170, -80), (170, 80), (5_000, 2))
    for west, south, east, north in boxes(points, 20, 100):
        inside = ((points >= (west, south)) & (points <= (east, north))).all(axis=1)
        assert 100 == inside.sum()


def test_a_question_is_said_as_an_ogc_api_takes_it():
    say = of_api("/items")
    assert "/items/x" == say(Question("", item="x"))
    assert "/items?limit=10&offset=20" == say(Question("", 10, 20))
    assert "/items?limit=5&bbox=1,2,3,4&status=operating" == say(Question("", 5, box=(1, 2, 3, 4), status="operating"))


def test_a_filter_is_said_as_pg_featureserv_takes_it():
    polygon = Question("", 10, filter="S_INTERSECTS(geometry, POINT(1 2))")
    items = "/collections/public.projects/items"
    assert f"{items}?limit=10&filter=INTERSECTS%28geom%2C%20POINT%281%202%29%29&sortby=id" == pg_featureserv_address(
        polygon
    )
    assert f"{items}/x" == pg_featureserv_address(Question("", item="x"))


def test_another_server_of_ours_is_asked_by_its_own_marks():
    mine = {"item": [Question("/items/a")], "page of 10": [Question("/items?after=1"), Question("/items?after=2")]}
    theirs = {"item": [Question("/items/a")], "page of 10": [Question("/items?after=x"), Question("/items?after=y")]}
    say = ours_on_postgis.dialect(mine, theirs)
    assert ["/items/a", "/items?after=y"] == [say(mine["item"][0]), say(mine["page of 10"][1])]


def test_a_write_is_behind_until_a_standby_has_answered_with_it():
    acknowledged = [(1.0, 11), (1.5, 13), (1.2, 12)]
    seen = [(0.9, 10), (1.1, 11), (1.4, 12), (1.45, 13), (2.0, 13)]
    assert [0.1, 0.2, 0.0] == [round(wait, 6) for wait in _waits(acknowledged, seen)]


def test_a_peer_whose_program_is_not_here_is_said_before_anything_is_filled(tmp_path, monkeypatch):
    monkeypatch.setenv("PG_FEATURESERV", str(tmp_path / "none"))
    stage = Stage(tmp_path, FeatureFile(tmp_path / "none", {}, 0), tmp_path / "python", 1, contextlib.ExitStack())
    with pytest.raises(Unavailable, match="PG_FEATURESERV"), pg_featureserv(stage):
        pass
    assert [] == list(tmp_path.iterdir())


def test_a_column_with_another_name_never_becomes_a_statement(tmp_path):
    with pytest.raises(AssertionError):
        _commands(FeatureFile(tmp_path, {"name; drop table projects": "text"}, 0))


def test_goals_are_harder_or_easier_for_a_million():
    assert (30, 50) == (goal("tipg: first page of 10", 100_000).bound, goal("tipg: first page of 10", 1_000_000).bound)
    assert goal("load: CPU", 1_000_000) is None
    assert ["page", "", "", "40x", "≥ 30x", "yes"] == Row("page", "", "", 40, goal("tipg: page of 10", 10_000)).cells()
    assert "no" == Row("wait", "", "", 21, goal("longest wait", 10_000), " ms").cells()[-1]


def test_lines_with_a_goal_stand_beside_the_peer_of_the_same_run():
    fast, slow = medians([Run(3000, 3, 0.3, 1, 2, 0)]), medians([Run(30, 3, 3, 10, 20, 0)])
    outcome = Outcome(
        {("item", 16): {"ours": fast, "tipg": slow}, ("page of 1,000", 16): {"ours": slow, "nginx": fast}}
    )
    assert [100, 1000, 10] == [round(row.value) for row in goal_rows(outcome, 10_000)]


def test_figures_have_three_digits():
    assert ["1,235", "12.3", "0.0123", "7", "-"] == [figure(n) for n in (1234.6, 12.34, 0.01234, 7.0, None)]
    assert "| a | b/c |\n| --- | --- |\n| 1 | 2 |" == table(["a", "b|c"], [["1", "2"]])


def test_a_table_goes_between_its_marks_and_nothing_else_changes():
    first = put_into("# Title\n", "one", "old")
    assert first.startswith("# Title\n\n<!-- one: begin -->\nold\n")
    second = put_into(put_into(first, "two", "more"), "one", r"new \1")
    assert r"new \1" in second
    assert "old" not in second
    assert "more" in second


def test_a_ratio_that_fell_by_more_than_a_third_is_told(tmp_path):
    file = tmp_path / "ratios.csv"

    def note(records="736", **ratios):
        return note_ratios(file, {"date": "2026-12-01", "commit": "abc", "records": records}, ratios)

    assert [] == note(item=9.0)
    assert [] == note(item=10.0, page=4.0)
    assert [] == note(item=7.0)
    assert [] == note("10000", item=1.0)  # other records are another thing
    assert ["item fell to 5 from 9, the median of 3 runs"] == note(item=5.0, page=4.0)
    lines = file.read_text().splitlines()
    assert "date,commit,records,item,page" == lines[0]
    assert "2026-12-01,abc,736,9," == lines[1]
    assert 6 == len(lines)


def test_the_ready_file_is_what_lies_beside_a_store_and_is_not_sqlite_s(tmp_path):
    for name in ("s.gpkg", "s.gpkg-wal", "s.gpkg-shm", "s.gpkg.ready", "other", "s.log.txt"):
        (tmp_path / name).touch()
    assert ["s.gpkg.ready"] == [file.name for file in ready_files(tmp_path / "s.gpkg")]


def test_a_process_tree_starts_with_its_root():
    assert os.getpid() == tree([os.getpid()])[0]
    assert [] == tree([2**22 + 1])


def test_what_works_for_several_is_counted_with_each_and_ended_with_none(tmp_path):
    def burnt():
        return Running("peer", 0, [], tmp_path, [os.getpid()]).cpu_seconds()

    before, began = burnt(), time.process_time()
    while time.process_time() < began + 0.1:
        pass
    assert burnt() > before
    Running("peer", 0, [], tmp_path, [os.getpid()]).kill()
