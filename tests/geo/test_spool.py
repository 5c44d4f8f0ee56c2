"""What is read at once and gone through later is the same, however much it is, and leaves no file behind."""

import gc

import pytest

from geo import spool
from geo.errors import SpoolFull
from geo.spool import Spool, made_at_once


@pytest.mark.parametrize("in_memory", [1, 2**20])
def test_lines_come_back_as_they_were(monkeypatch, in_memory):
    monkeypatch.setattr(spool, "_IN_MEMORY", in_memory)
    lines = [b"", b"{}", b"\r", b"a" * 10_000, "Potosí".encode()]
    assert lines == list(Spool(iter(lines)))


def test_a_file_goes_with_the_last_who_could_read_it(monkeypatch):
    monkeypatch.setattr(spool, "_IN_MEMORY", 1)
    kept = Spool([b"one", b"two"])
    file, lines = kept._file, iter(kept)
    assert b"one" == next(lines)
    del kept
    assert b"two" == next(lines)
    del lines
    gc.collect()
    assert file.closed


def test_several_have_a_bound_together_and_one_alone_may_be_larger(monkeypatch):
    monkeypatch.setattr(spool, "MOST_HELD", 100)
    alone = Spool([b"a" * 150])
    with pytest.raises(SpoolFull) as refused:
        Spool([b"b"])
    assert "spool-full" == refused.value.rule
    del alone, refused
    gc.collect()
    first = Spool([b"a" * 49])
    assert [b"b" * 48] == list(Spool([b"b" * 48])), "what was gone through leaves room"
    del first


def test_one_that_goes_while_another_is_counted_holds_up_nobody():
    """Python may collect it within any line of ours."""
    kept = Spool([b"a line"])
    with spool._held._guard:
        del kept
        gc.collect()
    assert [b"another"] == list(Spool([b"another"]))


def test_where_the_disk_is_full_that_is_said():
    """Linux has a device that is."""
    kept = Spool([])
    kept._file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115
    with kept._file, pytest.raises(SpoolFull):
        kept._write(b"a line")


def test_bytes_that_are_made_at_once_are_all_made_before_the_first_is_read():
    made = []

    def chunks():
        for number in range(3):
            made.append(number)
            yield bytes([number]) * 100_000

    parts = made_at_once(chunks())
    assert [0, 1, 2] == made
    assert b"".join(bytes([number]) * 100_000 for number in range(3)) == b"".join(parts)
