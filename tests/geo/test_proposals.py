"""Proposals, on every store: they are kept, found, decided once, and removed; how they stand to what has moved on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import REFUSED_BY_SQL, sql
from made_up import made_up
from stored import create, rename

from geo.editing import Edit, Once
from geo.errors import (
    AskedOtherwise,
    InvalidRecord,
    NoSuchProposal,
    ProposalMoved,
    ProposalsFull,
    ProposalStuck,
    RevisionConflict,
)
from geo.proposals import Author, Draft, ProposalQuery, Remark, Removal
from geo.reviewing import Acceptance, edits_of, standing

ID = "bo-made-up"


def draft(kind="create", project=None, base=None, **changed):
    made = project or made_up(ID)
    stated = {
        "kind": kind,
        "project_id": made.id,
        "base": base,
        "project": None if kind == "delete" else made,
        "name": made.properties.name,
        "country": made.properties.country,
        "sources": ["s1"],
        "comment": "I live there.",
        "author": Author("Rosa", origin=b"here"),
        **changed,
    }
    return Draft(**stated)


def said(state, text="So it is.", author="ben"):
    return Remark(text, author, True, state)


def accepted(store, proposal, **changed):
    acceptance = Acceptance(**{"author": "ben", "seen": proposal.draft.base, **changed})
    return store.proposals.decide(
        proposal.id, proposal.version, said("accepted"), edits_of(store, proposal, acceptance)
    )


def test_what_is_proposed_is_there_after_reopening(make_store):
    given = draft(alike={"bo-other": "different"}, language="es", token=b"secret")
    kept = make_store().proposals.add(given)

    again = make_store().proposals.get(kept.id)
    assert (given, "open", 1, kept.time) == (again.draft, again.state, again.version, again.updated)


def test_no_such_proposal(store):
    for number in (1, 0, -5, 2**70):
        with pytest.raises(NoSuchProposal):
            store.proposals.get(number)


def test_one_asked_for_again_is_that_of_then(store):
    once = Once(b"name", b"content")
    first = store.proposals.add(draft(once=once))
    assert first == store.proposals.add(draft(once=once))
    with pytest.raises(AskedOtherwise):
        store.proposals.add(draft(once=Once(b"name", b"other")))
    assert {"open": 1} == store.proposals.counts()


def test_proposals_are_found_by_state_kind_country_record_and_name_page_by_page(store):
    create(store)
    of = [
        draft(),
        draft("delete", base=1),
        draft(project=made_up("ar-made-up", country="AR", name="Planta Rincón")),
    ]
    numbers = store.proposals.add_many(of)
    store.proposals.remark(numbers[0], 1, said("asked", "Where?"))

    def found(**asked):
        return [each.id for each in store.proposals.search(ProposalQuery(**asked)).proposals]

    assert numbers == found()
    assert numbers[::-1] == found(newest_first=True)
    assert [numbers[0]] == found(states=("asked",))
    assert [numbers[1]] == found(kinds=("delete",), countries=("BO",))
    assert [numbers[2]] == found(text="rincon planta")
    assert numbers[:2] == found(project_id=ID)
    first = store.proposals.search(ProposalQuery(limit=2))
    assert (numbers[:2], 3, numbers[1]) == ([p.id for p in first.proposals], first.number_matched, first.after)
    assert [numbers[2]] == found(limit=2, after=first.after)
    assert [numbers[0]] == found(newest_first=True, limit=2, after=numbers[1])


def test_remarks_stay_and_move_the_state(store):
    kept = store.proposals.add(draft())
    asked = store.proposals.remark(kept.id, 1, said("asked", "Which town?"))
    answered = store.proposals.remark(kept.id, 2, Remark("Llipi.", "Rosa", False, "open"))

    assert (2, "asked") == (asked.version, asked.state)
    assert [("Which town?", True, "asked"), ("Llipi.", False, "open")] == [
        (each.text, each.is_editor, each.state) for each in answered.remarks
    ]


def test_accepting_a_new_record_writes_it_in_the_name_of_who_proposed_it(store):
    kept = store.proposals.add(draft())
    decided = accepted(store, kept)

    head = store.head(ID)
    assert ("Rosa", "I live there.", 1) == (head.author, head.comment, head.number)
    assert ("accepted", (head.sequence,)) == (decided.state, decided.revisions)
    assert {head.sequence: kept.id} == store.proposals.behind([head.sequence, 99])
    assert decided.draft.author.origin is None


def test_a_new_record_whose_id_was_taken_meanwhile_gets_another(store):
    kept = store.proposals.add(draft())
    create(store)
    accepted(store, kept)
    assert {ID, f"{ID}-plant"} == {r.project_id for r in store.current()}


def test_what_is_decided_is_decided(store):
    kept = store.proposals.add(draft())
    store.proposals.decide(kept.id, 1, said("declined", "No source."))
    for state in ("accepted", "open"):
        with pytest.raises(ProposalMoved) as moved:
            store.proposals.decide(kept.id, 2, said(state))
        assert (2, "declined") == (moved.value.version, moved.value.state)


def test_of_many_who_decide_at_once_one_does(make_store):
    stores = [make_store() for _ in range(3)]
    kept = stores[0].proposals.add(draft())

    def decide(number):
        store = stores[number % 3]
        try:
            accepted(store, kept)
        except ProposalMoved:
            return 0
        return 1

    with ThreadPoolExecutor(12) as pool:
        assert 1 == sum(pool.map(decide, range(24)))
    assert [1] == [r.number for r in stores[0].revisions(ID)]


def test_a_decision_whose_edit_fails_is_none(store):
    create(store)
    kept = store.proposals.add(draft("change", made_up(ID, name="Other"), base=1))
    with pytest.raises(RevisionConflict):
        store.proposals.decide(kept.id, 1, said("accepted"), [Edit(ID, made_up(ID), 7, "Rosa")])
    assert (kept, 1) == (store.proposals.get(kept.id), store.latest_sequence())


def test_a_correction_of_what_has_moved_on_goes_together_with_that(store):
    create(store)
    kept = store.proposals.add(draft("change", made_up(ID, locality="Llipi"), base=1))
    store.write([rename("Second", 1)])

    beside = standing(store, kept)
    assert (True, (), ["/properties/locality"]) == (
        beside.has_moved,
        beside.conflicts,
        [each.pointer for each in beside.differences()],
    )
    accepted(store, kept, seen=2)
    stated = store.head(ID).project.properties
    assert ("Second", "Llipi") == (stated.name, stated.locality)


def test_only_true_conflicts_are_asked_about(store):
    create(store)
    kept = store.proposals.add(draft("change", made_up(ID, name="Third", locality="Llipi"), base=1))
    store.write([rename("Second", 1)])

    with pytest.raises(ProposalStuck) as stuck:
        accepted(store, kept, seen=2)
    assert ("/properties/name",) == stuck.value.values["places"]
    accepted(store, kept, seen=2, taken=frozenset(["/properties/name"]))
    stated = store.head(ID).project.properties
    assert ("Third", "Llipi") == (stated.name, stated.locality)


def test_a_conflict_may_be_left_to_the_record(store):
    create(store)
    kept = store.proposals.add(draft("change", made_up(ID, name="Third"), base=1))
    store.write([rename("Second", 1)])
    accepted(store, kept, seen=2, left=frozenset(["/properties/name"]))
    assert "Second" == store.head(ID).project.properties.name


def test_an_editor_accepts_what_they_have_seen(store):
    create(store)
    kept = store.proposals.add(draft("change", made_up(ID, locality="Llipi"), base=1))
    store.write([rename("Second", 1)])
    with pytest.raises(ProposalStuck) as stuck:
        accepted(store, kept, seen=1)
    assert 2 == stuck.value.values["current"]


def test_a_correction_of_a_record_that_is_gone_cannot_be_accepted(store):
    create(store)
    kept = store.proposals.add(draft("change", made_up(ID, locality="Llipi"), base=1))
    store.write([Edit(ID, None, 1, "ben")])
    with pytest.raises(ProposalStuck) as stuck:
        accepted(store, kept, seen=2)
    assert "proposal-record-gone" == stuck.value.rule


def test_an_editor_may_change_what_was_proposed(store):
    kept = store.proposals.add(draft())
    accepted(store, kept, feature=made_up(ID, name="As the editor has it").to_feature())
    assert "As the editor has it" == store.head(ID).project.properties.name


def test_no_record_is_made_that_is_none(store):
    kept = store.proposals.add(draft())
    wrong = made_up(ID).to_feature()
    wrong["properties"]["kind"] = "bakery"
    with pytest.raises(InvalidRecord):
        accepted(store, kept, feature=wrong)


def test_a_new_record_may_be_merged_with_one_that_is_there(store):
    create(store)
    owner = {"name": "YLB", "role": "owner", "sources": ["s1"]}
    source = {"id": "s1", "url": "https://example.org/2", "title": "Another text"}
    kept = store.proposals.add(
        draft(project=made_up("bo-planta", name="Planta Llipi", owners=[owner], sources=[source]))
    )
    edits = edits_of(store, kept, Acceptance("ben", 1, into=ID))
    store.proposals.decide(kept.id, 1, said("merged"), edits)

    stated = store.head(ID).project.properties
    assert (["Planta Llipi"], "Made-up plant") == (stated.other_names, stated.name)
    assert [("YLB", ["Another text"])] == [
        (each.name, [s.title for s in stated.sources if s.id in each.sources])
        for each in stated.owners
        if each.name == "YLB"
    ]
    assert [ID] == list(store.current_ids())


def test_a_removal_names_the_record_that_stays(store):
    create(store)
    create(store, "bo-other")
    kept = store.proposals.add(draft("delete", base=1, alike={"bo-other": "same"}))
    accepted(store, kept)
    head = store.head(ID)
    assert ("delete", "bo-other", "Rosa") == (head.action, head.successor, head.author)


def test_one_without_a_key_may_have_only_so_many_open(store, monkeypatch):
    monkeypatch.setattr("geo.relational.proposals.MOST_OF_ORIGIN", 3)
    monkeypatch.setattr("geo.relational.proposals.MOST_UNDECIDED", 5)
    for _ in range(3):
        kept = store.proposals.add(draft())
    with pytest.raises(ProposalsFull) as full:
        store.proposals.add(draft())
    assert "proposals-full-of-one" == full.value.rule
    store.proposals.decide(kept.id, 1, said("declined"))
    store.proposals.add(draft())
    for _ in range(2):
        store.proposals.add(draft(author=Author("ana", key="ana")))
    with pytest.raises(ProposalsFull) as full:
        store.proposals.add(draft(author=Author("ana", key="ana")))
    assert "proposals-full" == full.value.rule


def test_a_flood_without_keys_leaves_room_for_those_who_have_one(store, monkeypatch):
    monkeypatch.setattr("geo.relational.proposals.MOST_KEYLESS", 2)
    first, _ = (store.proposals.add(draft(author=Author("x", origin=bytes([at])))) for at in range(2))
    with pytest.raises(ProposalsFull) as full:
        store.proposals.add(draft(author=Author("x", origin=b"other")))
    assert "proposals-full-of-keyless" == full.value.rule
    store.proposals.add(draft(author=Author("ana", key="ana")))
    store.proposals.decide(first.id, 1, said("declined"))
    store.proposals.add(draft(author=Author("x", origin=b"other")))


def test_remarks_end_somewhere_but_a_decision_can_be_made(store, monkeypatch):
    monkeypatch.setattr("geo.relational.proposals.MOST_REMARKS", 1)
    kept = store.proposals.add(draft())
    store.proposals.remark(kept.id, 1, said("open"))
    with pytest.raises(ProposalsFull):
        store.proposals.remark(kept.id, 2, said("open"))
    assert "declined" == store.proposals.decide(kept.id, 2, said("declined")).state


def test_a_flood_is_removed_and_nothing_else(store):
    flood = [draft(author=Author("x", origin=b"flood")) for _ in range(20)]
    first, *_ = store.proposals.add_many(flood)
    honest = store.proposals.add(draft())
    keyed = store.proposals.add(draft(author=Author("ana", key="ana")))
    decided = store.proposals.add(draft(author=Author("x", origin=b"flood")))
    store.proposals.decide(decided.id, 1, said("declined"))
    store.proposals.remark(first, 1, said("asked"))

    removal = Removal(like=first)
    assert (20, 20, 0) == (
        store.proposals.count_to_remove(removal),
        store.proposals.remove(removal),
        store.proposals.remove(Removal(text="no such name")),
    )
    left = store.proposals.search(ProposalQuery()).proposals
    assert [honest.id, keyed.id, decided.id] == [each.id for each in left]
    assert 1 == store.proposals.remove(Removal(since=honest.time))


def test_the_audit_log_tells_of_decisions_and_removals(store):
    first, second = store.proposals.add_many([draft(), draft(project=made_up("bo-b"))])
    store.proposals.decide(first, 1, said("declined"))
    store.proposals.remove(Removal(text="made-up"), by="ada")
    store.proposals.remove(Removal(text="no such"))
    told = [(e.actor, e.action, e.subject, dict(e.details)) for e in store.audit.entries()]
    assert [
        ("ben", "proposal_decided", str(first), {"state": "declined"}),
        ("ada", "proposals_removed", "", {"count": 1}),
    ] == told
    assert second not in [each.id for each in store.proposals.search(ProposalQuery()).proposals]


@pytest.mark.parametrize("table", ["proposals", "proposal_remarks"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET author = 'x'", "DELETE FROM {}", "REPLACE INTO {0} SELECT * FROM {0}"]
)
def test_what_was_decided_is_rewritten_by_no_program(store, table, statement):
    if statement.startswith("REPLACE") and not store.path.exists():
        return  # which PostgreSQL does not know
    kept = store.proposals.add(draft())
    store.proposals.decide(kept.id, 1, said("declined"))
    with sql(store.location) as other, pytest.raises(REFUSED_BY_SQL, match=r"decided|not changed"):
        other.execute(statement.format(table))


def test_records_are_read_as_before_while_proposals_wait(store):
    create(store)
    before = store.latest_sequence()
    store.proposals.add(draft())
    assert before == store.latest_sequence()
