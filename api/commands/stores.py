"""The store of a command, opened until the command ends, and how a place is said."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from api.commands.terminal import plain, say, typed
from api.settings import is_store_stated
from geo import product
from geo.errors import LedgerError
from geo.postgis.addresses import ALWAYS_NEWEST, Reading, is_database, shown

if TYPE_CHECKING:
    from geo.opening import Ledger


class CommandRefused(LedgerError):
    """What a command is asked to do cannot be done; the sentence says what would help."""

    package = "api"


def open_ledger_of(store: str, *, existing: bool = False) -> Ledger:
    """Open the store until the command ends; where an `existing` one is needed, none is made."""
    if existing:
        refuse_none(store)
    return _opened(store)


def refuse_none(store: str) -> None:
    """Refuse where there is no store."""
    from geo.opening import is_missing

    if is_missing(store):
        values = {"variable": f"{product.VARIABLES}STORE", "command": f"{typed()} load{option_of(store)}"}
        raise CommandRefused("no-such-store", path=place(store), **values)


def open_ledger_to_serve(store: str, reading: Reading, *, create: bool) -> Ledger:
    """Open the store until the command ends.

    One that is missing is made at the usual place, which is where somebody new begins. Where a place was stated there
    should be one already: what is missing there is rather a volume, or a letter of its name.
    """
    from geo.opening import is_missing

    if not create and is_stated() and is_missing(store):
        command = f"{typed()} serve{option_of(store)} --create"
        raise CommandRefused("no-store-to-serve", path=place(store), command=command)
    if create:
        _make_anew(store)
    opened = _opened(store, reading)
    if not is_database(store):
        _tell_of_other_readers(store)
    return opened


def _make_anew(store: str) -> None:
    from geo.leftovers import has_store
    from geo.opening import make_anew, store_path

    is_new = not is_database(store) and not has_store(store_path(store))
    former = make_anew(store)
    if is_new:
        say(f"A new store: {place_of(store)}")
    if former is not None:
        say(f"What is left of the former one: {plain(former)}*")


def _tell_of_other_readers(store: str) -> None:
    """Say where every user of this machine may read the store, as one of a former release; its mode is its owner's."""
    file = Path(place(store))
    if os.name == "posix" and file.stat().st_mode & stat.S_IROTH:
        told = "Every user of this machine may read the store, with its authors and the hashes of its keys."
        say(f"{told} To change that, type: [bold]{plain(f'chmod o-r {shlex.quote(str(file))}')}[/]")


def is_stated() -> bool:
    """Return whether an option or a variable says where the store is."""
    source = click.get_current_context().get_parameter_source("store")
    return source is not ParameterSource.DEFAULT or is_store_stated()


def _opened(store: str, reading: Reading = ALWAYS_NEWEST) -> Ledger:
    from geo.opening import is_missing, open_ledger

    is_new = is_missing(store)
    context = click.get_current_context()
    if store == product.FORMER_STORE_FILE and context.get_parameter_source("store") is ParameterSource.DEFAULT:
        say(f"The store has the former name {store}; while no server runs, rename it to {product.STORE_FILE}.")
    opened = open_ledger(store, with_helpers=True, reading=reading)
    context.call_on_close(opened.store.close)
    if is_new:
        say(f"A new store: {place_of(store)}")
    return opened


def option_of(store: str) -> str:
    """Return how the store is named on a command line, with a blank before it; "" for the usual one."""
    return (
        "" if store == product.STORE_FILE else f" --store {shlex.quote(shown(store) if is_database(store) else store)}"
    )


def place(store: str) -> str:
    """Return where the store lies."""
    return shown(store) if is_database(store) else str(Path(store).expanduser().absolute())


def place_of(store: str) -> str:
    """Return where the store lies, as markup."""
    return plain(place(store))
