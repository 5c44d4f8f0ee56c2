"""What readers of feeds and searching machines take: the newest events, and a list of every page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from xml.etree import ElementTree as ET

from web.feeds.atom import add_text, atom, written
from web.feeds.feed import Entry, Feed

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_PAGES = 50_000  # of one list (sitemaps.org/protocol.html)


def events_feed(title: str, base: str, language: str, events: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the newest events as a feed; an event of a year or a month stands at its first day.

    Files do not tell what changed between two of their makings: what happened is what a reader of them follows.
    """
    address = f"{base}/feed.xml"
    entries = [_entry(base, event) for event in events]
    return atom(Feed(address, title, address, f"{base}/", title, language, entries))


def _entry(base: str, event: Mapping[str, Any]) -> Entry:
    page = f"{base}/projects/{event['record_id']}/"
    sources = "; ".join(f"{each['title']} ({each['url']})" for each in event["sources"])
    said = f"{event['record_name']}, {event['date']}"
    return Entry(f"{page}#{event['key']}", said, page, _instant(event["date"]), f"{event['summary']} [{sources}]")


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
            add_text(ET.SubElement(listed, "url"), "loc", page)
        yield f"sitemap-{number}.xml", written(listed)
        add_text(ET.SubElement(index, "sitemap"), "loc", f"{base}/sitemap-{number}.xml")
    yield "sitemap.xml", written(index)


def robots(base: str | None) -> bytes:
    """Return what searching machines may read: everything; it counts where the site is at the root of its host."""
    return ("User-agent: *\nAllow: /\n" + (f"Sitemap: {base}/sitemap.xml\n" if base else "")).encode()
