"""Commands on authors who asked to be taken from public view."""

from __future__ import annotations

import click

from api.commands.listing import FORMAT
from api.commands.listing import show as show_list
from api.commands.options import STORE
from api.commands.stores import open_ledger_of
from api.commands.terminal import plain, say

_NAME = click.argument("name")


@click.group()
def authors() -> None:
    """Take authors from public view when they ask for it, and show them again; the history stays as it is."""


@authors.command()
@STORE
@_NAME
def hide(store: str, name: str) -> None:
    """Show the name of an author to nobody any more: on no page, in no feed and in no answer.

    What was written stays, with its times and comments, and what they write from now on is shown without a name as
    well. The audit log has the name; so has the store's file, and its copies.
    """
    open_ledger_of(store, existing=True).store.authors.hide(name)
    say(f"The author {plain(name)} is hidden.")


@authors.command()
@STORE
@_NAME
def show(store: str, name: str) -> None:
    """Show the name of an author again who was hidden."""
    open_ledger_of(store, existing=True).store.authors.show(name)
    say(f"The author {plain(name)} is shown again.")


@authors.command(name="list")
@STORE
@FORMAT
def list_authors(store: str, form: str) -> None:
    """List the authors who are hidden, and since when."""
    hidden = open_ledger_of(store, existing=True).store.authors.all()
    rows = [{"name": each.name, "hidden_since": each.time} for each in hidden]
    show_list(form, ("name", "hidden_since"), rows, "No author is hidden.")
