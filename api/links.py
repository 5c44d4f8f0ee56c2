"""Links of answers (RFC 8288 relations, OGC API link objects) and the addresses they use."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from urllib.parse import quote, quote_plus

import orjson
from starlette.datastructures import QueryParams

from api.collections import OF_PROJECTS, Collection
from api.crs import DEFAULT
from api.responses import GEOJSON, JSON
from geo.columns import Columns
from geo.crs import System
from geo.formats.registry import formats_of

API = "/api"
COLLECTION = OF_PROJECTS.path
ITEMS = OF_PROJECTS.items
EVENTS = f"{COLLECTION}/events"
CHANGES = f"{API}/changes"

Link = dict[str, str]

_MOST_LINK = 500  # characters of one in a header


def link(href: str, rel: str, media_type: str, title: str) -> Link:
    """Return an OGC API link object."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def item_path(collection: Collection, feature_id: str) -> str:
    """Return the path of a feature in the API."""
    return f"{collection.items}/{quote(feature_id, safe='')}"


def address_of(base: str, collection: Collection, feature_id: str) -> str:
    """Return where people read a feature."""
    return f"{base}{collection.page_of(feature_id) or item_path(collection, feature_id) + '?f=html'}"


# Stand in the links of many answers for what is of one. What a client calls the host can have none of them in it.
_SELF, _WHOLE, _NEXT, _ID, _PAGE, _AFTER = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"


class ItemsLinks:
    """The links of all pages of a question: self, other formats, next where there is one, and the collection."""

    def __init__(self, base: str, collection: Collection, params: QueryParams) -> None:
        """`params` are what is asked for with the mark of any page in it, where this has one."""
        query = _encoded(params)
        own = [(name, f"after={_AFTER}" if name == "after" else pair) for name, pair in query]
        whole = "".join(f"{pair}&" for name, pair in query if name not in ("f", "limit", "after", "crs"))
        page = "".join(f"{pair}&" for name, pair in own if name != "f")
        marks = {_PAGE: page, _SELF: _asking(own), _WHOLE: whole, _NEXT: _following(query, _NEXT)}
        self._address, self._marks = (base, collection), marks
        self._shown: dict[bool, tuple[bytes, str]] = {}

    def of(self, after: str | None, following: str | None) -> tuple[bytes, str]:
        """Return the links of one page, by its mark and that of the next one, as JSON and as a Link header."""
        has_next = following is not None
        if has_next not in self._shown:
            self._shown[has_next] = _replaced(_items_links(*self._address, has_next), self._marks)
        marks = {_AFTER: quote_plus(after or ""), _NEXT: following or ""}  # the latter needs no encoding
        links, header = _replaced(self._shown[has_next], marks)
        return links, _short(header)


def _replaced(links: tuple[bytes, str], marks: Mapping[str, str]) -> tuple[bytes, str]:
    shown, header = links
    for mark, text in marks.items():
        shown, header = shown.replace(mark.encode(), text.encode()), header.replace(mark, text)
    return shown, header


@functools.lru_cache(maxsize=256)
def _items_links(base: str, collection: Collection, has_next: bool) -> tuple[bytes, str]:
    address = f"{base}{collection.items}"
    links = [link(f"{address}{_SELF}", "self", GEOJSON, "This page as GeoJSON")]
    links += [link(f"{address}?{_PAGE}f=html", "alternate", "text/html", "This page to read")]
    if has_next:
        links.append(link(f"{address}{_NEXT}", "next", GEOJSON, "The next page"))
    links.append(link(f"{base}{collection.path}", "collection", JSON, "The collection"))
    # In the header a question would stand once a format.
    there = _files(collection.columns)
    files = [link(f"{address}?{_WHOLE}f={name}", "alternate", form, title) for name, form, title in there]
    return orjson.dumps([*links, *files]), link_header(links)


@functools.cache
def _files(columns: Columns) -> list[tuple[str, str, str]]:
    """Return name, media type and title of every format in which all records of a question come as a file."""
    title = "All these records as {}"
    return [(each.name, each.plain_type, title.format(each.title)) for each in formats_of(columns)]


