"""The store's contract, on every store."""

import contextlib
import dataclasses
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT
from made_up import made_up
from stored import create, names, rename

from geo.dates import now
from geo.editing import Edit, Once
from geo.errors import AlreadyExists, AskedOtherwise, Gone, NotFound, RevisionConflict, StoreError
from geo.keys import create_key, digest, rotate_key
from geo.opening import open_ledger


def test_a_new_store_is_empty(store):
    assert [] == list(store.current())
    assert 0 == store.latest_sequence()


def test_an_account_takes_nobodys_name_in_whatever_letters_it_is(store):
    create_key(store.keys, "Östen", "editor")
    names = [store.sessions.name_of("issuer", subject, "Östen") for subject in "121"]
    assert ["Östen (2)", "Östen (3)", "Östen (2)"] == names
    assert "ÖSTEN AB" == store.sessions.name_of("issuer", "3", "ÖSTEN AB")
    assert "ÖSten ab (2)" == store.sessions.name_of("issuer", "4", "ÖSten ab")


def test_an_id_with_a_sign_that_no_id_has_is_that_of_no_record(store):
    create(store)
    for asked in ("bo-made-up\0", "\0", "bo-\x01", "bo-\uffff"):
        with pytest.raises(NotFound):
            store.head(asked)
        with pytest.raises(NotFound):
            store.revisions(asked)
        assert store.revision_at(asked, 1) is None


def test_what_is_written_is_there_after_reopening(make_store):
    written = create(make_store())
    again = make_store()

    assert [written] == list(again.current())
    assert [written] == again.revisions("bo-made-up")


def test_every_change_is_a_revision_that_stays(store):
    create(store)
    store.write([rename("Second", 1)])
    store.write([Edit("bo-made-up", None, 2, "cleo", "never was")])

    history = store.revisions("bo-made-up")
    assert [(1, "create", "ana", None), (2, "update", "ben", "a better name"), (3, "delete", "cleo", "never was")] == [
        (r.number, r.action, r.author, r.comment) for r in history
    ]
    assert ["Made-up plant", "Second", None] == [r.project and r.project.properties.name for r in history]
    assert history[0].created == history[2].created <= history[1].time <= history[2].time
    assert [] == list(store.current())


def test_a_check_beside_answers_lets_them_go_on_between_two_records(store, clock):
    for number in range(5):
        create(store, f"bo-made-up-{number}")
    assert [] == store.verify(pause=1e-6)
    assert 4 <= len(clock.slept)
    clock.slept.clear()
    assert [] == store.verify()
    assert not clock.slept, "by a command, beside which nobody answers"


def test_an_id_is_never_used_twice(store):
    create(store)
    with pytest.raises(AlreadyExists):
        create(store)
    store.write([Edit("bo-made-up", None, 1, "ana")])
    with pytest.raises(AlreadyExists):
        create(store)
    with pytest.raises(Gone):
        store.write([rename("Risen", 2)])


def test_a_deleted_record_is_brought_back_as_a_new_revision(store):
    first = create(store)
    store.write([Edit("bo-made-up", None, 1, "ben", "a mistake", successor="bo-other")])
    back = dataclasses.replace(rename("Back", 2), restores=True)
    with pytest.raises(RevisionConflict):
        store.write([dataclasses.replace(back, expected=1)])
    with pytest.raises(AlreadyExists):
        store.write([dataclasses.replace(back, expected=None)])
    [again] = store.write([back])
    assert (3, "create", first.created) == (again.number, again.action, again.created)
    assert {"bo-made-up": "Back"} == names(store)
    assert [again] == list(store.current()) == list(store.heads())
    assert [] == store.verify()
    store.write([Edit("bo-made-up", None, 3, "ben")])
    with pytest.raises(Gone):
        store.write([Edit("bo-made-up", None, 4, "ben", restores=True)])
    assert ["create", "delete", "create", "delete"] == [each.action for each in store.revisions("bo-made-up")]


