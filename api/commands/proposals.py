"""Commands on proposals: what waits, and how a flood of them is removed."""

from __future__ import annotations

import re

import click
from rich.table import Table

from api.commands.options import STORE
from api.commands.stores import open_ledger_of, option_of
from api.commands.terminal import out, plain, say, typed
from geo import dates
from geo.proposals import ProposalQuery, Removal
from geo.vocabulary import PROPOSAL_STATES

_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?", re.ASCII)
_MOST_LISTED = 10_000
_TEXT = click.option("--text", metavar="WORDS", default="", help="Only those with these words in the name.")


def _time(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    """Return a time as the beginning of those that a store keeps, which are compared as texts."""
    if text is None:
        return None
    if not _TIME.fullmatch(text) or not dates.is_date(text[:10]):
        raise click.BadParameter("takes a day, 2026-12-01, or a time (UTC), 2026-12-01T09:30Z.")
    return text.removesuffix("Z")


@click.group()
def proposals() -> None:
    """List what has been proposed, and remove floods of it."""


@proposals.command(name="list")
@STORE
@click.option("--state", type=click.Choice(PROPOSAL_STATES.codes), multiple=True, help="Only those in this state.")
@click.option("--limit", type=click.IntRange(1, _MOST_LISTED), default=100, show_default=True, help="At most so many.")
@_TEXT
def list_proposals(store: str, state: tuple[str, ...], limit: int, text: str) -> None:
    """List proposals, the newest first, and say how many there are in all."""
    asked = ProposalQuery(states=state, text=text, newest_first=True, limit=limit)
    page = open_ledger_of(store, existing=True).store.proposals.search(asked)
    table = Table("Number", "State", "Kind", "Country", "Name", "By", "Key", "Made")
    for each in page.proposals:
        draft, key = each.draft, each.draft.author.key or ""
        said = (draft.kind, draft.country, plain(draft.name), plain(draft.author.name), plain(key), each.time)
        table.add_row(str(each.id), each.state, *said)
    out.print(table)
    say(f"{len(page.proposals)} of {page.number_matched} proposals.")


@proposals.command()
@STORE
@click.option(
    "--like", type=click.IntRange(1, 2**53), metavar="NUMBER", help="Those that came from where this one did."
)
@click.option(
    "--since", callback=_time, metavar="TIME", help="Those made at a time or later: 2026-12-01, or 2026-12-01T09:30Z."
)
@_TEXT
@click.option("--with-keys", is_flag=True, help="Those by holders of keys too.")
@click.option("--yes", is_flag=True, help="Remove them; without it, it is only said how many they are.")
def remove(store: str, like: int | None, since: str | None, text: str, with_keys: bool, yes: bool) -> None:
    """Remove undecided proposals for good, as those of a flood: all that is named must be so of them."""
    if like is None and since is None and not text.strip():
        raise click.UsageError("Say which: --like, --since or --text; more than one narrow each other.")
    kept = open_ledger_of(store, existing=True).store.proposals
    removal = Removal(like, since, text, is_keyless=not with_keys)
    if yes:
        say(f"Removed {kept.remove(removal)} proposals; the audit log tells of it.")
        return
    say(f"{kept.count_to_remove(removal)} proposals would be removed. To remove them: --yes")
    say(f"To look at them: {plain(f'{typed()} proposals list{option_of(store)}')}")
