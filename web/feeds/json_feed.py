"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

from typing import Any

import orjson

from web.feeds.feed import Entry, Feed

MEDIA_TYPE = "application/feed+json"


def json_feed(feed: Feed) -> bytes:
    """Return a feed as JSON Feed."""
    following = {"next_url": feed.following} if feed.following is not None else {}
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        **following,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return orjson.dumps(told)


def _item(entry: Entry) -> dict[str, Any]:
    authors = {"authors": [{"name": entry.author}]} if entry.author is not None else {}
    return {
        "id": entry.id,
        "url": entry.page,
        "title": entry.title,
        "content_text": entry.text,
        "date_published": entry.time,
        **authors,
        "tags": list(entry.tags),
    }
