"""The whole of it: a store's site, asked of an application in this process, as files in a folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import anyio

from api.app import create_app
from api.publishing.asking import Asker
from api.publishing.folder import Folder, publishing_into
from api.publishing.making import Making
from api.publishing.plan import Job, Plan
from api.responses import etag
from api.services import Services
from api.settings import Settings
from geo import dates
from geo.formats.registry import FORMATS, Format
from geo.opening import Ledger
from geo.query import Query
from web.published.layout import Layout
from web.site import Site

Watch = Callable[[Iterable[Job], int], Iterable[Job]]


@dataclass(frozen=True)
class PublishedSettings(Settings):
    """Settings of a site of files; its addresses begin with a word that no text has, until they are made relative."""

    languages: tuple[str, ...] = ()

    @property
    def site(self) -> Site:
        return dataclasses.replace(
            super().site,
            root=f"/root-{etag(self.public_url)}",
            is_published=True,
            is_for_frames=True,  # which no file can forbid
            languages=self.languages,
        )


class Told(NamedTuple):
    """What was published: how many records and files, and what was left out."""

    records: int
    folder: Folder
    too_large: list[Format]
    left_off: set[str]
    cut: list[str]  # titles of overlays whose tiles a server cuts


def publish(
    ledger: Ledger, settings: Settings, root: Path, base: str, languages: tuple[str, ...], watch: Watch
) -> Told:
    """Write the site of a store into a folder; raises CommandRefused for one that is not ours.

    `base` is where readers will find it, as far as the settings state it. `watch` is given the files to make, and how
    many these are, and hands them on.
    """
    stated = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    quiet = {"public_url": base, "reads": 0, "files": 0, "log_requests": "none"}
    given = Services(ledger, PublishedSettings(**{**stated, **quiet}, languages=languages))
    ids = given.catalog.columns(Query(), ["id"])["id"]
    too_large = [each for each in FORMATS.values() if len(ids) > each.most]
    forms = FORMATS.keys() - {each.name for each in too_large}
    plan = Plan(Layout(given.settings.site, dict.fromkeys(ids), forms), given.ground, given.catalog.successors())
    with publishing_into(root) as folder:
        folder.begin(plan.names())
        is_public = settings.public_url is not None
        making = Making(plan, Asker(create_app(given), base), folder, base, is_public=is_public)
        anyio.run(making.make, watch(plan.jobs(), _count(plan.jobs())))
        folder.finish({"url": base, "day": dates.today().isoformat(), "release": given.release(), "records": len(ids)})
    cut = [each.title for each in given.ground.overlays.values() if each.shapes]
    return Told(len(ids), folder, too_large, making.links.left_off, cut)


def _count(jobs: Iterator[Job]) -> int:
    return sum(1 for _ in jobs)
