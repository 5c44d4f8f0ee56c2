"""An author is taken from view, and the history stays as it is."""

import dataclasses

import pytest
from made_up import made_up

from geo.audit import CONSOLE
from geo.editing import Edit
from geo.errors import StoreError
from geo.keys import DATASET, WITHHELD
from geo.proposals import Author, Draft, Remark


@pytest.fixture
def written(store):
    store.write([Edit("bo-made-up", made_up(), None, "ana", "found")])
    store.write([Edit("bo-made-up", made_up(summary="Told."), 1, "ben")])
    store.write([Edit("bo-made-up", made_up(summary="Told again."), 2, "ana")])
    return store


def every_reading(store):
    """The revisions, however they are read."""
    return {
        "revisions": store.revisions("bo-made-up"),
        "history": store.revisions("bo-made-up", records=False),
        "head": [store.head("bo-made-up")],
        "heads": list(store.heads()),
        "current": list(store.current()),
        "changes": list(store.changes_since(0)),
    }


def test_a_hidden_name_is_told_nowhere_and_all_else_is_as_before(written):
    before = every_reading(written)
    written.authors.hide("ana")
    for reading, revisions in every_reading(written).items():
        authors = [WITHHELD if each.author == "ana" else each.author for each in before[reading]]
        assert authors == [each.author for each in revisions], reading
        named = [dataclasses.replace(each, author="", project=None) for each in revisions]
        assert [dataclasses.replace(each, author="", project=None) for each in before[reading]] == named
    written.authors.show("ana")
    for reading, revisions in every_reading(written).items():
        assert [each.author for each in before[reading]] == [each.author for each in revisions]


def test_what_they_write_later_is_without_a_name_as_well(written):
    written.authors.hide("ana")
    written.write([Edit("bo-made-up", made_up(summary="Once more."), 3, "ana")])
    assert WITHHELD == written.head("bo-made-up").author


def test_every_process_knows_that_something_moved(written, make_store):
    other = make_store()
    other.latest_sequence()
    before = other.authors.moves
    written.authors.hide("ana")
    written.authors.hide("ana")
    for store in (written, other):
        store.latest_sequence()
        assert before + 1 == store.authors.moves
    assert ["ana"] == [each.name for each in other.authors.all()]
    other.authors.show("ana")
    written.latest_sequence()
    assert before + 2 == written.authors.moves


@pytest.mark.parametrize("name", [DATASET, "Dataset", "nobody", "an", "ANA"])
def test_only_who_wrote_something_and_is_a_person_can_be_hidden(written, name):
    with pytest.raises(StoreError):
        written.authors.hide(name)
    assert [] == written.authors.all()


def test_a_proposal_is_without_a_name_and_what_comes_of_it_is_its_authors(written):
    author = Author("ana", "ana")
    draft = Draft("change", "bo-made-up", 3, made_up(summary="New."), "x", "BO", ["s1"], "why", author)
    proposal = written.proposals.add(draft)
    written.proposals.remark(proposal.id, 1, Remark("Well?", "ana", False, "open"))
    written.authors.hide("ana")
    kept = written.proposals.get(proposal.id)
    assert (WITHHELD, WITHHELD) == (kept.draft.author.name, kept.remarks[0].author)
    edit = Edit("bo-made-up", made_up(summary="New."), 3, kept.draft.author.name)
    written.proposals.decide(proposal.id, 2, Remark("Yes.", "carla", True, "accepted"), [edit])
    assert WITHHELD == written.head("bo-made-up").author
    written.authors.show("ana")
    assert "ana" == written.head("bo-made-up").author


def test_what_a_hidden_author_says_of_their_proposal_is_kept_under_their_name(written):
    draft = Draft("change", "bo-made-up", 3, made_up(summary="New."), "x", "BO", ["s1"], "why", Author("ana", "ana"))
    proposal = written.proposals.add(draft)
    written.authors.hide("ana")
    name = written.proposals.get(proposal.id).draft.author.name
    written.proposals.remark(proposal.id, 1, Remark("Well?", name, False, "open"))
    written.proposals.decide(proposal.id, 2, Remark("No.", "carla", True, "declined"))
    said = [each.author for each in written.proposals.get(proposal.id).remarks]
    assert [WITHHELD, "carla"] == said
    written.authors.show("ana")
    assert ["ana", "carla"] == [each.author for each in written.proposals.get(proposal.id).remarks]


def test_the_audit_log_has_the_name_and_who_hid_it(written):
    written.authors.hide("ana", by="carla")
    written.authors.show("ana")
    entries = list(written.audit.entries())
    told = [(e.actor, e.action, e.subject) for e in entries[-2:]]
    assert [("carla", "author_hidden", "ana"), (CONSOLE, "author_shown", "ana")] == told
    assert ["ana", "ben", "ana"] == [e.actor for e in entries[:3]]
