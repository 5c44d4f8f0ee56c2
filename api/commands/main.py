"""The command line: it composes every layer."""

from __future__ import annotations

import sys

import click

from api.commands import (
    archiving,
    assisting,
    audit,
    authors,
    backups,
    copying,
    data,
    hooks,
    importing,
    keys,
    proposals,
    publishing,
    releasing,
    saving,
    serving,
)
from api.commands.terminal import plain, say, show_any_text
from api.settings import former_names, unknown_names
from geo import product
from geo.errors import Invalid, LedgerError
from geo.faults import Fault
from geo.messages import told


class _Commands(click.Group):
    """Shows what geodata refuses as a sentence and exit code 1, not as a traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except Invalid as error:
            for fault in error.faults:
                _show_fault(fault)
            sys.exit(1)
        except LedgerError as error:
            say(f"[bold red]refused[/] {plain(error)}")
            sys.exit(1)


def _show_fault(fault: Fault) -> None:
    detail, expected = told(fault)
    say(f"[bold]{plain(fault.place)}[/] {plain(detail)}")
    if expected:
        say(f"    right would be: {plain(expected)}")


_ABOUT = f"""{product.NAME}: the open, sourced map of the world's lithium and battery projects.

\b
Start here:
  {product.COMMAND} serve                                  the map on http://127.0.0.1:8000
  {product.COMMAND} keys create --name ana --role editor   a key to add records with
  {product.COMMAND} check my-records.geojson               is this file right?
  {product.COMMAND} load my-records.geojson                bring it into the store

Settings may come from variables too; `{product.COMMAND} serve --help` names them all.

Exit code 0: done. 1: refused, or faults found. 2: the command line is wrong.
"""


@click.group(cls=_Commands, help=_ABOUT, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=product.COMMAND, prog_name=product.COMMAND)
def main() -> None:
    show_any_text()
    for sentence in (*former_names(), *unknown_names()):
        say(plain(sentence))


def former_main() -> None:
    """The command under its former name."""
    say(f"{product.FORMER_COMMAND} is now called {product.COMMAND}; the former name goes with the next release.")
    main()


for command in (
    serving.serve,
    data.load,
    data.export,
    data.check,
    importing.import_,
    saving.save,
    saving.map_,
    publishing.publish,
    releasing.changes_,
    releasing.release,
    archiving.archive,
    keys.keys,
    hooks.hooks,
    proposals.proposals,
    audit.audit,
    authors.authors,
    backups.backup,
    backups.restore,
    copying.copy_,
    assisting.mcp,
):
    main.add_command(command)
