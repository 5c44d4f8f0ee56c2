"""Commands on API keys."""

from __future__ import annotations

import click
from rich.table import Table

from api.commands.options import STORE
from api.commands.stores import open_ledger_of, place_of
from api.commands.terminal import out, plain, say
from geo.keys import ROLES, create_key


@click.group()
def keys() -> None:
    """Make, list and revoke the keys with which records are changed."""


@keys.command()
@STORE
@click.option("--name", required=True, help="Who will use the key; shown as the author of their changes.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True, help="What it may do.")
def create(store: str, name: str, role: str) -> None:
    """Make a key for a store that is there, and show it, once."""
    key, secret = create_key(open_ledger_of(store, existing=True).store.keys, name, role)
    say(f"Key of {plain(key.name)} ({key.role}) for {place_of(store)}. It is shown only now, and kept as a hash:")
    click.echo(secret)


@keys.command(name="list")
@STORE
def list_keys(store: str) -> None:
    """List every key, without its secret."""
    table = Table("Name", "Role", "Made", "Revoked")
    for key in open_ledger_of(store, existing=True).store.keys.all():
        table.add_row(plain(key.name), key.role, key.created, key.revoked or "")
    out.print(table)


@keys.command()
@STORE
@click.option("--name", required=True, help="Name of the key.")
def revoke(store: str, name: str) -> None:
    """Revoke a key; from now on it opens nothing."""
    key = open_ledger_of(store, existing=True).store.keys.revoke(name)
    say(f"Revoked the key of {plain(key.name)}.")
