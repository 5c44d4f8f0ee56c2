"""The command that writes the whole site as files, which need no server of ours."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import track

from api.commands.options import ADDRESS, STORE
from api.commands.stores import open_ledger_of
from api.commands.terminal import err, plain, say
from web.language import DEFAULT, LANGUAGES

if TYPE_CHECKING:
    from api.publishing.plan import Job


@click.command()
@STORE
@ADDRESS
@click.option(
    "--lang",
    "languages",
    type=click.Choice([*LANGUAGES]),
    multiple=True,
    help=f"A language of its pages; once for each, the first at its root.  [default: {DEFAULT}]",
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def publish(store: str, url: str | None, languages: tuple[str, ...], folder: Path) -> None:
    """Write the whole site into FOLDER, as files that any web host gives out.

    Map, pages of records, data, feed and the files of all records: reading asks no server of ours. The pages name each
    other relatively, so that they work below any path; what is cited, and the lists of pages, need --url.

    Run it again, and what has not changed stays as it is, with its time; what is gone is removed.
    """
    from api.publishing.publish import publish as published
    from api.settings import Settings

    stated = Settings.from_environment()
    settings = dataclasses.replace(stated, public_url=url or stated.public_url)
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    told = published(
        open_ledger_of(store, existing=True),
        settings,
        folder,
        base,
        tuple(dict.fromkeys(languages)) or (DEFAULT,),
        _watched,
    )
    done = told.folder
    for form in told.too_large:
        say(f"Not written, as there are more than {form.most:,} records: {form.title}")
    for title in told.cut:
        say(f"Not there, as a server has to cut its tiles, unless it is a .pmtiles file: the overlay {plain(title)}")
    for address in sorted(told.left_off):
        say(f"A link that only a server could answer was left out: {plain(address)}")
    if settings.public_url is None:
        say(f"Citations and data name {plain(base)}; say by --url where readers will find it.")
    say(
        f"Published: {plain(folder)}, {told.records:,} records, {done.bytes / 1e6:.1f} MB; "
        f"files: {done.written:,} written, {done.unchanged:,} as they were, {done.removed:,} removed"
    )


def _watched(jobs: Iterable[Job], count: int) -> Iterable[Job]:
    said = "Writing pages"
    return track(jobs, said, total=count, console=err, transient=True, disable=not err.is_terminal)
