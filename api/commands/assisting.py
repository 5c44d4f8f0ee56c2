"""The command that answers programs that ask in words, over the Model Context Protocol."""

from __future__ import annotations

import click

from api.commands.options import ADDRESS, STORE
from api.commands.stores import open_ledger_of
from geo import product

_HELP = f"""Answer a program that asks in words (Model Context Protocol), by its standard input and output.

It only reads: records are found, read with their sources and counted; each is told with its address at this ledger.
Such a program is told in its settings to start this command:

\b
  "{product.COMMAND}": {{"command": "{product.COMMAND}", "args": ["mcp", "--store", "/srv/{product.STORE_FILE}"]}}
"""


@click.command(help=_HELP)
@STORE
@ADDRESS
def mcp(store: str, url: str | None) -> None:
    from api.assistants.server import server_of
    from api.services import Services
    from api.settings import Settings

    settings = Settings.from_environment()
    given = Services(open_ledger_of(store, existing=True), settings)
    server_of(given, url or settings.public_url or f"http://{settings.host}:{settings.port}").run("stdio")
