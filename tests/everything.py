"""A store with every kind of thing in it: each table has rows, some have changed, and some have gone."""

from __future__ import annotations

from made_up import made_up
from stored import create, rename

from geo.editing import Edit, Once
from geo.hooks import Hook, new_id, new_secret
from geo.keys import create_key, read_end, rotate_key
from geo.permissions import Person
from geo.proposals import Author, Draft, Proposal, Remark, Removal
from geo.reviewing import Acceptance, edits_of
from geo.store import LastBackup, Loaded, Store

PLACES = ("bo-uyuni", "cl-atacama", "ar-hombre-muerto", "de-fabrik")


def put_everything(store: Store) -> None:
    """Do with a new store whatever leaves something in it."""
    change_records(store)
    let_people_in(store)
    propose(store)
    for number in range(2):
        hook = _hook(store)
        store.hooks.add(hook)
        store.hooks.note_arrived(hook.id, number + 1, "200")
    store.hooks.note_failed(hook.id, "no answer in time", None)
    store.name_release("2026-11")
    store.note_dataset_loaded(Loaded("fingerprint", "2026.12"))
    store.name_release("2026-12")
    store.note_backup(LastBackup("2026-11-28T00:00:00.000Z", 3))


def change_records(store: Store) -> None:
    for project_id in PLACES:
        create(store, project_id)
    store.write([Edit("bo-once", made_up("bo-once"), None, "Zoë", 'a "word"\nand more', once=Once(b"\0name", b"said"))])
    store.write([rename("Salar de Uyuní 乌尤尼", 1, "bo-uyuni")])
    store.write([Edit("cl-atacama", None, 1, "ana", successor="bo-uyuni"), Edit("de-fabrik", None, 1, "ana")])
    store.write([Edit("de-fabrik", made_up("de-fabrik"), 2, "ben", restores=True)])
    create(store, "bo-nowhere", geometry=None, location_accuracy="country")


def let_people_in(store: Store) -> None:
    used, _ = create_key(store.keys, "ana", "admin")
    store.keys.note_use(used)
    create_key(store.keys, "ben", "editor", read_end("90d"), ["BO", "CL"])
    rotate_key(store.keys, "ben", read_end("1d") or "")
    create_key(store.keys, "carla", "reader")
    store.keys.revoke("carla", "ana")
    store.sessions.add(b"digest of a session", Person("ana", "admin", (), used.id))
    store.sessions.add(b"digest of another", Person("dora", "contributor", (), None))
    store.sessions.name_of("https://accounts.example", "1234", "Dora")
    store.authors.hide("Zoë", "ana")
    store.authors.hide("ben", "ana")
    store.authors.show("ben", "ana")


def propose(store: Store) -> None:
    proposed = [
        store.proposals.add(_draft(f"bo-proposed-{n}", once=Once(b"%d" % n, b"said"), token=b"t%d" % n))
        for n in range(5)
    ]
    store.proposals.remark(1, 1, Remark("Where is that?", "ben", True, "asked"))
    store.proposals.remark(1, 2, Remark("In Potosí.", "Rosa", False, "open"))
    accept(store, proposed[1])
    store.proposals.decide(3, 1, Remark("It is not so.", "ben", True, "declined"))
    for each in proposed[3:]:  # the last ones go: their numbers are never given again
        store.proposals.remove(Removal(text=each.draft.name))


def accept(store: Store, proposal: Proposal) -> None:
    edits = edits_of(store, proposal, Acceptance("ben", None))
    store.proposals.decide(proposal.id, proposal.version, Remark("So it is.", "ben", True, "accepted"), edits)


def _draft(project_id: str, **changed: object) -> Draft:
    project = made_up(project_id, name=f"Name of {project_id}")
    author = Author("Rosa", origin=b"here")
    said = (project, project.properties.name, "BO", ["s1"], "I live there.", author, "es")
    return Draft("create", project_id, None, *said, **changed)  # type: ignore[arg-type]


def _hook(store: Store) -> Hook:
    made = ("2026-11-28T00:00:00.000Z", store.latest_sequence())
    return Hook(new_id(), "ana", "https://example.org/", "country=BO", "https://example.com", "en", new_secret(), *made)
