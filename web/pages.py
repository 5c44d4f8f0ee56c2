"""The pages besides the map: a record to read without script, the form that adds one, and what went wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import jinja2

from geo import dates, vocabulary
from geo.checks.thresholds import thresholds
from geo.countries import country_names
from geo.coverage import Coverage
from geo.curated.release import Release
from geo.messages import forms, sentence
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
    "since": words.since_text,
}

Event = Mapping[str, Any]


def record_page(site: Site, view: Mapping[str, Any]) -> str:
    """Return a record as a page that needs no script.

    `view` holds `feature` (GeoJSON with stated, derived and store-kept properties), `incoming` (links from other
    records: type, project, name), `names` (of the linked records by id; None for one that is gone) and `revisions`
    (revision, time, author, comment, action).
    """
    return _template("record.html").render(_shown(view), site=site, inset=False)


def record_body(site: Site, view: Mapping[str, Any]) -> str:
    """Return only the article of a record's page, to stand within the map's."""
    return _template("article.html").render(_shown(view), site=site, inset=True)


def _shown(view: Mapping[str, Any]) -> dict[str, Any]:
    properties, project_id = view["feature"]["properties"], view["feature"]["id"]
    events = dates.in_order(properties.get("events", []), lambda event: str(event["date"]))
    happened = [e for e in events if not e.get("expected")]
    sources = enumerate(properties.get("sources", []), start=1)
    return {
        "base_url": "",
        **view,
        "p": properties,
        "id": project_id,
        "data_path": f"/api/collections/projects/items/{quote(project_id)}",
        "cited": {source["id"]: {"number": n, "title": source["title"]} for n, source in sources},
        "happened": happened,
        "expected": [e for e in events if e.get("expected")],
        "decided_by": _deciding(properties, happened),
        "starts": [*_starts(properties)],
        "notice": words.notice(properties),
    }


def _deciding(properties: Mapping[str, Any], happened: Sequence[Event]) -> Event | None:
    """The event that gave the project its present status."""
    decided = (properties["status"], properties["status_date"])
    return next((e for e in happened if (e.get("status"), e["date"]) == decided), None)


def _starts(properties: Mapping[str, Any]) -> Iterator[tuple[str, str, str, list[str]]]:
    """What is known of the start: title, date, a remark, and the sources of the events that say so."""
    for title, name, remark in words.STARTS:
        date, expected = properties.get(name), name == "start_planned"
        if date:
            late = expected and _is_late(properties)
            yield title, date, words.LATE if late else remark, _start_sources(properties, date, expected)


def _start_sources(properties: Mapping[str, Any], date: str, expected: bool) -> list[str]:
    starts = [e for e in properties["events"] if e.get("status") == "operating" and e["date"] == date]
    found = [source for e in starts if e.get("expected", False) == expected for source in e["sources"]]
    return list(dict.fromkeys(found))


def _is_late(properties: Mapping[str, Any]) -> bool:
    began = properties.get("start_actual") or properties.get("operating_by")
    return not began and dates.last_day(properties["start_planned"]) < dates.today()


def add_page(site: Site) -> str:
    """Return the form that adds a record."""
    countries = sorted(country_names().items(), key=lambda entry: entry[1])
    said = {rule: sentence(rule, package="web").detail for rule in forms("web")}
    return _template("add.html").render(site=site, terms=vocabulary.ALL, countries=countries, words=said)


def about_page(site: Site) -> str:
    """Return what the ledger is, what its words mean, and how to cite it."""
    return _template("about.html").render(site=site, terms=vocabulary.ALL)


def data_page(site: Site, release: Release, loaded: str | None, coverage: Coverage) -> str:
    """Return what the data are: how many records of what, what they lack, how they are made, how often they are wrong.

    `loaded` is the release that the store holds; None for a store of somebody's own records.
    """
    return _template("data.html").render(
        site=site,
        release=release,
        loaded=loaded,
        coverage=coverage,
        terms=vocabulary.ALL,
        countries=country_names(),
        thresholds=thresholds(),
    )


def problem_page(site: Site, status: int, title: str, detail: str) -> str:
    """Return a page that says what went wrong."""
    return _template("problem.html").render(site=site, status=status, title=title, detail=detail)


def refusal(title: str, detail: str) -> str:
    """Return why a record cannot be shown, to stand where its article would."""
    return _template("refusal.html").render(title=title, detail=detail)


def docs_page(site: Site) -> str:
    """Return the API's own description as a page; its script and style come from this server."""
    return _template("docs.html").render(site=site)


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
