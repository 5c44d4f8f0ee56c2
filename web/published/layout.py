"""Which file stands for which address of a server: folders with an `index.html`, and endings that hosts know types by.

No file has a name from text: ids of records, names of stories, formats and tiles have forms that are checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from geo import product
from geo.formats.registry import FORMATS
from geo.records.fields import ID_PATTERN
from web.published.data import DATA, ITEMS
from web.site import Site

GEOJSON = "geojsonfile"
INDEX = "index.html"
PAGES = ("/", "/about", "/about/data", "/stories", "/embed")
WHOLE = f"data/{product.COMMAND}"
CITED = {"text": "cite.txt", "bibtex": "cite.bib", "ris": "cite.ris", "csl": "cite.json"}
_AS_GEOJSON = (None, "geojson", "json")  # of one record, or of all for a page of them
_TILES = re.compile(r"/(basemap|overlays/[a-z0-9-]{1,60})\.pmtiles")
_STORY = re.compile(r"/stories/[a-z0-9-]{1,60}")
_ID = rf"(?P<id>{ID_PATTERN.strip('^$')})"
_RECORD = re.compile(rf"/projects/{_ID}(?P<cite>/cite)?")
_ITEM = re.compile(rf"{ITEMS}/{_ID}")


@dataclass(frozen=True)
class Layout:
    """Where everything of a site lies; `ids` are its records, `formats` those of the files that hold all of them."""

    site: Site
    ids: Collection[str]
    formats: Collection[str] = ()

    def file_of(self, address: str, language: str) -> str | None:
        """Return the file of an address, which may have a query; None for one that no file stands for.

        A page is in the `language`, unless its address names one.
        """
        parts = urlsplit(address)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        folder = self.site.folder(asked.pop("lang", language))
        page = self._page(parts.path, asked)
        if page is not None:
            return folder + page
        finders: tuple[Callable[[str, Mapping[str, str]], str | None], ...] = (self._whole, self._item, self._data)
        return next((file for find in finders if (file := find(parts.path, asked)) is not None), None)

    def _page(self, path: str, asked: Mapping[str, str]) -> str | None:
        """Return the file, below the folder of its language, of a page, a part of it, or a citation."""
        if path == "/cite":
            return CITED.get(asked.get("f", "text")) if set(asked) <= {"f"} else None
        record = _RECORD.fullmatch(path)
        if record is not None:
            return self._of_record(record, asked) if record["id"] in self.ids else None
        return f"{path[1:]}/{INDEX}".lstrip("/") if not asked and (path in PAGES or _STORY.fullmatch(path)) else None

    def _of_record(self, record: re.Match[str], asked: Mapping[str, str]) -> str | None:
        folder = f"projects/{record['id']}"
        if record["cite"]:
            name = CITED.get(asked.get("f", "text"))
            return f"{folder}/{name}" if name else None
        names = {(): INDEX, (("part", "body"),): "body.html"}
        name = names.get(tuple(asked.items()))
        return f"{folder}/{name}" if name else None

    def _whole(self, path: str, asked: Mapping[str, str]) -> str | None:
        if path != ITEMS or not set(asked) <= {"f", "limit"}:
            return None
        form = GEOJSON if asked.get("f") in _AS_GEOJSON else asked["f"]
        return whole_file(form) if form in self.formats else None

    def _item(self, path: str, asked: Mapping[str, str]) -> str | None:
        match = _ITEM.fullmatch(path)
        is_data = set(asked) <= {"f"} and asked.get("f") in _AS_GEOJSON
        return f"{path[1:]}.json" if match and match["id"] in self.ids and is_data else None

    def _data(self, path: str, asked: Mapping[str, str]) -> str | None:
        known = path.startswith("/static/") or _TILES.fullmatch(path) or path in DATA or path in DATA.values()
        return DATA.get(path, path)[1:] if known and not asked else None


def whole_file(form: str) -> str:
    """Return the name of the file of all records in a format; where two have one ending it says which it is."""
    ending = FORMATS[form].ending
    is_alone = [each.ending for each in FORMATS.values()].count(ending) == 1
    return f"{WHOLE}.{ending}" if is_alone else f"{WHOLE}-{form}.{ending}"


def address_of(file: str) -> str:
    """Return how a file is asked for: a folder's index by the folder."""
    return file.removesuffix(INDEX) if file == INDEX or file.endswith(f"/{INDEX}") else file
