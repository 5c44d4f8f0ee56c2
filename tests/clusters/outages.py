"""What goes wrong with a cluster while servers of ours use it, besides what `failures` has."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
from clusters.server import Server, standing_still
from clusters.stage import DATABASE, Stage

Outage = Callable[[Stage, random.Random], None]
_A_WHILE = 3.0  # longer than it takes until a server counts as lost


def one_of_ours_is_killed(stage: Stage, chance: random.Random) -> None:
    web = chance.choice(list(stage.webs.values()))
    web.kill()
    stage.wait_until_written()
    web.begin()
    web.wait()


def one_of_ours_is_cut_off(stage: Stage, chance: random.Random) -> None:
    web = chance.choice(list(stage.webs))
    stage.network.cut(web)
    time.sleep(_A_WHILE)
    stage.network.mend(web)


def one_of_ours_is_cut_off_from_the_primary(stage: Stage, chance: random.Random) -> None:
    _cut_from(stage, stage.running.primary, chance)


def one_of_ours_is_cut_off_from_a_standby(stage: Stage, chance: random.Random) -> None:
    _cut_from(stage, chance.choice(stage.running.standbys), chance)


def _cut_from(stage: Stage, server: Server, chance: random.Random) -> None:
    web = chance.choice(list(stage.webs.values()))
    stage.cut_from(web, server)
    time.sleep(_A_WHILE)
    stage.wait_until_written()
    stage.mend_to(web, server)


def the_former_primary_comes_back_unasked(stage: Stage, chance: random.Random) -> None:
    """It begins again as the primary that it was when it was killed."""
    former = stage.running.primary
    former.kill()
    stage.running.promote()
    if chance.random() < 0.5:
        stage.wait_until_written()
    former.start()
    time.sleep(_A_WHILE)
    stage.wait_until_written()
    stage.running.rejoin(former)


def the_primary_stands_still_and_is_followed(stage: Stage, chance: random.Random) -> None:
    """It wakes up as the primary that it was."""
    former = stage.running.primary
    with standing_still(former):
        stage.running.promote()
        stage.wait_until_written()
    time.sleep(_A_WHILE)
    stage.wait_until_written()
    stage.running.rejoin(former)


def the_primary_stands_still(stage: Stage, chance: random.Random) -> None:
    with standing_still(stage.running.primary):
        time.sleep(_A_WHILE)


def a_standby_stands_still(stage: Stage, chance: random.Random) -> None:
    with standing_still(chance.choice(stage.running.standbys)):
        time.sleep(_A_WHILE)


def a_standby_shows_nothing_new(stage: Stage, chance: random.Random) -> None:
    standby = chance.choice(stage.running.standbys)
    stage.running.pause(standby)
    time.sleep(_A_WHILE)
    stage.running.resume(standby)


def all_standbys_show_nothing_new(stage: Stage, chance: random.Random) -> None:
    for each in stage.running.standbys:
        stage.running.pause(each)
    time.sleep(_A_WHILE)
    for each in stage.running.standbys:
        stage.running.resume(each)


def a_standby_shows_everything_late(stage: Stage, chance: random.Random) -> None:
    standby = chance.choice(stage.running.standbys)
    standby.settings["recovery_min_apply_delay"] = "2s"
    standby.write_settings()
    time.sleep(_A_WHILE)
    standby.settings["recovery_min_apply_delay"] = "0"
    standby.write_settings()
    if stage.running.primary.skew != standby.skew:  # it waits by the primary's clock, up to hours, until it begins anew
        standby.stop()
        standby.start()


def rows_that_a_standby_reads_are_vacuumed(stage: Stage, chance: random.Random) -> None:
    """Long questions on all standbys, while the primary removes what they see."""
    until = time.monotonic() + _A_WHILE
    asking = [threading.Thread(target=_read_long, args=(each, until)) for each in stage.running.standbys]
    for each in asking:
        each.start()
    while time.monotonic() < until:
        with working_on_ledger(stage.running.primary) as connection:
            connection.execute("VACUUM")
        time.sleep(0.1)
    for each in asking:
        each.join()


def _read_long(standby: Server, until: float) -> None:
    while time.monotonic() < until:
        with contextlib.suppress(psycopg.OperationalError), working_on_ledger(standby) as connection:
            connection.execute("SELECT count(*), pg_sleep(1)::text FROM projects GROUP BY 2")


@contextlib.contextmanager
def working_on_ledger(server: Server) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with contextlib.closing(psycopg.connect(server.url(DATABASE), autocommit=True)) as connection:
        yield connection


OUTAGES: tuple[Outage, ...] = (
    the_former_primary_comes_back_unasked,
    the_primary_stands_still_and_is_followed,
    one_of_ours_is_cut_off_from_the_primary,
    all_standbys_show_nothing_new,
    one_of_ours_is_killed,
    one_of_ours_is_cut_off,
    one_of_ours_is_cut_off_from_a_standby,
    the_primary_stands_still,
    a_standby_stands_still,
    a_standby_shows_nothing_new,
    a_standby_shows_everything_late,
    rows_that_a_standby_reads_are_vacuumed,
)
