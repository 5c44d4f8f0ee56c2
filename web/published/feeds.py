"""What readers of feeds and searching machines take: the newest events, and a list of every page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from xml.etree import ElementTree as ET

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_PAGES = 50_000  # of one list (sitemaps.org/protocol.html)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def atom(title: str, base: str, events: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the newest events as an Atom feed (RFC 4287); an event of a year or a month stands at its first day."""
    feed = ET.Element("feed", xmlns=ATOM)
    _text(feed, "title", title)
    _text(feed, "id", f"{base}/feed.xml")
    ET.SubElement(feed, "link", rel="self", href=f"{base}/feed.xml", type="application/atom+xml")
    ET.SubElement(feed, "link", rel="alternate", href=f"{base}/", type="text/html")
    _text(feed, "updated", _instant(events[0]["date"] if events else "1970"))
    _text(ET.SubElement(feed, "author"), "name", title)
    for event in events:
        _add_entry(feed, base, event)
    return _written(feed)


def _add_entry(feed: ET.Element, base: str, event: Mapping[str, Any]) -> None:
    page = f"{base}/projects/{event['record_id']}/"
    entry = ET.SubElement(feed, "entry")
    _text(entry, "title", f"{event['record_name']}, {event['date']}")
    _text(entry, "id", f"{page}#{event['key']}")
    ET.SubElement(entry, "link", rel="alternate", href=page, type="text/html")
    _text(entry, "updated", _instant(event["date"]))
    sources = "; ".join(f"{each['title']} ({each['url']})" for each in event["sources"])
    _text(entry, "summary", f"{event['summary']} [{sources}]")


def _instant(date: str) -> str:
    return f"{date}{'-01' * (3 - len(date.split('-')))}T00:00:00Z"


def sitemaps(base: str, pages: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the lists of all pages, by their whole addresses, and of the list of these."""
    rest, index = iter(pages), ET.Element("sitemapindex", xmlns=SITEMAP)
    number = 0
    while part := list(islice(rest, MOST_PAGES)):
        number += 1
        listed = ET.Element("urlset", xmlns=SITEMAP)
        for page in part:
            _text(ET.SubElement(listed, "url"), "loc", page)
        yield f"sitemap-{number}.xml", _written(listed)
        _text(ET.SubElement(index, "sitemap"), "loc", f"{base}/sitemap-{number}.xml")
    yield "sitemap.xml", _written(index)


def robots(base: str | None) -> bytes:
    """Return what searching machines may read: everything; it counts where the site is at the root of its host."""
    return ("User-agent: *\nAllow: /\n" + (f"Sitemap: {base}/sitemap.xml\n" if base else "")).encode()


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)


def _written(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