def test_many_edits_may_bring_a_record_back(store):
    create(store)
    store.write([Edit("bo-made-up", None, 1, "ben")])
    store.write_many([dataclasses.replace(rename("Back", 2), restores=True)])
    assert {"bo-made-up": "Back"} == names(store)
    assert [] == store.verify()


def test_a_change_names_the_revision_it_changes(store):
    create(store)
    store.write([rename("Second", 1)])
    with pytest.raises(RevisionConflict) as refused:
        store.write([rename("Late", 1)])
    assert (1, 2) == (refused.value.expected, refused.value.current)
    with pytest.raises(NotFound):
        store.write([rename("Nowhere", 1, "bo-nowhere")])
    assert {"bo-made-up": "Second"} == names(store)


def test_a_write_is_all_or_nothing(store):
    create(store)
    before = store.latest_sequence()
    with pytest.raises(RevisionConflict):
        store.write([Edit("ar-new", made_up("ar-new"), None, "ana"), rename("Second", 7)])
    assert {"bo-made-up": "Made-up plant"} == names(store)
    assert before == store.latest_sequence()
    with pytest.raises(NotFound):
        store.revisions("ar-new")


def test_changes_come_in_order_and_once(store):
    create(store)
    create(store, "ar-other")
    store.write([rename("Second", 1)])

    sequences = [r.sequence for r in store.changes_since(0)]
    assert sorted(set(sequences)) == sequences
    assert ["bo-made-up"] == [r.project_id for r in store.changes_since(sequences[1])]
    assert sequences[-1] == store.latest_sequence()


def test_records_come_in_the_order_of_their_ids(store):
    for project_id in ("cl-b", "ar-z", "bo-m", "ar-a"):
        create(store, project_id)
    assert ["ar-a", "ar-z", "bo-m", "cl-b"] == [r.project_id for r in store.current()]


def test_another_connection_s_write_is_noticed(make_store):
    first, second = make_store(), make_store()
    assert 0 == first.latest_sequence()
    create(second)
    assert second.latest_sequence() == first.latest_sequence() > 0


def test_another_process_s_write_is_noticed(make_store):
    store = make_store()
    create(store)
    script = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from made_up import made_up; from geo.opening import open_ledger; from geo.editing import Edit\n"
        "open_ledger(sys.argv[1]).store.write([Edit('bo-made-up', made_up(name='From afar'), 1, 'other')])\n"
    )
    subprocess.run([sys.executable, "-c", script, make_store.location], check=True, cwd=ROOT)
    assert 2 == store.latest_sequence()
    assert {"bo-made-up": "From afar"} == names(store)


def test_of_concurrent_changes_of_one_revision_one_succeeds(store):
    create(store)

    def attempt(number):
        try:
            return store.write([rename(f"Attempt {number}", 1)])
        except RevisionConflict:
            return None

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(attempt, range(50)))
    assert 1 == sum(outcome is not None for outcome in outcomes)
    assert 2 == len(store.revisions("bo-made-up"))


def test_many_threads_and_two_openers_lose_nothing(make_store):
    stores = [make_store(), make_store()]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: create(stores[n % 2], f"bo-plant-{n:03}"), range(100)))
    assert 100 == len(names(stores[0]))
    assert list(range(1, 101)) == [r.sequence for r in stores[1].changes_since(0)]


def test_stores_tell_themselves_apart(make_store, tmp_path):
    other = open_ledger(tmp_path / "other.gpkg").store
    assert make_store().identity == make_store().identity != other.identity
    other.close()


def test_what_follows_from_a_stores_secret_is_its_own(make_store, tmp_path):
    with contextlib.closing(open_ledger(tmp_path / "other.gpkg").store) as other:
        first, again = (make_store().following_from_secret(b"token", b"a") for _ in range(2))
        assert first == again
        others = [
            other.following_from_secret(b"token", b"a"),
            make_store().following_from_secret(b"token", b"b"),
            make_store().following_from_secret(b"origin", b"a"),
        ]
        assert 4 == len({first, *others})


