"""A primary with standbys: what is lost and what is not when servers die, fall behind and are promoted."""

import contextlib
import threading

import psycopg
import pytest
from clusters.databases import working_on
from clusters.replicated import ask
from conftest import wait_for

pytestmark = pytest.mark.slow


def write(server, *numbers):
    with working_on(server) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS noted (number int)")
        for each in numbers:
            connection.execute("INSERT INTO noted VALUES (%s)", [each])


def read(server):
    return ask(server, "SELECT array_agg(number ORDER BY number) FROM noted")


def test_standbys_show_what_was_written_and_write_nothing(replicas):
    running = replicas(2)
    write(running.primary, 1, 2)
    running.wait_until_followed()
    assert [[1, 2]] * 3 == [read(each) for each in running.servers]
    for each in running.standbys:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            write(each, 3)
    with contextlib.closing(psycopg.connect(running.addresses())) as connection:
        assert connection.info.port == running.primary.port
    with contextlib.closing(psycopg.connect(running.addresses(wanted="standby"))) as connection:
        assert connection.info.port in {each.port for each in running.standbys}


def test_a_standby_falls_behind_for_as_long_as_it_is_told_to(replicas):
    running = replicas(1)
    [standby] = running.standbys
    write(running.primary, 1)
    running.wait_until_followed()
    running.pause(standby)
    write(running.primary, 2)
    assert running.behind(standby) > 0
    assert [1] == read(standby)
    running.resume(standby)
    running.wait_until_followed()
    assert 0 == running.behind(standby)
    assert [1, 2] == read(standby)


def test_a_standby_is_killed_and_comes_again(replicas):
    running = replicas(1)
    [standby] = running.standbys
    standby.kill()
    write(running.primary, 1)
    standby.start()
    running.wait_until_followed()
    assert [1] == read(standby)


def test_a_killed_primary_is_followed_by_a_standby_that_has_all_that_was_acknowledged(replicas):
    running = replicas(2, synchronous=True)
    former, late = running.primary, running.standbys[0]
    write(former, 1)
    late.stop()
    write(former, 2)
    former.kill()
    late.start()
    assert late is not running.promote(), "it has less than the other"
    write(running.primary, 3)
    running.rejoin(former)
    running.wait_until_followed()
    assert [[1, 2, 3]] * 3 == [read(each) for each in running.servers]


def test_a_former_primary_that_lives_on_acknowledges_nothing(replicas):
    running = replicas(2, synchronous=True)
    former = running.primary
    write(former, 1)
    running.promote()
    acknowledged = []

    def write_to_the_former():
        with contextlib.suppress(psycopg.OperationalError):
            write(former, 2)
            acknowledged.append(2)

    writer = threading.Thread(target=write_to_the_former)
    writer.start()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    wait_for(lambda: ask(former, waiting))
    write(running.primary, 3)
    running.rejoin(former)
    writer.join()
    running.wait_until_followed()
    assert [] == acknowledged
    assert [[1, 3]] * 3 == [read(each) for each in running.servers], "what it alone had is undone"


def test_without_synchronous_replication_what_no_standby_has_is_lost(replicas):
    running = replicas(1)
    former, [standby] = running.primary, running.standbys
    write(former, 1)
    running.wait_until_followed()
    standby.stop()
    write(former, 2)
    former.kill()
    standby.start()
    running.promote()
    assert [1] == read(running.primary)


def test_a_standby_is_made_again_from_a_copy(replicas):
    running = replicas(1)
    write(running.primary, 1)
    running.copy_again(running.standbys[0])
    running.wait_until_followed()
    assert [1] == read(running.standbys[0])
