"""Nothing acknowledged is lost when servers die and networks are cut: a few of many, see clusters/failing.py."""

import contextlib

import pytest
from clusters import shared
from clusters.failing import fail
from clusters.failures import FAILURES, the_primary_is_killed_when_all_standbys_were_cut_off
from clusters.installed import Unavailable
from clusters.scene import scene
from clusters.server import folder_for_clusters

pytestmark = pytest.mark.slow


@pytest.fixture
def set_scene(postgres):
    """Sets the scene on hosts of their own, which go with the test; without root, the test is skipped."""
    with contextlib.ExitStack() as begun:

        def begin(**settings):
            try:
                return begun.enter_context(scene(shared.made(), begun.enter_context(folder_for_clusters()), **settings))
            except Unavailable as error:
                pytest.skip(str(error))

        yield begin


def test_nothing_acknowledged_is_lost_by_kills_cuts_and_promotions(set_scene, capsys):
    few = FAILURES[:4]
    assert 0 == fail(set_scene(), few, len(few), seed=7), capsys.readouterr().out


def test_what_is_lost_without_synchronous_replication_is_found(set_scene, capsys):
    begun = set_scene(synchronous_standby_names="''")
    assert fail(begun, [the_primary_is_killed_when_all_standbys_were_cut_off], 1, seed=7) > 0
    assert "that were acknowledged" in capsys.readouterr().out
