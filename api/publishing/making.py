"""How each file is made: asked of the application, with its addresses made those of files, and put into the folder."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from api.commands.stores import CommandRefused
from api.publishing.asking import Asked, Asker
from api.publishing.folder import Folder
from api.publishing.plan import FEED, FILES, HOSTS, MOST_TOWNS_ZOOM, NOTHING_HERE, Job, Plan
from api.responses import etag
from geo.formats.registry import FORMATS
from geo.ground.tiles import Tile
from geo.ground.towns import towns_tile
from geo.query import MOST_FEATURES
from web.language import Language
from web.online import OPERATOR
from web.pages import moved_page
from web.published import feeds
from web.published.data import EVENTS, ITEMS, PACKED
from web.published.layout import GEOJSON, address_of, whole_file
from web.published.links import Links

_FEED_EVENTS = 100
_SNAPSHOT = tuple(path for path in PACKED if "/snapshot/" in path)
_NOTHING = b"null"


class Making:
    """Makes the files of a plan; `is_public` where the address of the site is stated, which lists of pages need."""

    def __init__(self, plan: Plan, asker: Asker, folder: Folder, base: str, *, is_public: bool) -> None:
        self._plan, self._asker, self._folder, self._base, self._is_public = plan, asker, folder, base, is_public
        self.links = Links(plan.layout, base)

    async def make(self, jobs: Iterable[Job]) -> None:
        """Put the whole site into the folder; `jobs` are the plan's, which a caller may count as they go."""
        self.links.version = etag(*[(await self._asked(path)).body for path in _SNAPSHOT])
        for job in jobs:
            self._folder.put(job.name, await self._body(job))
        for name, record, language in self._plan.moved():
            self._folder.put(name, self._moved(record, language))
        self._make_tiles()
        for address in self._plan.operators:
            with self._folder.file(address[1:]) as out:
                _good(await self._asker.get(address, out), address)
        for name, form in self._plan.files().items():
            await self._make_file(name, form)
        self._folder.put(FILES, orjson.dumps([*self._whole_files()]))
        await self._make_feeds()
        for name, body in HOSTS.items():
            self._folder.put(name, body)

    async def _body(self, job: Job) -> bytes:
        if job.address == EVENTS:
            return _packed(orjson.dumps(await self._events()))
        answer = _good(await self._asker.get(job.address, accept_language=job.language), job.address)
        return self._as_file(job, answer)

    def _as_file(self, job: Job, answer: Asked) -> bytes:
        kind = answer.headers["content-type"]
        if kind.startswith("text/html"):
            return self._page(job, answer).encode()
        if job.address in PACKED:
            return _packed(answer.body)
        if job.address.startswith("/cite?"):
            whole = address_of(whole_file(GEOJSON))
            return answer.body.replace(f"{self._base}{ITEMS}".encode(), f"{self._base}/{whole}".encode())
        if job.address == "/ground/layers":
            return orjson.dumps(_of_files(orjson.loads(answer.body)))
        if job.address.startswith("/api/") and "json" in kind:
            return orjson.dumps(self.links.data(orjson.loads(answer.body)))
        return answer.body

    def _page(self, job: Job, answer: Asked) -> str:
        policy = answer.headers["content-security-policy"]
        return self.links.page(answer.body.decode(), job.address, job.language, policy, self._head(job))

    def _moved(self, record: str, language: str) -> bytes:
        """Return a page that leads on to a record, which lies in a folder beside its own."""
        beside = f"../{record}/"
        canonical = self.links.address(f"/projects/{record}", language) if self._is_public else beside
        return moved_page(record, beside, canonical, Language(language)).encode()

    def _head(self, job: Job) -> list[str]:
        """Return what a page says of where it is, and where the feed is."""
        up = "../" * job.name.count("/") or "./"
        feed = f'<link rel="alternate" type="application/atom+xml" href="{up}{FEED}">'
        if not self._is_public:
            return [feed]
        return [feed, f'<link rel="canonical" href="{self.links.address(job.address, job.language)}">']

    def _make_tiles(self) -> None:
        from geo.ground.base import land_tile

        for kind, zoom, x, y in self._plan.tiles():
            tile = Tile(zoom, x, y)
            body = land_tile(tile) if kind == "land" else towns_tile(tile, is_whole=zoom == MOST_TOWNS_ZOOM)
            self._folder.put(f"ground/{kind}/{zoom}/{x}/{y}.json", body or _NOTHING)

    async def _make_file(self, name: str, form: str) -> None:
        """Make a file of all records, unless it is there from the same records, of the same day."""
        address, language = f"{ITEMS}?f={form}", self._plan.languages[0]
        tag = self._folder.tags.get(name) if self._folder.has(name) else None
        if tag is not None:
            answer = await self._asker.get(address, accept_language=language, if_none_match=tag)
            if answer.status == 304:
                self._folder.keep(name)
                return
        with self._folder.file(name) as out:
            answer = _good(await self._asker.get(address, out, accept_language=language), address)
        self._folder.tags[name] = answer.headers["etag"]

    def _whole_files(self) -> Iterator[dict[str, Any]]:
        """Yield what the map offers to take away."""
        for name, form in self._plan.files().items():
            yield {"name": name.rpartition("/")[2], "title": FORMATS[form].title}

    async def _events(self) -> dict[str, Any]:
        """Return all events, what has happened and what is expected, the newest first."""
        found: dict[str, Any] = {"happened": [], "expected": []}
        for name, is_expected in (("happened", "false"), ("expected", "true")):
            following: str | None = f"{EVENTS}?limit={MOST_FEATURES}&expected={is_expected}"
            while following is not None:
                page = orjson.loads((await self._asked(following)).body)
                found[name] += page["events"]
                following = _next(page, self._base)
        return found

    async def _make_feeds(self) -> None:
        events = orjson.loads((await self._asked(f"{EVENTS}?limit={_FEED_EVENTS}")).body)["events"]
        title = self._plan.layout.site.title
        self._folder.put(FEED, feeds.events_feed(title, self._base, self._plan.languages[0], events))
        answer = await self._asker.get(f"/{NOTHING_HERE}", accept="text/html", accept_language=self._plan.languages[0])
        policy = answer.headers["content-security-policy"]
        page = self.links.absolute(answer.body.decode(), "/", self._plan.languages[0], policy)
        self._folder.put(NOTHING_HERE, page.encode())
        if self._is_public:
            for name, body in feeds.sitemaps(self._base, self._addresses()):
                self._folder.put(name, body)
        self._folder.put("robots.txt", feeds.robots(self._base if self._is_public else None))

    def _addresses(self) -> Iterable[str]:
        for language in self._plan.languages:
            yield from (self.links.address(page, language) for page in self._plan.pages())

    async def _asked(self, address: str) -> Asked:
        return _good(await self._asker.get(address), address)


def _good(answer: Asked, address: str) -> Asked:
    """Return an answer; raises CommandRefused where there is none, such as of a record that was deleted meanwhile."""
    if answer.status != 200:
        raise CommandRefused("not-answered", address=address, status=answer.status)
    return answer


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


def _next(page: dict[str, Any], base: str) -> str | None:
    return next((link["href"].removeprefix(base) for link in page["links"] if link["rel"] == "next"), None)


def _of_files(offer: dict[str, Any]) -> dict[str, Any]:
    """Return which bases and overlays a reader may choose without those of shapes, whose tiles a server cuts.

    Files of ours are named from the folder in which the offer lies.
    """
    overlays = [each for each in offer["overlays"] if each["source"]["type"] != "shapes"]
    named = {"bases": [*map(_named_from_here, offer["bases"])], "overlays": [*map(_named_from_here, overlays)]}
    return {**offer, **named}


def _named_from_here(told: dict[str, Any]) -> dict[str, Any]:
    source = told["source"]
    if source["type"] != "pmtiles":
        return told
    name = source["url"].rpartition("/")[2]
    return {**told, "source": {**source, "url": f"../{name}" if told["id"] == OPERATOR else f"../overlays/{name}"}}
