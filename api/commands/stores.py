"""The store of a command, opened until the command ends, and how a place is said."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from api.commands.terminal import plain, say, typed
from geo import product
from geo.errors import LedgerError

if TYPE_CHECKING:
    from geo.opening import Ledger


class CommandRefused(LedgerError):
    """What a command is asked to do cannot be done; the sentence says what would help."""

    package = "api"


def open_ledger_of(store: str, *, existing: bool = False) -> Ledger:
    """Open the store until the command ends; where an `existing` one is needed, none is made."""
    from geo.opening import open_ledger, store_path

    path = store_path(store)
    is_new = _is_missing(path)
    if is_new and existing and not _is_missing(path.absolute().parent):
        values = {"variable": f"{product.VARIABLES}STORE", "command": f"{typed()} load{option_of(store)}"}
        raise CommandRefused("no-such-store", path=str(path.absolute()), **values)
    context = click.get_current_context()
    if store == product.FORMER_STORE_FILE and context.get_parameter_source("store") is ParameterSource.DEFAULT:
        say(f"The store has the former name {store}; while no server runs, rename it to {product.STORE_FILE}.")
    opened = open_ledger(path, with_helpers=True)
    context.call_on_close(opened.store.close)
    if is_new:
        say(f"A new store: {place_of(store)}")
    return opened


def _is_missing(path: Path) -> bool:
    """Return whether nothing is there; where that cannot be told, opening it will say why."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def option_of(store: str) -> str:
    """Return how the store is named on a command line, with a blank before it; "" for the usual one."""
    return "" if store == product.STORE_FILE else f" --store {shlex.quote(store)}"


def place_of(store: str) -> str:
    """Return where the store lies, as markup."""
    return plain(Path(store).expanduser().absolute())
