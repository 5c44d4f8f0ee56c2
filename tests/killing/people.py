"""What an operator decides by commands: releases, authors taken from view, floods removed."""

from __future__ import annotations

from typing import Any

from killing.path import Killed, Say
from made_up import made_up

from geo.editing import Edit
from geo.opening import open_ledger
from geo.proposals import Author, Draft, ProposalQuery


class Releases(Killed):
    """A name that was given is there, with what it was given to; one that was refused is not."""

    name = "release"

    def act(self, say: Say) -> None:
        store = open_ledger(self.store).store
        for number in range(100_000):
            made = f"bo-release-r{self.round}-{number}"
            [revision] = store.write([Edit(made, made_up(made), None, "kills")])
            name = f"{self.round}.{number}"
            assert self.command("release", "--store", self.store, name) == 0
            say(name, revision.sequence)
            assert self.command("release", "--store", self.store, f"No {name}") == 1
            say(f"No {name}", 0)

    def check(self, acknowledged: list[list[Any]]) -> None:
        with self.opened() as store:
            found = {release.name: release.sequence for release in store.releases()}
        for name, sequence in acknowledged:
            self.expect(found.get(name, 0) == sequence, f"release {name}")


class Authors(Killed):
    """Authors taken from view and shown again; in between and afterwards what they wrote is there."""

    name = "authors hide, authors show"

    def act(self, say: Say) -> None:
        store = open_ledger(self.store).store
        for number in range(100_000):
            made, author = f"bo-author-r{self.round}-{number}", f"Author {self.round} {number}"
            store.write([Edit(made, made_up(made), None, author)])
            for what in ("hide", "show")[: 1 + number % 2]:
                assert self.command("authors", what, "--store", self.store, author) == 0
                say(what, author, made, number % 2)

    def check(self, acknowledged: list[list[Any]]) -> None:
        last = {author: (what, made, is_shown) for what, author, made, is_shown in acknowledged}
        with self.opened() as store:
            hidden = {each.name for each in store.authors.all()}
            for author, (what, made, is_shown_later) in last.items():
                is_hidden = author in hidden
                is_right = not is_hidden if what == "show" else is_hidden or is_shown_later
                self.expect(bool(is_right), f"authors {what} {author}")
                told = store.head(made).author
                self.expect((told == author) != is_hidden, f"what {author} wrote")


class Removing(Killed):
    """Floods of proposals, each removed as a whole or not at all, and nothing else with it."""

    name = "proposals remove"
    size = 40  # of those that one may have undecided

    def act(self, say: Say) -> None:
        store = open_ledger(self.store).store
        for number in range(100_000):
            name = f"Flood {self.round:04}x{number:04}"  # a word that no other one has in it
            ids = [f"bo-flood-r{self.round}-{number}-{each}" for each in range(self.size)]
            store.proposals.add_many([draft(id_, name) for id_ in ids])
            store.proposals.add(draft(f"{ids[0]}-kept", name.replace("Flood", "Kept")))
            say("made", name)
            assert self.command("proposals", "remove", "--store", self.store, "--text", name, "--yes") == 0
            say("removed", name)

    def check(self, acknowledged: list[list[Any]]) -> None:
        last = {name: what for what, name in acknowledged}
        with self.opened() as store:
            for name, what in last.items():
                left = store.proposals.search(ProposalQuery(text=name)).number_matched
                self.expect(left == 0 or (what == "made" and left == self.size), f"{what} {name}: {left}")
                kept = store.proposals.search(ProposalQuery(text=name.replace("Flood", "Kept"))).number_matched
                self.expect(kept == 1, f"what was not of {name}")
            told = [entry.details["count"] for entry in store.audit.entries() if entry.action == "proposals_removed"]
        if {*told} - {self.size}:
            self.faults.append(f"kill {self.kills}: of some of a flood alone was told that they are removed")


def draft(id_: str, name: str) -> Draft:
    """Return what somebody without a key proposes."""
    project = made_up(id_, name=name)
    return Draft("create", id_, None, project, name, "BO", ["s1"], "So.", Author("anonymous", None, name.encode()))
