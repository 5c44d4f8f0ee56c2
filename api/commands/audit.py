"""The command that tells who did what."""

from __future__ import annotations

import re

import click

from api.commands.options import STORE
from api.commands.stores import CommandRefused, open_ledger_of
from geo import dates

_FORMS = ("csv", "jsonl")


@click.command()
@STORE
@click.option(
    "--since", metavar="DAY", help="From this day on (UTC), such as 2027-01-31.  [default: from the beginning]"
)
@click.option("--until", metavar="DAY", help="Until the end of this day.  [default: now]")
@click.option(
    "--format", "form", type=click.Choice(_FORMS), default="csv", show_default=True, help="CSV, or JSON Lines."
)
def audit(store: str, since: str | None, until: str | None, form: str) -> None:
    """Write who did what, in the order of time: keys, sign-ins, refusals, decisions, imports, and every change.

    Nothing in this log can be changed. Authors stand in it by their names, those taken from public view as well.
    """
    from geo.formats.audit_log import FORMS

    log = open_ledger_of(store, existing=True).store.audit
    entries = log.entries(_day(since) if since else "", f"{_day(until)}T24" if until else None)
    for part in FORMS[form](entries):
        click.echo(part, nl=False)


def _day(text: str) -> str:
    if not (re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) and dates.is_date(text)):
        raise CommandRefused("day-form", text=text[:50])
    return text
