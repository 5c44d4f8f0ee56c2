"""The pages besides the map: a record to read without script, the form that adds one, and what went wrong."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from typing import Any

import jinja2

from geo import dates, vocabulary
from geo.countries import country_names
from web import words
from web.assets import templates_folder
from web.site import Site

_FILTERS: dict[str, Callable[..., Any]] = {
    "date": words.date_text,
    "number": words.number_text,
    "href": words.safe_href,
    "amount": words.amount_text,
    "resource": words.resource_text,
    "money": words.money_text,
    "place": words.place_text,
    "backwards": words.backwards,
}


def record_page(site: Site, view: Mapping[str, Any]) -> str:
    """Return a record as a page that needs no script.

    `view` holds `feature` (GeoJSON with stated, derived and store-kept properties), `incoming` (links from other
    records: type, project, name), `names` (of the linked records by id; None for one that is gone) and `revisions`
    (revision, time, author, comment, action).
    """
    properties = view["feature"]["properties"]
    events = dates.in_order(properties.get("events", []), lambda event: str(event["date"]))
    return _template("record.html").render(
        view,
        site=site,
        p=properties,
        id=view["feature"]["id"],
        numbers={source["id"]: n for n, source in enumerate(properties.get("sources", []), start=1)},
        happened=[e for e in events if not e.get("expected")],
        expected=[e for e in events if e.get("expected")],
        basis=_deciding_basis(properties),
        start_sources={kind: _start_sources(properties, kind) for kind in ("actual", "planned")},
        planned_start_passed=_planned_start_passed(properties),
        notice=words.notice(properties),
        base_url=view.get("base_url", ""),
    )


def _start_sources(properties: Mapping[str, Any], kind: str) -> list[str]:
    date, expected = properties.get(f"start_{kind}"), kind == "planned"
    starts = [e for e in properties.get("events", []) if e.get("status") == "operating" and e["date"] == date]
    found = [source for e in starts if e.get("expected", False) == expected for source in e["sources"]]
    return list(dict.fromkeys(found))


def _planned_start_passed(properties: Mapping[str, Any]) -> bool:
    planned = properties.get("start_planned")
    today = dt.datetime.now(dt.UTC).date()
    return bool(planned and not properties.get("start_actual") and dates.last_day(planned) < today)


def add_page(site: Site) -> str:
    """Return the form that adds a record."""
    countries = sorted(country_names().items(), key=lambda entry: entry[1])
    return _template("add.html").render(site=site, terms=vocabulary.ALL, countries=countries)


def about_page(site: Site) -> str:
    """Return what the ledger is, what its words mean, and how to cite it."""
    return _template("about.html").render(site=site, terms=vocabulary.ALL)


def problem_page(site: Site, status: int, title: str, detail: str) -> str:
    """Return a page that says what went wrong."""
    return _template("problem.html").render(site=site, status=status, title=title, detail=detail)


def docs_page(site: Site) -> str:
    """Return the API's own description as a page; its script and style come from this server."""
    return _template("docs.html").render(site=site)


def _deciding_basis(properties: Mapping[str, Any]) -> str | None:
    """How the present status is known: the basis of the happened event that set it."""
    for event in properties.get("events", []):
        decides = event.get("status") == properties["status"] and event["date"] == properties["status_date"]
        if decides and not event.get("expected"):
            return str(event.get("basis", "stated"))
    return None


def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    environment.globals.update(label=words.label, definition=words.definition)
    return environment
