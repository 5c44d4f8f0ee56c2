"""What a proposal states becomes a draft, or is refused with every fault where it stands."""

import pytest
from made_up import made_up, made_up_feature
from stored import create

from geo.editing import Edit
from geo.errors import InvalidProposal, NotFound
from geo.keys import create_key
from geo.proposals import Author
from geo.proposing import draft_of
from geo.reviewing import Acceptance, edits_of

SOURCE = {"url": "https://example.org/news", "title": "It never was"}


def new(**members):
    feature = made_up_feature()
    del feature["id"]
    return {"kind": "create", "feature": feature, "comment": "I live there.", **members}


def change(**properties):
    feature = made_up("bo-made-up").to_feature()
    feature["properties"].update(properties)
    return {
        "kind": "change",
        "project": "bo-made-up",
        "revision": 1,
        "comment": "So.",
        "sources": ["s1"],
        "feature": feature,
    }


def removal(**members):
    return {"kind": "delete", "project": "bo-made-up", "revision": 1, "comment": "So.", "sources": [SOURCE], **members}


def faults_of(store, stated, key=None):
    with pytest.raises(InvalidProposal) as refused:
        draft_of(stated, store, key)
    return [(each.pointer, each.rule) for each in refused.value.faults]


def test_a_new_project_gets_an_id_and_rests_on_its_sources(store):
    draft = draft_of(new(author="Rosa", language="es"), store)
    assert ("bo-made-up-plant", None, "Rosa", "es") == (draft.project_id, draft.base, draft.author.name, draft.language)
    assert [source["id"] for source in draft.sources] == ["s1"]


def test_who_has_a_key_is_called_as_the_key(store):
    assert Author("ana", "ana") == draft_of(new(author="Somebody"), store, "ana").author
    assert Author("anonymous") == draft_of(new(), store).author


def test_what_goes_because_another_is_the_same_leads_to_that_one(store):
    create(store)
    for twin, rule in (("bo-made-up", "link-to-itself"), ("bo-nothing-there", "broken-link")):
        assert [(f"/alike/{twin}", rule)] == faults_of(store, removal(alike={twin: "same"}))
    create(store, "bo-other")
    draft = draft_of(removal(alike={"bo-other": "same"}), store)
    kept = store.proposals.add(draft)
    store.write([Edit("bo-other", None, 1, "ana")])
    assert [None] == [each.successor for each in edits_of(store, kept, Acceptance("ana", 1))]


def test_nobody_calls_themselves_as_a_key(store):
    create_key(store.keys, "Ana", "editor")
    store.sessions.name_of("https://login.example.org", "1", "Rosa Paz")
    unseen, cyrillic, wide = "An\u200ba", "\u0410n\u0430", "\uff21\uff2e\uff21"
    for name in ("ana", "ANA", "dataset", "Archive", "Aná", "A na", unseen, cyrillic, wide, "r\u043esa p\u0430z"):
        assert [("/author", "author-name-taken")] == faults_of(store, new(author=name))
    assert "Иван" == draft_of(new(author="Иван"), store).author.name


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        (None, [("", "not-an-object")]),
        ({}, [("/kind", "missing"), ("/comment", "missing")]),
        (new(kind="eat"), [("/kind", "code-unknown")]),
        (new(comment=""), [("/comment", "too-short")]),
        (new(comment="x" * 5000), [("/comment", "too-long")]),
        (new(feature=None), [("/feature", "missing")]),
        (new(project="bo-x"), [("/project", "proposal-member-unfit")]),
        (new(revision=1), [("/revision", "proposal-member-unfit")]),
        (new(revision="1"), [("/revision", "not-a-number")]),
        (new(unheard=1), [("/unheard", "unknown-field")]),
        (new(author="\u202eana"), [("/author", "character")]),
        (new(alike={"bo-other": "cousin"}), [("/alike/bo-other", "code-unknown")]),
        (new(feature={"type": "Feature"}), [("/feature/properties", "properties-missing")]),
        (new(feature=[]), [("/feature", "not-an-object")]),
        (removal(sources=[]), [("/sources", "proposal-without-source")]),
        (removal(sources=["s9"]), [("/sources/0", "source-unknown")]),
        (removal(sources=[{"url": "javascript:1", "title": "x"}]), [("/sources/0/url", "url-scheme")]),
        (removal(sources=[5]), [("/sources/0", "not-an-object")]),
        (removal(revision=7), [("/revision", "proposal-no-such-revision")]),
        (removal(feature={}), [("/feature", "proposal-member-unfit")]),
        (change(), [("/feature", "proposal-changes-nothing")]),
        ({**change(name="B"), "sources": []}, [("/sources", "proposal-without-source")]),
        (change(kind="bakery"), [("/feature/properties/kind", "code-unknown")]),
        (
            change(links=[{"type": "supplies", "project": "bo-nothing", "sources": ["s1"]}]),
            [("/feature/properties/links/0/project", "broken-link")],
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(store, stated, found):
    create(store)
    assert found == faults_of(store, stated)


def test_a_correction_rests_on_a_source_that_it_adds(store):
    create(store)
    stated = change(sources=[*made_up_feature()["properties"]["sources"], {"id": "s2", **SOURCE}])
    assert ["s2"] == list(draft_of({**stated, "sources": []}, store).sources)


def test_a_removal_names_whom_it_is_the_same_as(store):
    create(store)
    create(store, "bo-other")
    draft = draft_of(removal(alike={"bo-other": "same"}), store)
    assert (None, {"bo-other": "same"}, "Made-up plant", [SOURCE]) == (
        draft.project,
        draft.alike,
        draft.name,
        list(draft.sources),
    )


def test_nothing_can_be_said_of_a_record_that_never_was(store):
    with pytest.raises(NotFound):
        draft_of(removal(), store)
