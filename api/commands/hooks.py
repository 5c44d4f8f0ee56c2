"""Commands on web hooks."""

from __future__ import annotations

from collections.abc import Iterator

import click

from api.commands.options import STORE
from api.commands.stores import CommandRefused, open_ledger_of
from api.commands.terminal import out, plain, say
from geo.audit import CONSOLE
from geo.hooks import Hook

_ID = click.argument("hook_id", metavar="ID")


@click.group()
def hooks() -> None:
    """List, resume and remove the web hooks by which programs are told of changes."""


@hooks.command(name="list")
@STORE
def list_hooks(store: str) -> None:
    """List every web hook: whose it is, where it leads, and what came of its last message."""
    ledger = open_ledger_of(store, existing=True)
    newest = ledger.store.latest_sequence()
    for hook in ledger.store.hooks.all():
        for line in _lines(hook, newest - hook.cursor):
            out.print(plain(line), soft_wrap=True)


def _lines(hook: Hook, behind: int) -> Iterator[str]:
    changes = "1 change" if behind == 1 else f"{behind} changes"
    yield f"{hook.id} ({hook.owner}): {hook.state.replace('_', ' ')}, {changes} behind"
    yield f"    to {hook.address}, of {hook.question or 'all records'}"
    ended = f"; failing since {hook.failing_since}" if hook.failing_since else ""
    following = f"; next attempt {hook.next_attempt}" if hook.next_attempt else ""
    yield f"    arrived last: {hook.delivered or 'never'}; last answer: {hook.answer or 'none'}{ended}{following}"


@hooks.command()
@STORE
@_ID
def retry(store: str, hook_id: str) -> None:
    """Let a web hook be told again at once, from where it was, also one that was given up."""
    if not open_ledger_of(store, existing=True).store.hooks.resume(hook_id):
        raise CommandRefused("no-such-hook", id=hook_id[:50])
    say(f"{plain(hook_id)} is told again of all that has changed since, as soon as a server runs.")


@hooks.command()
@STORE
@_ID
def remove(store: str, hook_id: str) -> None:
    """Remove a web hook: nothing more is sent to it."""
    if not open_ledger_of(store, existing=True).store.hooks.remove(hook_id, CONSOLE):
        raise CommandRefused("no-such-hook", id=hook_id[:50])
    say(f"Removed {plain(hook_id)}.")
