"""The command that asks the Internet Archive for a lasting copy of each source."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from api.commands.options import STORE
from api.commands.stores import CommandRefused, open_ledger_of
from api.commands.terminal import plain, say
from geo import product
from geo.editing import Edit
from geo.keys import ARCHIVE
from geo.paths import data_folder
from geo.records.project import Project

if TYPE_CHECKING:
    import requests

# The Wayback Machine's availability API: https://archive.org/help/wayback_api.php
SERVICE = "https://archive.org/wayback/available"
_COPIES = "web.archive.org"
_SECONDS = 30


@dataclass
class Asked:
    """What came of asking: addresses with a copy, without one, and that could not be asked."""

    found: dict[str, str] = field(default_factory=dict)
    none: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.found) + len(self.none) + len(self.failed)


@click.command()
@STORE
@click.option("--files", is_flag=True, help="Write into the dataset's files instead of a store.")
@click.option(
    "--most", type=click.IntRange(min=1), default=1000, show_default=True, help="Addresses to ask for at most."
)
@click.option("--pause", type=float, default=1.0, show_default=True, help="Seconds between two questions.")
@click.option("--service", default=SERVICE, show_default=True, help="Where to ask.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def archive(store: str, files: bool, most: int, pause: float, service: str, paths: tuple[Path, ...]) -> None:
    """Ask the Internet Archive for a copy of each source that has none, and keep its address.

    Of a source's copies the one next to its date is kept. What was found so far stays when the command ends early;
    typed again, it goes on. PATHS (with --files) are those to write, in place of the whole dataset.
    """
    if paths and not files:
        raise click.UsageError("PATHS are files: give --files too.")
    asked, session = Asked(), _session()

    def ask(source: dict[str, Any]) -> str | None:
        if asked.number >= most:
            return None
        return _copy_of(source, asked, session, service, pause)

    try:
        if files:
            _into_files(list(paths) or [data_folder()], ask)
        else:
            _into_store(store, ask)
    finally:
        say(
            f"{len(asked.found)} copies found, {len(asked.none)} sources without one, {len(asked.failed)} not answered."
        )


def _session() -> requests.Session:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    session = requests.Session()
    waits = Retry(
        total=3,
        connect=0,
        backoff_factor=2,
        status_forcelist=(429, 500, 502, 503, 504),
        respect_retry_after_header=True,
    )
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=waits))
    session.headers["User-Agent"] = f"{product.COMMAND} (archive)"
    return session


def _copy_of(source: dict[str, Any], asked: Asked, session: requests.Session, service: str, pause: float) -> str | None:
    """Return the address of the copy next to the source's date; one address is asked for once."""
    import requests

    url = source["url"]
    if url in asked.found or url in asked.none or url in asked.failed:
        return asked.found.get(url)
    time.sleep(pause if asked.number else 0)
    wanted = {"url": url, "timestamp": str(source.get("published") or source.get("accessed") or "").replace("-", "")}
    try:
        answer = session.get(service, params=wanted, timeout=_SECONDS)
        answer.raise_for_status()
        closest = answer.json()["archived_snapshots"].get("closest") or {}
    except requests.ConnectionError as error:
        raise CommandRefused("archive-not-reached", service=service, reason=type(error).__name__) from error
    except (requests.RequestException, KeyError, TypeError, AttributeError, ValueError):
        asked.failed.append(url)
        return None
    copy = _address(closest)
    if copy is None:
        asked.none.append(url)
    else:
        asked.found[url] = copy
    return copy


def _address(closest: dict[str, Any]) -> str | None:
    """Return the copy's address where the answer names a good one that lies in the archive."""
    address = str(closest.get("url", "")).replace("http://", "https://", 1)
    is_good = closest.get("available") is True and str(closest.get("status")) == "200"
    return address if is_good and urlsplit(address).hostname == _COPIES else None


Ask = Callable[[dict[str, Any]], str | None]


def _with_copies(project: Project, ask: Ask) -> Project:
    """Return the record with the copies that were found; the very same one where there were none."""
    feature = project.to_feature()
    sources = [_with_copy(source, ask) for source in feature["properties"]["sources"]]
    if sources == feature["properties"]["sources"]:
        return project
    return Project.from_feature({**feature, "properties": {**feature["properties"], "sources": sources}})


def _with_copy(source: dict[str, Any], ask: Ask) -> dict[str, Any]:
    if source.get("archived_url") or not source.get("url") or source.get("type") == "dataset":
        return source
    copy = ask(source)
    return {**source, "archived_url": copy} if copy else source


def _into_files(paths: list[Path], ask: Ask) -> None:
    from api.commands.loading import record_files
    from geo.curated.files import dataset_text, read_files, replace_file

    for file in record_files(paths):
        before = list(read_files([file]))
        after = list(before)
        try:
            for place, project in enumerate(before):
                after[place] = _with_copies(project, ask)
        finally:
            if any(new is not old for old, new in zip(before, after, strict=True)):
                replace_file(file, dataset_text(after).encode())
                say(f"Written: {plain(file)}")


def _into_store(location: str, ask: Ask) -> None:
    store = open_ledger_of(location, existing=True).store
    for revision in list(store.current()):
        if revision.project is not None:
            after = _with_copies(revision.project, ask)
            if after is not revision.project:
                store.write([Edit(after.id, after, revision.number, ARCHIVE, "archived copies of sources")])
