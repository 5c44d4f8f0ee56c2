"""`lithium-ledger proposals`: what waits, and how a flood is removed."""

import pytest
from click.testing import CliRunner
from made_up import made_up

from api.commands.main import main
from geo.proposals import Author, Draft, Remark

FLOODER, OTHER = b"f" * 16, b"o" * 16


def draft(name, origin=FLOODER, key=None):
    project = made_up(f"bo-{name.lower().replace(' ', '-')}")
    source = {"url": "https://example.org/", "title": "A text"}
    return Draft("create", project.id, None, project, name, "BO", [source], "So.", Author("x", key, origin))


@pytest.fixture
def flooded(store):
    """Thirty of one origin, one of another, one with a key, and a decided one of the first."""
    numbers = store.proposals.add_many([draft(f"Flood {n}") for n in range(30)])
    store.proposals.add_many([draft("Rincon", OTHER), draft("Flood of a friend", None, "ngo")])
    store.proposals.decide(numbers[0], 1, Remark("no", "eva", True, "declined"))
    return store


def run(store, *words, code=0):
    done = CliRunner().invoke(main, ["proposals", words[0], "--store", store.location, *words[1:]])
    assert code == done.exit_code, done.output
    return done.output


def test_a_flood_is_counted_and_then_removed_whole(flooded):
    asked = ("remove", "--like", "5")
    assert "29 proposals would be removed" in run(flooded, *asked)
    assert 32 == sum(flooded.proposals.counts().values())
    assert "Removed 29 proposals" in run(flooded, *asked, "--yes")
    assert {"open": 2, "declined": 1} == flooded.proposals.counts()
    [entry] = [each for each in flooded.audit.entries() if each.action == "proposals_removed"]
    assert ("5", 29) == (entry.subject, entry.details["count"])


def test_what_is_named_narrows(flooded):
    assert "29 proposals would" in run(flooded, "remove", "--text", "flood")
    assert "30 proposals would" in run(flooded, "remove", "--text", "flood", "--with-keys")
    assert "1 proposal would" in run(flooded, "remove", "--text", "rincon", "--since", "2026-01-01")
    for words in ((), ("--yes",)):
        told = run(flooded, "remove", "--text", "rincon", "--since", "2099-12-31T00:00Z", *words)
        assert "nothing is removed" in told
        assert "audit log" not in told


def test_what_would_remove_everything_is_not_taken(flooded):
    for words in ((), ("--text", " "), ("--since", "soon"), ("--since", "2026-13-01"), ("--like", "0")):
        run(flooded, "remove", "--yes", *words, code=2)
    assert "no proposal 99" in run(flooded, "remove", "--like", "99", code=1)
    assert 32 == sum(flooded.proposals.counts().values())


def test_they_are_listed(flooded):
    told = run(flooded, "list", "--text", "rincon")
    assert "Rincon" in told
    assert "1 of 31 proposals" in run(flooded, "list", "--state", "open", "--limit", "1")
