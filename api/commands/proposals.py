"""Commands on proposals: what waits, and how a flood of them is removed."""

from __future__ import annotations

import re

import click

from api.commands.listing import FORMAT, Row, show
from api.commands.options import STORE
from api.commands.stores import open_ledger_of, option_of
from api.commands.terminal import plain, say, typed
from geo import dates
from geo.proposals import Proposal, ProposalQuery, Removal
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
@FORMAT
def list_proposals(store: str, state: tuple[str, ...], limit: int, text: str, form: str) -> None:
    """List proposals, the newest first, and say how many there are in all."""
    asked = ProposalQuery(states=state, text=text, newest_first=True, limit=limit)
    page = open_ledger_of(store, existing=True).store.proposals.search(asked)
    show(form, _TOLD, [_row(each) for each in page.proposals], "There are no such proposals.")
    if page.proposals:
        say(f"{len(page.proposals)} of {_many(page.number_matched)}.")


_TOLD = ("number", "state", "kind", "country", "name", "by", "key", "made")


def _row(proposal: Proposal) -> Row:
    draft = proposal.draft
    said = (draft.kind, draft.country, draft.name, draft.author.name, draft.author.key, proposal.time)
    return dict(zip(_TOLD, (proposal.id, proposal.state, *said), strict=True))


def _many(count: int) -> str:
    return "1 proposal" if count == 1 else f"{count} proposals"


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
    count = kept.remove(removal) if yes else kept.count_to_remove(removal)
    if not count:
        say("There is no such proposal that is undecided: nothing is removed.")
        return
    if yes:
        say(f"Removed {_many(count)}; the audit log tells of it.")
        return
    say(f"{_many(count)} would be removed. To do it: --yes")
    say(f"To look at them: {plain(f'{typed()} proposals list{option_of(store)}')}")
