"""The commands that write a selection as one file: its records in any format, or its map."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import track

from api.commands.asking import Asked, Asking, of_files, of_maps, params_of
from api.commands.options import STORE
from api.commands.stores import CommandRefused, open_ledger_of
from api.commands.terminal import err, plain, say
from geo.columns import Columns
from geo.formats.registry import FORMATS, Format, formats_of
from geo.leftovers import real_path
from geo.unfinished import Taken, unfinished
from web.language import DEFAULT, LANGUAGES, Language

if TYPE_CHECKING:
    from api.services import Services
    from geo.query import Query
    from web.export import Selection

_LANGUAGE = click.option(
    "--lang", type=click.Choice([*LANGUAGES]), default=DEFAULT, show_default=True, help="Its language."
)


@click.command(cls=Asking, names=of_files)
@STORE
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write, such as all.fgb."
)
@click.option("--format", "form", type=click.Choice([*FORMATS]), help="Its format.  [default: by the file's ending]")
@click.option(
    "--collection",
    "collection_id",
    default="projects",
    show_default=True,
    metavar="NAME",
    help="What it holds: projects, organisations or countries.",
)
@_LANGUAGE
def save(store: str, out: Path, form: str | None, collection_id: str, lang: str, **asked: Asked) -> None:
    """Write the records of a selection as one file, in any format that the API answers.

    Without a filter it holds every record of the collection. What is asked for is written as for the API: codes parted
    by commas, or an option given twice, mean any of them, such as --country BO,AR --status_group planned; --filter
    takes CQL2, such as "capacity > 20 AND country IN ('BO','CL')". Every property of a record is such an option.

    Each record has the address of its page on the server as visitors see it or, where that is not set, on this
    machine.
    """
    from api.collections import collection_named
    from api.parameters import read_query
    from api.services import Services
    from api.settings import Settings
    from api.taking import records_in_file

    collection, params = collection_named(collection_id), params_of(asked, of_files())
    named = _format_of(out, form, collection.columns)
    query = read_query(params, of_files(collection), 1, columns=collection.columns)
    settings = Settings.from_environment()
    given = Services(open_ledger_of(store, existing=True), settings)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    number, chunks = records_in_file(given, Language(lang), address, params, query, named, collection)
    _write(out, chunks)
    say(f"Written: {plain(out)}, {number:,} records, {out.stat().st_size / 1e6:.1f} MB")


def _format_of(file: Path, name: str | None, columns: Columns) -> Format:
    """Return the format of this name or, without one, the only one whose files end so, of those of a collection."""
    ending, known = file.suffix.lower().removeprefix("."), formats_of(columns)
    found = [each for each in known if (each.name == name if name else each.ending == ending)]
    if len(found) != 1:
        names = ", ".join(each.name for each in found or known)
        reason = f"No file of this collection is {name}" if name else "The ending of --out names no one format"
        raise click.UsageError(f"{reason}; give --format: {names}.")
    return found[0]


@click.command(name="map", cls=Asking, names=of_maps)
@STORE
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write, such as map.html."
)
@_LANGUAGE
def map_(store: str, out: Path, lang: str, **asked: Asked) -> None:
    """Write the map of a selection, with its records, as one HTML file that needs no network.

    Without a filter it holds every record of the store. What is asked for is written as for the API: codes parted by
    commas, or an option given twice, mean any of them, such as --country BO,AR --status_group planned; --filter takes
    CQL2. Every property of a record is such an option.
    """
    from api.parameters import read_query
    from api.services import Services
    from api.settings import Settings
    from web.export import saved_page

    query = read_query(params_of(asked, of_maps()), of_maps(), 1)
    given, language = Services(open_ledger_of(store, existing=True), Settings.from_environment()), Language(lang)
    selection = _selection(given, query, language)
    _write(out, [saved_page(given.settings.site, language, selection).encode()])
    say(f"Written: {plain(out)}, {len(selection.articles):,} records, {out.stat().st_size / 1e6:.1f} MB")


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
    """Write a file whole or not at all.

    A link stays one to a file that is new; into what is no file, such as a pipe or /dev/stdout, it is written at once.
    """
    try:
        if file.exists() and not file.is_file():
            with file.open("wb") as out:
                out.writelines(chunks)
            return
        with unfinished(real_path(file)) as out:
            out.writelines(chunks)
            os.chmod(out.fileno(), _mode())
    except Taken:
        raise CommandRefused("file-not-written", file=str(file), reason=os.strerror(errno.EBUSY)) from None
    except OSError as error:
        raise CommandRefused("file-not-written", file=str(file), reason=str(error.strerror)) from error


def _mode() -> int:
    """Return who may read a new file of this user, which only the system's call that sets it tells."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
