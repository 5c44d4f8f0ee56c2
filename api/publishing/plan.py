"""Which files there will be, each with the address that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from api.ground import Ground
from geo.formats.registry import FORMATS
from geo.ground.base import TILE_ZOOM
from geo.paths import data_folder
from web.assets import static_folder
from web.published.data import ITEMS, PACKED, PROJECTS, SCHEMA
from web.published.layout import CITED, INDEX, Layout, whole_file
from web.stories import read_stories

MOST_TOWNS_ZOOM = 4  # that of the last tiles of towns, which hold all of them
NOTHING_HERE = "404.html"
FEED, FILES = "feed.xml", "data/files.json"
# GitHub Pages would go through every file with a program of its own otherwise.
HOSTS = {".nojekyll": b""}


class Job(NamedTuple):
    """A file, the address that it stands for, and the language in which that is asked."""

    name: str
    address: str
    language: str


class Plan:
    """The files of a site."""

    def __init__(self, layout: Layout, ground: Ground, successors: Mapping[str, str]) -> None:
        """`successors` are the records that stand for others, by the ids of these."""
        self.layout, self.languages, self.successors = layout, layout.site.languages, successors
        overlays = [f"/overlays/{each.id}.pmtiles" for each in ground.overlays.values() if each.vector_tiles]
        self.operators = ["/basemap.pmtiles", *overlays] if ground.basemap else overlays

    def jobs(self) -> Iterator[Job]:
        """Yield the files that are one answer each."""
        first = self.languages[0]
        yield from (self._job(address, first) for address in self._data())
        for gone, record in self.successors.items():  # no file leads on to another, so the data are there twice
            yield Job(f"{ITEMS}/{gone}.json"[1:], f"{ITEMS}/{record}", first)
        for language in self.languages:
            yield from (self._job(address, language) for address in self._pages())

    def files(self) -> dict[str, str]:
        """Return the files of all records in the formats that there are, by their names."""
        return {whole_file(name): name for name in FORMATS if name in self.layout.formats}

    def names(self) -> Iterator[str]:
        """Yield the names of all files but those of which the number is not known before (lists of pages)."""
        yield from (job.name for job in self.jobs())
        yield from self.files()
        yield from (name for name, _, _ in self.moved())
        yield from (address[1:] for address in self.operators)
        yield from (NOTHING_HERE, FEED, FILES, "robots.txt", *HOSTS)
        yield from (f"ground/{kind}/{z}/{x}/{y}.json" for kind, z, x, y in self.tiles())

    def moved(self) -> Iterator[tuple[str, str, str]]:
        """Yield the pages that lead on to a record: the file, the id of that record, and the language."""
        for language in self.languages:
            folder = self.layout.site.folder(language)
            yield from ((f"{folder}projects/{gone}/{INDEX}", each, language) for gone, each in self.successors.items())

    def tiles(self) -> Iterator[tuple[str, int, int, int]]:
        """Yield every tile of our own ground, also of the sea: a map asks for no file that is not there."""
        zooms = [("land", TILE_ZOOM), *(("towns", zoom) for zoom in range(1, MOST_TOWNS_ZOOM + 1))]
        for kind, zoom in zooms:
            yield from ((kind, zoom, x, y) for x in range(2**zoom) for y in range(2**zoom))

    def pages(self) -> Iterator[str]:
        """Yield the addresses of the pages that people come to."""
        yield from ("/", "/about", "/about/data", "/stories")
        yield from (f"/stories/{name}" for name in read_stories(data_folder()))
        yield from (f"/projects/{each}" for each in self.layout.ids)

    def _pages(self) -> Iterator[str]:
        yield from self.pages()
        yield from ("/embed", *(f"/cite?f={form}" for form in CITED))
        for each in self.layout.ids:
            yield f"/projects/{each}?part=body"
            yield from (f"/projects/{each}/cite?f={form}" for form in ("bibtex", "ris", "csl"))

    def _data(self) -> Iterator[str]:
        root = static_folder()
        yield from sorted(f"/static/{file.relative_to(root).as_posix()}" for file in root.rglob("*") if file.is_file())
        yield from (*PACKED, "/ground/layers", PROJECTS, SCHEMA, "/llms.txt")
        yield from (f"{ITEMS}/{each}" for each in self.layout.ids)

    def _job(self, address: str, language: str) -> Job:
        name = self.layout.file_of(address, language)
        assert name is not None, address
        return Job(name, address, language)
