"""Commands on web hooks."""

from __future__ import annotations

import click

from api.commands.listing import FORMAT, Row, show
from api.commands.options import STORE
from api.commands.stores import CommandRefused, open_ledger_of
from api.commands.terminal import plain, say
from geo.audit import CONSOLE
from geo.hooks import Hook

_ID = click.argument("hook_id", metavar="ID")


@click.group()
def hooks() -> None:
    """List, resume and remove the web hooks by which programs are told of changes."""


@hooks.command(name="list")
@STORE
@FORMAT
def list_hooks(store: str, form: str) -> None:
    """List every web hook: whose it is, where it leads, and what came of its last message."""
    kept = open_ledger_of(store, existing=True).store
    newest = kept.latest_sequence()
    rows = [_row(hook, newest - hook.cursor) for hook in kept.hooks.all()]
    show(form, _TOLD, rows, "There are no web hooks.", {"records": "all", "delivered": "never"})


_TOLD = (
    *("id", "owner", "state", "url", "records", "changes_behind", "delivered", "answer"),
    *("failures", "failing_since", "next_attempt"),
)


def _row(hook: Hook, behind: int) -> Row:
    led = (hook.id, hook.owner, hook.state, hook.address, hook.question, behind, hook.delivered, hook.answer)
    return dict(zip(_TOLD, (*led, hook.failures, hook.failing_since, hook.next_attempt), strict=True))


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