def events_links(base: str, params: QueryParams, after: str | None) -> list[Link]:
    """Return the links of a page of events but those to itself: next where there is one, and the collection."""
    query, address = _encoded(params), f"{base}{EVENTS}"
    links = []
    if after is not None:
        links.append(link(f"{address}{_following(query, quote_plus(after))}", "next", JSON, "The next page"))
    return [*links, link(f"{base}{COLLECTION}", "collection", JSON, "The collection")]


Pairs = list[tuple[str, str]]


def _encoded(params: QueryParams) -> Pairs:
    """Return each parameter's name, and it as an address has it: each is encoded once for all links."""
    return [(name, _pair(name, value)) for name, value in params.multi_items()]


@functools.lru_cache(maxsize=256)  # nearly all but marks and boxes come again
def _pair(name: str, value: str) -> str:
    return f"{quote_plus(name)}={quote_plus(value)}"


def _following(query: Pairs, after: str) -> str:
    """Return the end of the address of the page after a mark, which is encoded."""
    others = [(name, pair) for name, pair in query if name != "after"]
    return _asking([*others, ("after", f"after={after}")])


def _asking(query: Pairs) -> str:
    """Return the end of an address that asks for this."""
    return "?" + "&".join([pair for _, pair in query]) if query else ""


def item_links(base: str, collection: Collection, feature_id: str, system: System = DEFAULT) -> tuple[bytes, str]:
    """Return the links of one feature, whose geometry is in a system, as JSON and as a Link header."""
    return _replaced(_item_links(base, collection, system), {_ID: quote(feature_id, safe="")})


def in_system(system: System) -> str:
    """Return the end of the address of a feature in a system."""
    return "" if system is DEFAULT else f"?crs={quote_plus(system.uri)}"


@functools.lru_cache(maxsize=256)
def _item_links(base: str, collection: Collection, system: System) -> tuple[bytes, str]:
    path = f"{base}{collection.items}/{_ID}"
    page = f"{path}?f=html" if collection.page is None else f"{base}{collection.page.format(_ID)}"
    links = [
        link(f"{path}{in_system(system)}", "self", GEOJSON, "This record"),
        link(page, "alternate", "text/html", "The record as a page"),
        *([link(f"{path}/revisions", "version-history", JSON, "Its revisions")] if collection.is_edited else []),
        link(f"{base}{collection.path}", "collection", JSON, "The collection"),
    ]
    return orjson.dumps(links), link_header(links)


def revisions_links(base: str, project_id: str, limit: int, after: int | None) -> list[Link]:
    """Return the links of a page of a record's revisions: next where there is one, and the record."""
    path = f"{base}{item_path(OF_PROJECTS, project_id)}"
    links = [link(path, "latest-version", GEOJSON, "The record as it is")]
    if after is not None:
        following = f"{path}/revisions?limit={limit}&after={after}"
        links.append(link(following, "next", JSON, "The next page"))
    return links


def revision_links(base: str, project_id: str, number: int, newest: int, page: str) -> list[Link]:
    """Return the links of a revision, and to those before and after it (RFC 5829); `page` is where people read it."""
    path = f"{base}{item_path(OF_PROJECTS, project_id)}"
    own = f"{path}/revisions"
    links = [
        link(f"{own}/{number}", "self", GEOJSON, "This revision"),
        link(page, "alternate", "text/html", "The revision as a page"),
    ]
    if number > 1:
        links.append(link(f"{own}/{number - 1}", "predecessor-version", GEOJSON, "The revision before"))
    if number < newest:
        links.append(link(f"{own}/{number + 1}", "successor-version", GEOJSON, "The revision after"))
    return [
        *links,
        link(path, "latest-version", GEOJSON, "The record as it is"),
        link(own, "version-history", JSON, "Its revisions"),
        link(f"{base}{COLLECTION}", "collection", JSON, "The collection"),
    ]


def link_header(links: list[Link]) -> str:
    """Return the links as one Link header (RFC 8288 section 3); addresses are percent-encoded already."""
    return _short(", ".join(f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"' for each in links))


def _short(header: str) -> str:
    """Return a Link header without the links of long questions, which only the document has.

    Proxies take heads of a few kilobytes, and clients of 64.
    """
    if len(header) <= _MOST_LINK:
        return header
    return ", ".join(each for each in header.split(", ") if len(each) <= _MOST_LINK)
