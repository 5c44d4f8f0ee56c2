"""The pages besides the map: a record to read without script, the form that adds one, and what went wrong."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup

from geo.checks.thresholds import Threshold, thresholds
from geo.coverage import Coverage
from geo.curated.release import Release
from geo.formats.registry import FORMATS
from geo.messages import forms, sentence
from web.assets import templates_folder
from web.clients import clients
from web.feeds import atom, json_feed
from web.language import ENGLISH, LANGUAGES, Language, json_in_html
from web.record.hosts import host_of
from web.record.shown import locator_of, shown
from web.reference import reference
from web.site import Site
from web.statistics import page as statistics
from web.stories import Story
from web.titles import title
from web.words import Words, safe_href

Trail = Sequence[tuple[str, str]]  # the way to a page of the API: the name and the path of each step


def record_page(site: Site, view: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return a record as a page that needs no script.

    `view` holds `feature` (GeoJSON with stated, derived and store-kept properties). Where they are known it also holds
    `incoming` (links from other records: type, project, name), `names` (of the linked records by id), `revisions`
    (revision, time, author, comment, action), `base_url`, `organisations` (who holds whom), `near` and `siblings`
    (records: id, name, status; `near` with `km`), `previous` and `next` (id, name), and `areas` that the project lies
    in or near (layer, name, relation, distance_km, credit).
    """
    given = {**shown(site, view, language), "locator": locator_of(view)}
    return template("record.html", language).render(given, site=site, inset=False)


