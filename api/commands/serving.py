"""The command that serves the map and the API."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from api import logs
from api.commands.options import STORE, option_for
from api.commands.stores import open_ledger_to_serve, place_of
from api.commands.terminal import said_into, say
from api.settings import SETTINGS, Settings


def _settings_told() -> str:
    """Return what the variables mean, as the help shows it."""
    lines = [f"  {s.variable:<26} {s.meaning}{_default(getattr(Settings, s.name))}" for s in SETTINGS]
    return "\b\nVariables that set more, and their defaults:\n" + "\n".join(lines)


def _default(value: object) -> str:
    return "" if value in (None, ()) else f" [{value}]"


@click.command(epilog=_settings_told())
@STORE
@option_for("host")
@option_for("port")
@option_for("workers")
@option_for("catalog")
@option_for("basemap")
@option_for("overlays")
@option_for("log")
@click.option("--update", is_flag=True, help="Take in this version's dataset first, where the store has another one.")
@click.option(
    "--create",
    is_flag=True,
    help="Make the store where there is none, also where there has been one; what is left of that is set aside.",
)
def serve(update: bool, create: bool, **stated: Any) -> None:
    """Serve the map and the API, until Ctrl-C.

    A store is made at the usual place, where there has never been one, and filled with the curated dataset. Where
    --store or the variable states a place, or where there has been a store, --create has to say so: a store that is
    gone is rather a volume that is not mounted, and would come back as a new one without its keys and changes.

    A store that was filled from another release is left as it is, and that is said, unless --update takes the new one
    in as `load` does.
    """
    from api.signals import ended_by_signals

    settings = dataclasses.replace(Settings.from_environment(), **stated)
    if settings.log == "json":
        click.get_current_context().find_root().with_resource(said_into(logs.say_as_event))
    with ended_by_signals():
        _serve(settings, update, create)
    say(f"Stopped. The data are in {place_of(settings.store)}")


def _serve(settings: Settings, is_to_update: bool, create: bool) -> None:
    from api import server  # takes a second, in which Ctrl-C is heard already
    from api.commands.loading import load_dataset, tell_of_other_files, update
    from api.ground import Ground
    from api.hosts import Hosts, is_unspecified
    from geo.postgis.addresses import is_database

    server.prepare(settings)
    store = settings.store
    ground = Ground.read(settings.basemap, settings.overlays)
    with server.listen(settings.host, settings.port) as listener:
        opened = open_ledger_to_serve(store, settings.reading, create=create)
        if opened.store.latest_sequence() == 0:
            load_dataset(opened.store)
        elif is_to_update:
            update(opened.store)
        else:
            tell_of_other_files(opened.store, store)
        address = server.address_of(listener)
        say(f"The map: [bold]{address}/[/]   the API: {address}/api   the data: {place_of(store)}   to stop: Ctrl-C")
        if is_database(store):
            say(f"Answers come from {'PostGIS' if opened.answers == 'postgis' else 'memory'}.")
        if is_unspecified(settings.host):
            say(Hosts(settings).told)
        server.run(opened, dataclasses.replace(settings, port=listener.getsockname()[1]), listener, ground)
