"""`/llms.txt`: what is where on this server, for a program that reads before it asks (llmstxt.org)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from api.assistants.answers import HONESTY, STRANGERS
from api.collections import OF_COUNTRIES, OF_ORGANISATIONS
from api.links import COLLECTION, EVENTS, ITEMS
from geo import product
from geo.formats.registry import FORMATS
from geo.query import MOST_FEATURES
from geo.vocabulary import STATUS_GROUPS
from web.citing import LICENCE, LICENCE_ADDRESS
from web.published.data import DATA, SCHEMA
from web.published.layout import WHOLE

Counts = Mapping[str, Mapping[str, int]]
COUNTED = ("status_group", "country")


class Told(NamedTuple):
    """What an instance says of itself: its title, the total of its records and their counts by columns.

    One that `is_published` consists of files alone.
    """

    title: str
    base: str
    total: int
    counts: Counts
    release: str | None
    is_published: bool = False


def llms_text(told: Told) -> str:
    """Return the document: a heading, a quoted summary, sentences, and lists of links with a sentence each."""
    sections = {"Records": _FILES, "Pages": _PAGES} if told.is_published else _served(told.base)
    lists = [f"## {title}\n\n{_listed(told.base, links)}" for title, links in sections.items()]
    return "\n\n".join([f"# {told.title}", f"> {_summary(told)}", _rules(), *lists]) + "\n"


_CQL2 = "capacity > 20 AND country IN ('HU','DE')"
Links = dict[str, tuple[str, str]]  # by title: the address below the base, and a sentence


def _listed(base: str, links: Links) -> str:
    return "\n".join(f"- [{title}]({base}{path}): {sentence}" for title, (path, sentence) in links.items())


def _summary(told: Told) -> str:
    groups = told.counts["status_group"]
    parts = ", ".join(f"{groups[each.code]} {each.label.lower()}" for each in STATUS_GROUPS if groups.get(each.code))
    release = f" Data release {told.release}." if told.release else ""
    return (
        f"An open, sourced map of lithium and battery projects, from salt flat to recycling: {told.total} records in "
        f"{len(told.counts['country'])} countries ({parts}). Every claim names its source.{release}"
    )


def _rules() -> str:
    return "\n".join(
        f"- {rule}"
        for rule in (
            HONESTY,
            "A record whose `location_accuracy` is `country` or `undisclosed` has no place that a map could point at.",
            "Claims that contradict each other stand side by side, each with its sources: give both.",
            STRANGERS,
            f"The curated records are under [{LICENCE}]({LICENCE_ADDRESS}). Cite the record by its address, "
            "`/projects/{id}`, and the source of each claim.",
        )
    )


def _served(base: str) -> dict[str, Links]:
    return {"Records": _records(base), "Pages": _PAGES, "Optional": _OPTIONAL}


def _records(base: str) -> Links:
    files = ", ".join(f"`f={name}`" for name in FORMATS)
    return {
        "Records, GeoJSON": (
            f"{ITEMS}?limit=10",
            f"pages of up to {MOST_FEATURES} records; follow the link `next`. Filters such as `country=BO`, "
            "`kind=cell_factory`, `status_group=building`, `q=words`, `bbox` and `as_of=2024-12-31` go together.",
        ),
        "Records of a country that are being built": (
            f"{ITEMS}?country=HU&status_group=building",
            f"an example of filters; with {files} the same records come as one file.",
        ),
        "Filters in CQL2": (
            f"{ITEMS}?limit=10&filter={quote(_CQL2)}",
            f"`filter` takes CQL2 over [these properties]({base}{COLLECTION}/queryables), beside the other parameters.",
        ),
        "Counts, sums and series": (
            f"{COLLECTION}/statistics?country=HU&status_group=building&sum=capacity&interval=year",
            "how many records match the same filters by `by=kind,country` and the like, what their capacities come to "
            "by unit and basis (`sum=capacity`), and how that changed (`interval=year`).",
        ),
        "Organisations": (
            f"{OF_ORGANISATIONS.items}?limit=10&sortby=-projects",
            "who is behind the projects, who holds whom and who says so, with counts and sums.",
        ),
        "Countries": (f"{OF_COUNTRIES.items}?limit=10&properties=name,projects", "every country with counts and sums."),
        "Vector tiles": (
            f"{COLLECTION}/tiles/WebMercatorQuad?f=tilejson",
            "TileJSON of the same filters: clusters far out, records from near.",
        ),
        "Events": (
            f"{EVENTS}?limit=10",
            "what happened, the newest first, with sources; `from` and `to` name a period, `expected=true` asks for "
            "plans.",
        ),
        "Schema": (f"{COLLECTION}/schema", "JSON Schema of a record: what each property means, with every code."),
        "API definition": ("/api/openapi.json", "OpenAPI 3.0: every address, parameter and answer."),
    }


_FILES: Links = {
    "All records, GeoJSON": (f"/{WHOLE}.geojson", "every record with every claim and its sources, as one file."),
    "All records in other forms": ("/data/files.json", "the names of the files beside it in `/data/`."),
    "Schema": (
        DATA[SCHEMA],
        f"JSON Schema of a record; each record by itself is `{ITEMS}/{{id}}.json`, and as a page `/projects/{{id}}/`.",
    ),
    "Newest events": ("/feed.xml", "what happened last, as an Atom feed, with sources."),
}
_PAGES: Links = {
    "Map": ("/", "the projects on a map, with filters, a list, charts and the months since 2010."),
    "About": ("/about/", "what the words mean: kinds, stages, bases of dates, and how places are known."),
    "Data": ("/about/data/", "what the data are, what they lack, and how often an outside check found them wrong."),
    "Stories": ("/stories/", "guided pages, each step with its sources and a view of the map."),
}
_OPTIONAL: Links = {
    "API as a page": ("/api/docs", "the same definition to read, with a curl command for each operation."),
    "Landing page of the API": ("/api", f"OGC API - Features; `{product.COMMAND} mcp` asks it in words."),
}
