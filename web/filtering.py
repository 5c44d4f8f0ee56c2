"""The page that builds a filter in CQL2: which properties there are, how each may be compared, with which values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from geo.columns import Column, Columns
from web.language import ENGLISH, Language
from web.pages import Trail, asking, template
from web.site import Site
from web.titles import title


@dataclass(frozen=True)
class Asked:
    """What came of a filter: how many records it means, or why it cannot be asked."""

    count: int | None
    refusal: str


def filter_page(
    site: Site,
    columns: Columns,
    path: str,
    text: str,
    asked: Asked | None,
    trail: Trail,
    language: Language = ENGLISH,
) -> str:
    """Return the page; `path` is that of the collection, `text` the filter that was asked for."""
    known = [_told(language, column) for column in columns]
    query = urlencode({"filter": text})
    return template("filter.html", language).render(
        site=site,
        trail=trail,
        properties=known,
        path=path,
        text=text,
        asked=asked,
        query=query if text else "",
        asking=asking([("filter", text)] if text else []),
    )


def _told(language: Language, column: Column) -> dict[str, Any]:
    """Return a property as the page's script reads it; codes with their labels."""
    told: dict[str, Any] = {"name": column.name, "title": title(language, column.title), "kind": column.kind}
    if column.vocabulary is not None:
        name = column.vocabulary.name
        told["codes"] = [[code, language.label(name, code)] for code in column.vocabulary.codes]
    elif column.kind == "country":
        told["codes"] = language.countries()
    return told
