"""How a record or a selection is cited, as a sentence, as BibTeX, RIS and CSL-JSON; and what a file says of itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from geo import product
from geo.formats import references
from geo.formats.references import Reference
from web.asking import day
from web.language import Language

LICENCE = "CC BY 4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Cited:
    """What is cited: `work` is the title of the instance; `release` the data release that it was filled from.

    A record has an `id` and a `revision`, a selection its number of records (`count`) of a collection.
    """

    title: str
    work: str
    address: str
    accessed: dt.date
    release: str | None = None
    id: str | None = None
    revision: int | None = None
    count: int = 1
    collection: str = "projects"

    @property
    def year(self) -> str:
        """The year of the release; of records of somebody's own, that in which they were read."""
        return self.release[:4] if self.release else str(self.accessed.year)

    @property
    def key(self) -> str:
        """A name by which programs tell it apart: letters, digits and hyphens."""
        return "-".join([product.COMMAND, self.id or "selection", self.accessed.isoformat()])


def as_text(language: Language, cited: Cited) -> str:
    """Return a citation as one sentence."""
    what = "selection" if cited.id is None else "record"
    values: dict[str, object] = {
        "work": cited.work,
        "title": cited.title,
        "revision": cited.revision,
        "count": cited.count,
        "licence": LICENCE,
        "address": cited.address,
        "date": day(language, cited.accessed),
    }
    if cited.release is None:
        return language.say(f"takeaway.text_{what}_own", **values)
    return language.say(f"takeaway.text_{what}", **values, release=_release(language, cited.release))


def reference(language: Language, cited: Cited) -> Reference:
    """Return what is cited as files of references have it."""
    return Reference(
        key=cited.key,
        title=cited.title,
        work=cited.work,
        year=int(cited.year),
        address=cited.address,
        accessed=cited.accessed,
        note=_note(language, cited),
        release=cited.release,
        release_in_words=_release(language, cited.release) if cited.release else "",
    )


def as_bibtex(language: Language, cited: Cited) -> str:
    """Return a citation as an entry for BibTeX and biblatex."""
    return references.as_bibtex(reference(language, cited))


def as_ris(language: Language, cited: Cited) -> str:
    """Return a citation as an entry of RIS."""
    return references.as_ris(reference(language, cited))


def as_csl(language: Language, cited: Cited) -> str:
    """Return a citation as CSL-JSON, which is an array of one item."""
    return orjson.dumps([references.as_csl(reference(language, cited))]).decode()


def _release(language: Language, release: str) -> str:
    return language.say("takeaway.release", release=release)


def _note(language: Language, cited: Cited) -> str:
    if cited.id is None:
        return language.say("takeaway.note_selection", count=cited.count)
    return language.say("takeaway.note_record", id=cited.id, revision=cited.revision)


@dataclass(frozen=True)
class Manner:
    """A form of citations: its media type, the ending of its file, and how one is made."""

    media_type: str
    suffix: str
    make: Callable[[Language, Cited], str]

    @property
    def plain_type(self) -> str:
        """The media type without its parameters."""
        return self.media_type.partition(";")[0]


MANNERS: Mapping[str, Manner] = {
    "text": Manner("text/plain; charset=utf-8", "txt", as_text),
    "bibtex": Manner(references.BIBTEX, "bib", as_bibtex),
    "ris": Manner("application/x-research-info-systems; charset=utf-8", "ris", as_ris),
    "csl": Manner(references.CSL, "json", as_csl),
}


def about(language: Language, cited: Cited, as_of: dt.date | None) -> list[tuple[str, str]]:
    """Return what a file of a selection says of itself, as titles and texts."""
    today = day(language, cited.accessed)
    licence = language.say("takeaway.about_licence_text", licence=LICENCE, address=LICENCE_ADDRESS)
    is_of_projects = cited.collection == "projects"
    tables = "events" if is_of_projects else "sums"
    told = {
        "what": cited.title,
        "records": language.number(cited.count),
        "day": day(language, as_of) if as_of else language.say("takeaway.about_today", date=today),
        tables: language.say(f"takeaway.about_{tables}_text"),
        "release": _release(language, cited.release) if cited.release else language.say("takeaway.about_release_own"),
        **({"licence": licence} if cited.release else {}),
        "address": cited.address,
        "made": today,
        "cite": as_text(language, cited),
        "columns": language.say(f"takeaway.about_columns_{'' if is_of_projects else 'gathered_'}text"),
    }
    return [(cited.work, ""), *((language.say(f"takeaway.about_{name}"), text) for name, text in told.items())]
