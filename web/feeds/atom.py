"""Atom (RFC 4287), with the pages of RFC 5005; and XML that no text of a stranger breaks."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from web.feeds.feed import Entry, Feed

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def atom(feed: Feed) -> bytes:
    """Return a feed as Atom."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language})
    add_text(root, "id", feed.id)
    add_text(root, "title", feed.title)
    add_text(root, "updated", feed.time)
    add_text(ET.SubElement(root, "author"), "name", feed.author)
    ET.SubElement(root, "link", rel="self", href=feed.address, type=MEDIA_TYPE)
    ET.SubElement(root, "link", rel="alternate", href=feed.page, type="text/html")
    if feed.following is not None:
        ET.SubElement(root, "link", rel="next", href=feed.following, type=MEDIA_TYPE)
    for entry in feed.entries:
        _add_entry(root, entry)
    return written(root)


def _add_entry(root: ET.Element, entry: Entry) -> None:
    found = ET.SubElement(root, "entry")
    add_text(found, "id", entry.id)
    add_text(found, "title", entry.title)
    add_text(found, "updated", entry.time)
    if entry.author is not None:
        add_text(ET.SubElement(found, "author"), "name", entry.author)
    ET.SubElement(found, "link", rel="alternate", href=entry.page, type="text/html")
    for tag in entry.tags:
        ET.SubElement(found, "category", term=tag)
    add_text(found, "summary", entry.text)


def add_text(parent: ET.Element, name: str, text: str) -> None:
    """Add an element with a text, without the characters that XML cannot have (XML 1.0, section 2.2)."""
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)


def written(root: ET.Element) -> bytes:
    """Return a document as bytes."""
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
