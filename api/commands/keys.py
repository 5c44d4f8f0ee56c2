"""Commands on API keys."""

from __future__ import annotations

import click

from api.commands.listing import FORMAT, Row, show
from api.commands.options import STORE
from api.commands.stores import CommandRefused, open_ledger_of, place_of
from api.commands.terminal import plain, say
from geo.keys import Key, create_key, read_end, rotate_key
from geo.vocabulary import ROLES

_NAME = click.option("--name", required=True, help="Name of the key.")
_EXPIRES = click.option("--expires", metavar="WHEN", help="When it ends: a day (2027-12-31), or in so many days (90d).")


@click.group()
def keys() -> None:
    """Make, list, replace and revoke the keys with which records are changed."""


@keys.command()
@STORE
@click.option("--name", required=True, help="Who will use the key; shown as the author of their changes.")
@click.option("--role", type=click.Choice(ROLES.codes), default="editor", show_default=True, help="What it may do.")
@_EXPIRES
@click.option("--scope", metavar="BO,AR", default="", help="Countries whose records it is for; without it, all.")
def create(store: str, name: str, role: str, expires: str | None, scope: str) -> None:
    """Make a key for a store that is there, and show it, once."""
    ring = open_ledger_of(store, existing=True).store.keys
    countries = scope.upper().replace(",", " ").split()
    _tell(store, *create_key(ring, name, role, _time(expires) if expires else None, countries))


@keys.command()
@STORE
@_NAME
@_EXPIRES
@click.option("--former", default="0d", metavar="WHEN", show_default=True, help="When the former one ends.")
def rotate(store: str, name: str, expires: str | None, former: str) -> None:
    """Make a new key in place of one, and show it, once; the former one ends now, or goes on for a while."""
    ring = open_ledger_of(store, existing=True).store.keys
    _tell(store, *rotate_key(ring, name, _time(former), _time(expires) if expires else None))


def _tell(store: str, key: Key, secret: str) -> None:
    ends = f", which ends at {key.expires}," if key.expires else ""
    role = f"{key.role}, {', '.join(key.scope)}" if key.scope else key.role
    say(f"Key of {plain(key.name)} ({role}){ends} for {place_of(store)}. It is shown only now, and kept as a hash:")
    click.echo(secret)


@keys.command(name="list")
@STORE
@FORMAT
def list_keys(store: str, form: str) -> None:
    """List every key, without its secret; when it was used last is right to the hour."""
    rows = [_row(key) for key in open_ledger_of(store, existing=True).store.keys.all()]
    show(form, _TOLD, rows, "There are no keys.", {"countries": "all", "last_used": "never"})


_TOLD = ("name", "role", "countries", "made", "last_used", "ends", "replaced", "revoked")


def _row(key: Key) -> Row:
    told = (key.name, key.role, ", ".join(key.scope), key.created, key.used, key.expires, key.replaced, key.revoked)
    return dict(zip(_TOLD, told, strict=True))


@keys.command()
@STORE
@_NAME
def revoke(store: str, name: str) -> None:
    """Revoke a key, and those that it replaced; from now on they open nothing."""
    key = open_ledger_of(store, existing=True).store.keys.revoke(name)
    say(f"Revoked the key of {plain(key.name)}.")


def _time(text: str) -> str:
    """Return a time that is told as a day, whose end it is, or as a number of days from now; raises CommandRefused."""
    ends = read_end(text)
    if ends is None:
        raise CommandRefused("time-form", text=text[:50])
    return ends