def test_a_key_opens_until_it_is_revoked(make_store):
    store = make_store()
    key, secret = create_key(store.keys, "ana", "editor")

    assert key == make_store().keys.find(digest(secret))
    assert store.keys.find(digest(secret + "x")) is None
    store.keys.revoke("ana")
    assert store.keys.find(digest(secret)) is None
    assert [("ana", True)] == [(k.name, k.revoked is not None) for k in store.keys.all()]


def test_a_key_that_is_replaced_goes_on_as_long_as_that_is_said(make_store):
    store = make_store()
    _, first = create_key(store.keys, "ana", "editor")
    new, second = rotate_key(store.keys, "ana", "2999-01-01T00:00:00.000Z")
    former, found = store.keys.find(digest(first)), make_store().keys.find(digest(second))
    assert new == found
    assert ("ana", "editor", None) == (found.name, found.role, found.expires)
    assert former.is_active("2998-12-31")
    assert not former.is_active("2999-01-02")
    _, third = rotate_key(store.keys, "ana", now())
    assert not store.keys.find(digest(second)).is_active(now())
    store.keys.revoke("ana")
    assert {None} == {store.keys.find(digest(each)) for each in (first, second, third)}
    with pytest.raises(StoreError, match="no active key"):
        rotate_key(store.keys, "ana", now())


def test_a_new_key_lasts_as_long_as_the_one_that_it_replaces(store):
    create_key(store.keys, "ana", "editor", "2999-01-01T00:00:00.000Z")
    new, _ = rotate_key(store.keys, "ana", now())
    assert "2999-01-01" == new.expires[:10]


def test_a_key_that_would_have_ended_is_not_made(store):
    with pytest.raises(StoreError, match="has passed"):
        create_key(store.keys, "ana", "editor", "2020-01-01T00:00:00.000Z")


def test_the_use_of_a_key_is_noted_once_in_a_while(store):
    key, secret = create_key(store.keys, "ana", "editor")
    store.keys.note_use(key)
    used = store.keys.find(digest(secret))
    assert used.used >= key.created
    store.keys.note_use(used)
    assert used == store.keys.find(digest(secret))


def test_a_change_that_is_to_be_made_once_is_not_made_again(make_store):
    once = Once(b"name", b"content")
    edit = Edit("bo-made-up", made_up(), None, "ana", once=once)
    [first] = make_store().write([edit])
    store = make_store()
    assert [first] == store.write([edit])
    assert [first] == store.write([dataclasses.replace(edit, project_id="bo-else", project=made_up("bo-else"))])
    assert 1 == store.latest_sequence()
    with pytest.raises(AskedOtherwise):
        store.write([dataclasses.replace(edit, once=Once(b"name", b"else"))])
    [other] = store.write([Edit("bo-else", made_up("bo-else"), None, "ana", once=Once(b"other", b"content"))])
    assert 2 == other.sequence


def test_a_key_is_kept_as_a_hash_only(store, tmp_path):
    _, secret = create_key(store.keys, "ana", "editor")
    store.close()
    assert secret.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize(("name", "role"), [("ana", "editor"), ("x", "owner"), ("", "editor"), ("a\nb", "editor")])
def test_a_key_needs_a_free_name_and_a_known_role(store, name, role):
    create_key(store.keys, "ana", "editor")
    with pytest.raises(StoreError):
        create_key(store.keys, name, role)


def test_revoking_a_key_that_is_not_there_says_so(store):
    with pytest.raises(StoreError, match="no active key"):
        store.keys.revoke("nobody")


def test_the_heads_are_the_newest_revisions_of_all_that_ever_was(store):
    create(store, "bo-b")
    create(store)
    create(store, "bo-gone")
    store.write([rename("Second", 1), Edit("bo-gone", None, 1, "ana")])
    assert [("bo-b", 1, True), ("bo-gone", 2, False), ("bo-made-up", 2, True)] == [
        (head.project_id, head.number, head.project is not None) for head in store.heads()
    ]


