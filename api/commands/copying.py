"""The command that brings a whole store to another place."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import click

from api.commands.stores import place_of, refuse_none
from api.commands.terminal import err, out, plain, say


@click.command(name="copy")
@click.option("--compare", is_flag=True, help="Copy nothing; name the tables that the two stores have not alike.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_(compare: bool, source: str, target: str) -> None:
    """Copy the store FROM into TO: the path of a GeoPackage, or postgresql://…, in any pairing.

    Everything goes: every revision with its number and time, keys, sessions, the audit log, proposals, web hooks,
    releases. FROM may be in use: what it holds at one moment is copied, and compared row by row by checksums.
    Until that has ended well no server opens TO. The same command goes on with a copy that was interrupted, and brings
    one that nobody has changed up to what FROM holds now. To move: copy, end the servers of FROM, copy again, and serve
    TO.

    TO is a store of its own. Where both go on, both send their web hooks: pause or remove those of one.
    """
    refuse_none(source)
    if compare:
        _compare(source, target)
        return
    from geo.moving import move

    with _shown() as told:
        copied = move(source, target, told)
    said = f"{copied.added:,} of them now" if copied.added < copied.sequence else "all of them now"
    say(f"Copied {place_of(source)} into {place_of(target)} up to change {copied.sequence:,} ({said}).")
    say(", ".join(f"{name} {count:,}" for name, count in sorted(copied.rows.items()) if count))


def _compare(source: str, target: str) -> None:
    from geo.moving import differing

    refuse_none(target)
    found = differing(source, target)
    for table in found:
        out.print(plain(table))
    if found:
        say(f"{place_of(source)} and {place_of(target)} differ in so many tables: {len(found)}.")
        sys.exit(1)
    say(f"{place_of(source)} and {place_of(target)} hold the same.")


@contextlib.contextmanager
def _shown() -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how many revisions are there, and say how to go on where it ends before its time."""
    from rich.progress import Progress

    with Progress(console=err, transient=True, disable=not err.is_terminal) as shown:
        task, begun = shown.add_task("Copying", total=None), False

        def tell(done: int, of: int) -> None:
            nonlocal begun
            begun = True
            shown.update(task, completed=done, total=of)

        try:
            yield tell
        except BaseException:
            if begun:
                say("What has been copied stays; the same command goes on from there.")
            raise
