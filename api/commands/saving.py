"""The command that writes the map of a selection as one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import track

from api.commands.options import STORE
from api.commands.stores import CommandRefused, open_ledger_of
from api.commands.terminal import err, plain, say
from geo.columns import PROJECTS
from web.language import DEFAULT, LANGUAGES, Language

if TYPE_CHECKING:
    from api.services import Services
    from geo.query import Query
    from web.export import Selection

_FILTERS = ("bbox", "datetime", "q", *PROJECTS.filters)


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for every filter of the API; each is written there and here alike."""
    for name in reversed(_FILTERS):
        names = dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}"))
        command = click.option(*names, name, metavar="VALUE", help=f"As the API's parameter {name}.")(command)
    return command


@click.command(name="map")
@STORE
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write, such as map.html."
)
@click.option("--lang", type=click.Choice([*LANGUAGES]), default=DEFAULT, show_default=True, help="Its language.")
@_filters
def map_(store: str, out: Path, lang: str, **asked: str | None) -> None:
    """Write the map of a selection, with its records, as one HTML file that needs no network.

    Without a filter it holds every record of the store. Filters are those of the API: codes parted by commas, such as
    --country BO,AR --status_group planned.
    """
    from api.services import Services
    from api.settings import Settings
    from web.export import saved_page

    given = Services(open_ledger_of(store, existing=True), Settings.from_environment())
    language = Language(lang)
    selection = _selection(given, _query({name: text for name, text in asked.items() if text is not None}), language)
    _write(out, saved_page(given.settings.site, language, selection))
    say(f"Written: {plain(out)}, {len(selection.articles):,} records, {out.stat().st_size / 1e6:.1f} MB")


def _query(asked: dict[str, str]) -> Query:
    from starlette.datastructures import QueryParams

    from api.parameters import read_query

    return read_query(QueryParams(asked), _FILTERS, 1)


def _selection(given: Services, query: Query, language: Language) -> Selection:
    from api.views import view_of
    from geo import packing, snapshot
    from geo.ground.base import world
    from web import pages
    from web.export import MOST_RECORDS, Selection

    ids = given.catalog.columns(query, ["id"])["id"]
    if len(ids) > MOST_RECORDS:
        raise CommandRefused("map-too-large", count=len(ids), most=MOST_RECORDS)
    drawn, told = (packing.pack(make(given.catalog, query)) for make in (snapshot.drawn, snapshot.told))
    site = given.settings.site
    shown = track(ids, "Writing records", console=err, transient=True, disable=not err.is_terminal)
    articles = {each: pages.record_body(site, view_of(given, each, ""), language) for each in shown}
    return Selection(drawn, told, world(), articles)


def _write(file: Path, page: str) -> None:
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CommandRefused("file-not-written", file=str(file), reason=str(error.strerror)) from error