def test_the_heads_without_records_say_the_same_but_for_them(store):
    create(store)
    create(store, "bo-gone")
    store.write([Edit("bo-gone", None, 1, "ana", successor="bo-made-up")])
    whole = [dataclasses.replace(head, project=None) for head in store.heads()]
    assert whole == list(store.heads(records=False))


def test_many_edits_are_made_as_they_come_and_seen_together(store):
    create(store)
    seen = []

    def edits():
        seen.append(store.latest_sequence())
        yield rename("Second", 1)
        for number in range(3):
            yield Edit(f"bo-{number}", made_up(f"bo-{number}"), None, "ana")
        yield rename("Third", 2)
        yield Edit("bo-0", None, 1, "ana")
        seen.append(store.latest_sequence())

    store.write_many(edits())
    assert ([1, 1], 7) == (seen, store.latest_sequence())
    assert {"bo-made-up": "Third", "bo-1": "Made-up plant", "bo-2": "Made-up plant"} == names(store)
    assert [(1, 1), (2, 2), (6, 3)] == [(r.sequence, r.number) for r in store.revisions("bo-made-up")]


@pytest.mark.parametrize("at", [0, 5, 10])
def test_where_one_of_many_edits_cannot_be_made_none_is(store, at):
    create(store)
    edits = [Edit(f"bo-{number}", made_up(f"bo-{number}"), None, "ana") for number in range(10)]
    for wrong, refused in (
        (Edit("bo-made-up", made_up(), None, "ana"), AlreadyExists),
        (rename("Late", 7), RevisionConflict),
        (rename("Nowhere", 1, "bo-nowhere"), NotFound),
    ):
        with pytest.raises(refused):
            store.write_many([*edits[:at], wrong, *edits[at:]])
    with pytest.raises(AlreadyExists):
        store.write_many([*edits, edits[at - 1]])
    assert (1, ["bo-made-up"]) == (store.latest_sequence(), list(names(store)))


def test_what_stops_many_edits_from_coming_leaves_nothing_of_them(store):
    def edits():
        yield Edit("bo-made-up", made_up(), None, "ana")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write_many(edits())
    assert 0 == store.latest_sequence()
    assert 1 == create(store).sequence


def test_what_stood_at_a_moment_is_there_for_ever(store):
    first = create(store)
    store.write([Edit("ar-other", made_up("ar-other"), None, "ana")])
    store.write([rename("Second", 1)])
    store.write([Edit("bo-made-up", None, 2, "ana")])
    standing = [[(r.project_id, r.number) for r in store.standing(sequence)] for sequence in range(5)]
    both = [("ar-other", 1), ("bo-made-up", 1)]
    assert [[], both[1:], both, [("ar-other", 1), ("bo-made-up", 2)], both[:1]] == standing
    assert ["ar-other", "bo-made-up"] == list(store.standing_ids(2))
    assert [("bo-made-up", 1)] == [(r.project_id, r.number) for r in store.standing(2, "ar-other", "bo-made-up")]
    assert (None, first) == (store.revision_at("bo-made-up", 0), store.revision_at("bo-made-up", 2))
    assert [(1, "delete")] == [(a.number, b.action) for a, b in store.between(2, 4)]
    assert (1, 2) == (store.count_between(2, 4), store.count_between(0, 4))
    assert (0, 4) == (store.sequence_at("2000-01-01T00:00:00.000Z"), store.sequence_at(now()))
    assert first == store.change(1)
    assert store.change(9) is None


def test_a_moment_may_have_a_name(make_store):
    store = make_store()
    with pytest.raises(StoreError):
        store.name_release("2026.12")
    create(store)
    named = store.name_release("2026.12")
    with pytest.raises(StoreError):
        store.name_release("2026.12")
    assert ([named], 1) == (make_store().releases(), named.sequence)
