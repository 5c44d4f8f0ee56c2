"""What goes wrong with a cluster, and what its operator does then; each ends with two standbys that follow."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator

import psycopg
from clusters.replicated import ask, wait_until
from clusters.scene import CLIENT, Scene
from clusters.server import Server

Failure = Callable[[Scene, random.Random], None]
STANDBYS = "SELECT count(*) FROM pg_stat_replication"
HOURS = (-3600, 3600)


def a_standby_is_killed(scene: Scene, chance: random.Random) -> None:
    standby = chance.choice(scene.running.standbys)
    standby.kill()
    scene.wait_until_written()
    standby.start()


def the_primary_is_killed_and_begins_again(scene: Scene, chance: random.Random) -> None:
    scene.running.primary.kill()
    scene.running.primary.start()


def the_primary_is_killed_and_followed(scene: Scene, chance: random.Random) -> None:
    former = scene.running.primary
    former.kill()
    _follow(scene, former)


def the_primary_is_stopped_and_followed(scene: Scene, chance: random.Random) -> None:
    former = scene.running.primary
    former.stop()
    _follow(scene, former)


def the_primary_is_killed_when_a_standby_was_away(scene: Scene, chance: random.Random) -> None:
    former, away = scene.running.primary, chance.choice(scene.running.standbys)
    away.kill()
    scene.wait_until_written()
    former.kill()
    away.start()
    assert away is not scene.running.promote(), "who was away has less"
    scene.wait_until_written()
    scene.running.rejoin(former)


def the_primary_is_killed_when_a_standby_shows_nothing_new(scene: Scene, chance: random.Random) -> None:
    former, paused = scene.running.primary, chance.choice(scene.running.standbys)
    scene.running.pause(paused)
    scene.wait_until_written()
    former.kill()
    if paused is not scene.running.promote():
        scene.running.resume(paused)
    scene.wait_until_written()
    scene.running.rejoin(former)


def a_standby_is_cut_off(scene: Scene, chance: random.Random) -> None:
    standby = chance.choice(scene.running.standbys)
    with _cut_off(scene, standby):
        scene.wait_until_written()


def all_standbys_are_cut_off(scene: Scene, chance: random.Random) -> None:
    with _cut_off(scene, *scene.running.standbys):
        wait_until(lambda: ask(scene.running.primary, STANDBYS) == 0)


def the_primary_is_killed_when_all_standbys_were_cut_off(scene: Scene, chance: random.Random) -> None:
    former = scene.running.primary
    with _cut_off(scene, *scene.running.standbys):
        wait_until(lambda: ask(former, STANDBYS) == 0)
        former.kill()
    _follow(scene, former)


def the_primary_is_cut_off_and_followed(scene: Scene, chance: random.Random) -> None:
    """Whoever writes on the former one, on its own host, waits, also when it is connected again."""
    former = scene.running.primary
    with _cut_off(scene, former), _written_on(scene, former):
        scene.running.promote()
        scene.wait_until_written()
        scene.network.mend(former.data.name)
        scene.wait_until_written()
        scene.running.rejoin(former)


def the_client_is_cut_off(scene: Scene, chance: random.Random) -> None:
    scene.network.cut(CLIENT)
    ask(scene.running.primary, "SELECT pg_sleep(0.5)::text")
    scene.network.mend(CLIENT)


def a_standby_has_a_wrong_clock(scene: Scene, chance: random.Random) -> None:
    _set_clock(chance.choice(scene.running.standbys), chance)


def the_primary_has_a_wrong_clock(scene: Scene, chance: random.Random) -> None:
    _set_clock(scene.running.primary, chance)


FAILURES: tuple[Failure, ...] = (
    a_standby_is_killed,
    the_primary_is_killed_and_followed,
    the_primary_is_cut_off_and_followed,
    the_primary_is_killed_when_a_standby_was_away,
    the_primary_is_killed_when_all_standbys_were_cut_off,
    the_primary_is_killed_when_a_standby_shows_nothing_new,
    the_primary_is_killed_and_begins_again,
    the_primary_is_stopped_and_followed,
    a_standby_is_cut_off,
    all_standbys_are_cut_off,
    the_client_is_cut_off,
)
WRONG_CLOCKS: tuple[Failure, ...] = (a_standby_has_a_wrong_clock, the_primary_has_a_wrong_clock)


def _follow(scene: Scene, former: Server) -> None:
    scene.running.promote()
    scene.wait_until_written()
    scene.running.rejoin(former)


def _set_clock(server: Server, chance: random.Random) -> None:
    server.stop()
    server.skew = 0 if server.skew else chance.choice(HOURS)
    server.start()


@contextlib.contextmanager
def _cut_off(scene: Scene, *servers: Server) -> Iterator[None]:
    for each in servers:
        scene.network.cut(each.data.name)
    try:
        yield
    finally:
        for each in servers:
            scene.network.mend(each.data.name)


@contextlib.contextmanager
def _written_on(scene: Scene, former: Server) -> Iterator[None]:
    """Write on a former primary, and see that this is never acknowledged."""
    with contextlib.closing(psycopg.connect(former.url(), autocommit=True)) as console:
        console.pgconn.send_query(b"INSERT INTO noted VALUES (-1)")
        console.pgconn.flush()
        yield
        answer = console.pgconn.get_result()
        assert answer is None or answer.status != psycopg.pq.ExecStatus.COMMAND_OK, "two primaries took a change"
