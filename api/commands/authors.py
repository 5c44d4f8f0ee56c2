"""Commands on authors who asked to be taken from public view."""

from __future__ import annotations

import click
from rich.table import Table

from api.commands.options import STORE
from api.commands.stores import open_ledger_of
from api.commands.terminal import out, plain, say

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
    say(f"The author {plain(name)} is taken from view.")


@authors.command()
@STORE
@_NAME
def show(store: str, name: str) -> None:
    """Show the name of an author again who was taken from view."""
    open_ledger_of(store, existing=True).store.authors.show(name)
    say(f"The author {plain(name)} is shown again.")


@authors.command(name="list")
@STORE
def list_authors(store: str) -> None:
    """List the authors who were taken from view, and since when they are."""
    table = Table("Name", "Hidden since")
    for each in open_ledger_of(store, existing=True).store.authors.all():
        table.add_row(plain(each.name), each.time)
    out.print(table)
