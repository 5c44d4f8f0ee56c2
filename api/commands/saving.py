"""The commands that write a selection as one file: its records in any format, or its map."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import track

from api.commands.options import STORE
from api.commands.stores import CommandRefused, open_ledger_of
from api.commands.terminal import err, plain, say
from geo.columns import PROJECTS
from geo.formats.registry import FORMATS, Format
from geo.unfinished import path_of
from web.language import DEFAULT, LANGUAGES, Language

if TYPE_CHECKING:
    from api.services import Services
    from geo.query import Query
    from web.export import Selection

_FILTERS = ("bbox", "datetime", "q", *PROJECTS.filters)
_OF_FILES = (*_FILTERS, "as_of", "sortby")

Command = Callable[..., None]


def _filters(known: Sequence[str]) -> Callable[[Command], Command]:
    """Add an option for each of these parameters of the API; each is written there and here alike."""

    def added(command: Command) -> Command:
        for name in reversed(known):
            names = dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}"))
            command = click.option(*names, name, metavar="VALUE", help=f"As the API's parameter {name}.")(command)
        return command

    return added


_LANGUAGE = click.option(
    "--lang", type=click.Choice([*LANGUAGES]), default=DEFAULT, show_default=True, help="Its language."
)


@click.command()
@STORE
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write, such as all.fgb."
)
@click.option("--format", "form", type=click.Choice([*FORMATS]), help="Its format.  [default: by the file's ending]")
@_LANGUAGE
@_filters(_OF_FILES)
def save(store: str, out: Path, form: str | None, lang: str, **asked: str | None) -> None:
    """Write the records of a selection as one file, in any format that the API answers.

    Without a filter it holds every record of the store. Filters are those of the API: codes parted by commas, such as
    --country BO,AR --status_group planned. Each record has the address of its page on the server as visitors see it
    or, where that is not set, on this machine.
    """
    from starlette.datastructures import QueryParams

    from api.parameters import read_query
    from api.services import Services
    from api.settings import Settings
    from api.taking import records_in_file

    named = _format_of(out, form)
    params = QueryParams({name: text for name, text in asked.items() if text is not None})
    settings, query = Settings.from_environment(), read_query(params, _OF_FILES, 1)
    given = Services(open_ledger_of(store, existing=True), settings)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    number, chunks = records_in_file(given, Language(lang), address, params, query, named)
    _write(out, chunks)
    say(f"Written: {plain(out)}, {number:,} records, {out.stat().st_size / 1e6:.1f} MB")


def _format_of(file: Path, name: str | None) -> Format:
    """Return the format of this name or, without one, the only one whose files end so."""
    ending = file.suffix.lower().removeprefix(".")
    found = [FORMATS[name]] if name else [each for each in FORMATS.values() if each.ending == ending]
    if len(found) != 1:
        names = [each.name for each in found] or [*FORMATS]
        raise click.UsageError(f"The ending of --out names no one format; give --format: {', '.join(names)}.")
    return found[0]


@click.command(name="map")
@STORE
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write, such as map.html."
)
@_LANGUAGE
@_filters(_FILTERS)
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
    _write(out, [saved_page(given.settings.site, language, selection).encode()])
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


def _write(file: Path, chunks: Iterable[bytes]) -> None:
    """Write a file under another name, and put it in place once it is whole."""
    path = path_of(file)
    try:
        try:
            with path.open("wb") as out:
                out.writelines(chunks)
            path.replace(file)
        finally:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise CommandRefused("file-not-written", file=str(file), reason=str(error.strerror)) from error
