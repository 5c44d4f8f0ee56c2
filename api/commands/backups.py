"""Commands that keep copies of a store, and bring one back."""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.options import STORE
from api.commands.stores import place, refuse_none
from api.commands.terminal import out, plain, say
from geo.postgis.addresses import is_database


@click.command()
@STORE
@click.option("--keep", type=click.IntRange(min=1), help="How many copies stay in a folder; the oldest ones go.")
@click.option("--replace", is_flag=True, help="Let the copy take the place of a file that is there.")
@click.argument("target", type=click.Path(path_type=Path))
def backup(store: str, keep: int | None, replace: bool, target: Path) -> None:
    """Copy the store into TARGET, a file or a folder, while servers may go on.

    Also one in a database, row by row; a large one is rather copied by what PostgreSQL has for that.

    The copy is of one moment, checked, and on disk before it has its name. In a folder it is named by the store and the
    time in UTC, such as ledger-20261127T140133250Z.gpkg, and --keep removes older files that are named so: give each
    store a folder of its own.
    """
    from geo.backups import back_up

    if keep is not None and not target.is_dir():
        raise click.UsageError("--keep needs a folder that is there.")
    refuse_none(store)
    made = back_up(_location(store), target, keep=keep, replace=replace)
    out.print(plain(made.file), soft_wrap=True)
    gone = f"; {len(made.removed)} older removed" if made.removed else ""
    say(f"Backed up {plain(place(store))} up to change {made.of.sequence}{gone}.")
    if made.not_noted is not None:
        say(f"The copy is whole, but the store could not note it: {plain(made.not_noted)}")


def _location(store: str) -> Path | str:
    from geo.opening import store_path

    return store if is_database(store) else store_path(store)


@click.command()
@STORE
@click.option("--replace", is_flag=True, help="Put it in the place of a store that is there, which keeps another name.")
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(store: str, replace: bool, backup: Path) -> None:
    """Make the store from BACKUP, a file that `backup` has made.

    No server may have the store open. The backup is checked before, and the store after. What was at its place stays
    beside it under another name. A database has to be empty; where it was interrupted, the same command goes on.
    """
    from geo.backups import restore as restore_from

    made = restore_from(backup, _location(store), replace=replace)
    say(f"Restored {plain(place(store))} up to change {made.sequence}.")
    if made.former is not None:
        say(f"What was there before: {plain(made.former)}")
