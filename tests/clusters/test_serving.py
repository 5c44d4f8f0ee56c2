"""Our servers lose nothing, and answer no older than they say, when databases die: clusters/serving.py."""

import contextlib

import pytest
from clusters import shared
from clusters.failing import fail
from clusters.failures import the_primary_is_killed_and_followed
from clusters.installed import Unavailable
from clusters.outages import all_standbys_show_nothing_new, the_former_primary_comes_back_unasked
from clusters.server import folder_for_clusters
from clusters.stage import stage

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
FEW = (the_primary_is_killed_and_followed, the_former_primary_comes_back_unasked, all_standbys_show_nothing_new)


@pytest.fixture
def set_stage(postgres):
    """Sets the stage on hosts of their own, which go with the test; without root, the test is skipped."""
    with contextlib.ExitStack() as begun:
        try:
            set_up = begun.enter_context(stage(shared.made(), begun.enter_context(folder_for_clusters())))
        except Unavailable as error:
            pytest.skip(str(error))
        yield set_up


def test_clients_lose_nothing_and_read_nothing_old_by_kills_and_promotions(set_stage, capsys):
    assert 0 == fail(set_stage, FEW, len(FEW), seed=7), capsys.readouterr().out
