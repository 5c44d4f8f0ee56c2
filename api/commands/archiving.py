"""The command that asks the Internet Archive for a lasting copy of each source."""

from __future__ import annotations

import time
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
from geo.errors import Gone, RevisionConflict
from geo.keys import ARCHIVE
from geo.paths import data_folder
from geo.records.project import Project

if TYPE_CHECKING:
    import requests

    from geo.store import Store

# The Wayback Machine's availability API: https://archive.org/help/wayback_api.php
SERVICE = "https://archive.org/wayback/available"
_COPIES = "web.archive.org"
_SECONDS = 30
_FAILURES = 5  # questions in a row without an answer, after which nobody is asked any more
_TRIES = 5


@dataclass
class Asked:
    """Asks for copies, each address once, and keeps what came of it; `reached` is the record at which it ended."""

    session: requests.Session
    service: str
    pause: int
    most: int
    start: str
    found: dict[str, str] = field(default_factory=dict)
    none: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    in_a_row: int = 0
    reached: str = ""

    def copies(self, project: Project) -> Project:
        """Return the record with the copies that were found; the very same one where there were none."""
        if project.id < self.start:
            return project
        feature = project.to_feature()
        sources = [self._with_copy(source, project.id) for source in feature["properties"]["sources"]]
        if sources == feature["properties"]["sources"]:
            return project
        return Project.from_feature({**feature, "properties": {**feature["properties"], "sources": sources}})

    def _with_copy(self, source: dict[str, Any], project_id: str) -> dict[str, Any]:
        url = source.get("url")
        if not url or source.get("archived_url") or source.get("type") == "dataset":
            return source
        if url not in {*self.found, *self.none, *self.failed}:
            number = len(self.found) + len(self.none) + len(self.failed)
            if number >= self.most:
                self.reached = self.reached or project_id
                return source
            time.sleep(self.pause if number else 0)
            self._ask(url, str(source.get("published") or source.get("accessed") or "").replace("-", ""))
        return {**source, "archived_url": self.found[url]} if url in self.found else source

    def _ask(self, url: str, timestamp: str) -> None:
        import requests

        try:
            answer = self.session.get(self.service, params={"url": url, "timestamp": timestamp}, timeout=_SECONDS)
            answer.raise_for_status()
            copy = _address(answer.json()["archived_snapshots"].get("closest") or {})
        except (requests.RequestException, KeyError, TypeError, AttributeError, ValueError) as error:
            self._failed(url, error)
            return
        self.in_a_row = 0
        if copy is None:
            self.none.append(url)
        else:
            self.found[url] = copy

    def _failed(self, url: str, error: Exception) -> None:
        """One address without an answer may be the archive's trouble with it; several in a row are the network's."""
        self.failed.append(url)
        self.in_a_row += 1
        if self.in_a_row >= _FAILURES:
            reason = type(error).__name__
            raise CommandRefused("archive-not-reached", service=self.service, reason=reason) from error


def _address_of_service(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.BadParameter("takes an address (https://...).")
    return text


@click.command()
@STORE
@click.option("--files", is_flag=True, help="Write into the dataset's files instead of a store.")
@click.option(
    "--most", type=click.IntRange(min=1), default=1000, show_default=True, help="Addresses to ask for at most."
)
@click.option("--start", default="", metavar="ID", help="Begin with the record of this id, where an earlier run ended.")
@click.option(
    "--pause", type=click.IntRange(0, 3600), default=1, show_default=True, help="Seconds between two questions."
)
@click.option("--service", default=SERVICE, show_default=True, callback=_address_of_service, help="Where to ask.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def archive(store: str, files: bool, most: int, start: str, pause: int, service: str, paths: tuple[Path, ...]) -> None:
    """Ask the Internet Archive for a copy of each source that has none, and keep its address.

    Of a source's copies the one next to its date is kept. What was found so far stays when the command ends early, and
    it says with which record to --start the next time. PATHS (with --files) are those to write, in place of the whole
    dataset.
    """
    if paths and not files:
        raise click.UsageError("PATHS are files: give --files too.")
    asked = Asked(_session(), service, pause, most, start)
    try:
        if files:
            _into_files(list(paths) or [data_folder()], asked)
        else:
            _into_store(store, asked)
    finally:
        counts = f"{len(asked.found)} copies found, {len(asked.none)} sources without one"
        say(f"{counts}, {len(asked.failed)} not answered.")
        if asked.reached:
            say(f"To go on, type the same with --start {plain(asked.reached)}")


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


def _address(closest: dict[str, Any]) -> str | None:
    """Return the copy's address where the answer names a good one that lies in the archive."""
    address = str(closest.get("url", "")).replace("http://", "https://", 1)
    is_good = closest.get("available") is True and str(closest.get("status")) == "200"
    return address if is_good and urlsplit(address).hostname == _COPIES else None


def _into_files(paths: list[Path], asked: Asked) -> None:
    from api.commands.loading import record_files
    from geo.curated.files import dataset_text, read_files, replace_file

    for file in record_files(paths):
        before = list(read_files([file]))
        after = list(before)
        try:
            for place, project in enumerate(before):
                after[place] = asked.copies(project)
        finally:
            if any(new is not old for old, new in zip(before, after, strict=True)):
                replace_file(file, dataset_text(after).encode())
                say(f"Written: {plain(file)}")


def _into_store(location: str, asked: Asked) -> None:
    store = open_ledger_of(location, existing=True).store
    for project_id in [revision.project_id for revision in store.current()]:
        _into_record(store, project_id, asked)


def _into_record(store: Store, project_id: str, asked: Asked) -> None:
    """Write a record's copies; where somebody else was quicker, what was found goes into what stands there now."""
    for _ in range(_TRIES):
        head = store.head(project_id)
        after = asked.copies(head.project) if head.project is not None else None
        if after is None or after is head.project:
            return
        try:
            store.write([Edit(project_id, after, head.number, ARCHIVE, "archived copies of sources")])
        except (RevisionConflict, Gone):
            continue
        return