def record_body(site: Site, view: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return only the article of a record's page, to stand within the map's."""
    return template("article.html", language).render(shown(site, view, language), site=site, inset=True)


def add_page(site: Site, language: Language = ENGLISH, *, is_open: bool = False) -> str:
    """Return the form that proposes a record; where `is_open`, anybody may send it without having signed in."""
    given = {"record": None, "contact": site.contact, "is_open": is_open}
    return template("add.html", language).render(site=site, words=_said_of_rules(language), **given)


def correct_page(
    site: Site,
    view: Mapping[str, Any],
    record: Mapping[str, Any],
    language: Language = ENGLISH,
    *,
    is_open: bool = False,
) -> str:
    """Return the form that proposes a correction of a record.

    `view` is as of `record_page`; `record` is the `feature` as it is stated, and the `revision` that states it.
    """
    # A stage is corrected as such, and a snapshot is of a database.
    kinds = [term for term in language.terms["event_type"] if term.code not in ("status", "snapshot")]
    given = {"contact": shown(site, view, language)["correction"], "event_types": kinds, "is_open": is_open}
    given |= {"record": record, "record_json": json_in_html(record), "words": _said_of_rules(language)}
    return template("add.html", language).render(site=site, **given)


def _said_of_rules(language: Language) -> dict[str, str]:
    return {rule: sentence(rule, package="web", language=language.code).detail for rule in forms("web")}


def about_page(site: Site, language: Language = ENGLISH) -> str:
    """Return what the ledger is, what its words mean, and how to cite it."""
    return template("about.html", language).render(site=site)


def data_page(
    site: Site, release: Release, loaded: str | None, coverage: Coverage, language: Language = ENGLISH
) -> str:
    """Return what the data are: how many records of what, what they lack, how they are made, how often they are wrong.

    `loaded` is the release that the store holds; None for a store of somebody's own records.
    """
    return template("data.html", language).render(
        site=site,
        release=release,
        loaded=loaded,
        coverage=coverage,
        formats=FORMATS.values(),
        belonging=[_belonging(each, language) for each in thresholds()],
        kind_label=functools.partial(language.label, "kind"),
    )


def _belonging(threshold: Threshold, language: Language) -> tuple[str, str, str]:
    """What belongs in the ledger, in words: the kinds, their least size ("" for any), and why."""
    kinds = language.listed(language.label("kind", kind) for kind in threshold.kinds)
    sizes = (f"{language.number(least)}\u00a0{language.label('unit', unit)}" for unit, least in threshold.least.items())
    return kinds, language.listed(sizes, "or"), threshold.reason_in(language.code)


def statistics_page(
    site: Site,
    document: Mapping[str, Any],
    params: Sequence[tuple[str, str]],
    trail: Trail,
    language: Language = ENGLISH,
    overview: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """Return statistics as charts and a table: `document` is the answer, `params` what asked for it.

    Where nothing is asked to be counted there is an `overview`: such answers, by what they are counted by.
    """
    given = statistics.shown(document, params, language, overview)
    asked = asking([(name, value) for name, value in params if name != "lang"])
    return template("statistics.html", language).render(given, site=site, trail=trail, asking=asked)


def asking(params: Sequence[tuple[str, str]]) -> str:
    """Return the beginning of a question, which ends with a language: the page in another one asks the same."""
    return f"{urlencode(params, safe=',/:')}&" if params else ""


def changes_page(
    site: Site,
    title: str,
    document: Mapping[str, Any],
    trail: Trail,
    params: Sequence[tuple[str, str]],
    feeds: Mapping[str, str],
    language: Language = ENGLISH,
) -> str:
    """Return what changed: `document` is the answer, `params` what asked for it, `feeds` addresses by media type."""
    after = dict(params).get("after")
    about = language.say("feeds.what") if after is None else language.say("feeds.since", number=int(after))
    return template("changes.html", language).render(
        site=site,
        title=title,
        shown=document,
        trail=trail,
        asking=asking(params),
        feeds=feeds,
        names={atom.MEDIA_TYPE: "Atom", json_feed.MEDIA_TYPE: "JSON Feed"},
        about=about,
    )


def stories_page(site: Site, stories: Sequence[Story], language: Language = ENGLISH) -> str:
    """Return the list of stories."""
    return template("stories.html", language).render(site=site, stories=stories)


def story_page(site: Site, story: Story, language: Language = ENGLISH) -> str:
    """Return a story: its steps, and the map beside them."""
    return template("story.html", language).render(site=site, story=story)


def sign_in_page(site: Site, given: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return the page that signs somebody in, or says who is signed in and where they may go.

    `given` holds `person` (None: nobody yet), `csrf`, `to` (the path to go on to) and `refusal` ("" for none).
    """
    return template("sign-in.html", language).render(given, site=site, doors=_DOORS)


# Where those who are signed in go, each with the right that opens it.
_DOORS = (
    ("review", "/review", "review.queue"),
    ("propose", "/import", "import.title"),
    ("administer", "/admin", "admin.title"),
)


def who(site: Site, name: str, language: Language = ENGLISH) -> str:
    """Return who is signed in, to stand on a page in place of the link to sign in."""
    return template("who.html", language).render(site=site, name=name).strip()


def csrf_field(token: str) -> Markup:
    """Return the field by which a form shows that one of our pages has sent it."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(token)


def problem_page(site: Site, status: int, title: str, detail: str, language: Language = ENGLISH) -> str:
    """Return a page that says what went wrong."""
    return template("problem.html", language).render(site=site, status=status, title=title, detail=detail)


def moved_page(name: str, address: str, canonical: str, language: Language = ENGLISH) -> str:
    """Return a page that leads on to the record that stands for another: where only files are, it is its address."""
    return template("moved.html", language).render(name=name, address=address, canonical=canonical, language=language)


def refusal(title: str, detail: str, language: Language = ENGLISH) -> str:
    """Return why a record cannot be shown, to stand where its article would."""
    return template("refusal.html", language).render(title=title, detail=detail)


def reference_page(site: Site, definition: Mapping[str, Any], trail: Trail, language: Language = ENGLISH) -> str:
    """Return the API's own definition, an OpenAPI document, as a page that needs no script."""
    return template("reference.html", language).render(site=site, trail=trail, reference=reference(definition))


def clients_page(site: Site, base: str, trail: Trail, language: Language = ENGLISH) -> str:
    """Return what to type in programs that read the server whose address is `base`."""
    return template("clients.html", language).render(site=site, trail=trail, clients=clients(base))


def template(name: str, language: Language) -> jinja2.Template:
    """Return a template that speaks a language."""
    return _environment(language).get_template(name)


@functools.cache
def _environment(language: Language) -> jinja2.Environment:
    """Templates speak one language: `say(key, …)`, `label`, `definition`, `country` and `terms` are bound to it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(Words(language).filters, href=safe_href, host=host_of)
    environment.filters.update(
        date=language.date, number=language.number, listed=language.listed, country=language.country
    )
    environment.globals.update(
        say=language.say,
        say_html=language.say_html,
        label=language.label,
        definition=language.definition,
        country=language.country,
        terms=language.terms,
        titled=functools.partial(title, language),
        csrf_field=csrf_field,
        language=language,
        languages=LANGUAGES,
    )
    return environment
