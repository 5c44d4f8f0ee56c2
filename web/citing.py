"""How a record or a selection is cited, as a sentence, as BibTeX and as RIS; and what a file says of itself."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geo import product
from web.asking import day
from web.language import Language

LICENCE = "CC BY 4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Cited:
    """What is cited: `work` is the title of the instance; `release` the data release that it was filled from.

    A record has an `id` and a `revision`, a selection its number of records (`count`).
    """

    title: str
    work: str
    address: str
    accessed: dt.date
    release: str | None = None
    id: str | None = None
    revision: int | None = None
    count: int = 1

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


def as_bibtex(language: Language, cited: Cited) -> str:
    """Return a citation as an entry for BibTeX and biblatex, which is `@misc` to be known to both."""
    fields = {
        "author": "{" + _tex(cited.work) + "}",
        "title": "{" + _tex(cited.title) + "}",
        "year": cited.year,
        "version": _tex(cited.release) if cited.release else "",
        "publisher": _tex(cited.work),
        "howpublished": _tex(_release(language, cited.release)) if cited.release else "",
        "url": cited.address,  # read as it stands: of our own addresses every other letter is percent-encoded
        "urldate": cited.accessed.isoformat(),
        "note": _tex(_note(language, cited)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{cited.key},", *lines, "}"]) + "\n"


_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "$&#_%"},
}


def _tex(text: str) -> str:
    """Return a text in which TeX reads every letter as it stands."""
    return "".join(_TEX.get(letter, letter) for letter in _line(text))


def as_ris(language: Language, cited: Cited) -> str:
    """Return a citation as an entry of RIS, which parts its lines by CR and LF."""
    fields = [
        ("TY", "DATA"),
        ("AU", cited.work),
        ("TI", cited.title),
        ("T2", cited.work),
        ("PB", cited.work),
        ("PY", cited.year),
        ("ET", _release(language, cited.release) if cited.release else ""),
        ("N1", _note(language, cited)),
        ("UR", cited.address),
        ("Y2", cited.accessed.strftime("%Y/%m/%d/")),
    ]
    lines = [f"{tag}  - {_line(text)}" for tag, text in fields if text]
    return "".join(f"{line}\r\n" for line in [*lines, "ER  - "])


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


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
    "bibtex": Manner("application/x-bibtex; charset=utf-8", "bib", as_bibtex),
    "ris": Manner("application/x-research-info-systems; charset=utf-8", "ris", as_ris),
}


def about(language: Language, cited: Cited, as_of: dt.date | None) -> list[tuple[str, str]]:
    """Return what a file of a selection says of itself, as titles and texts."""
    today = day(language, cited.accessed)
    licence = language.say("takeaway.about_licence_text", licence=LICENCE, address=LICENCE_ADDRESS)
    told = {
        "what": cited.title,
        "records": language.number(cited.count),
        "day": day(language, as_of) if as_of else language.say("takeaway.about_today", date=today),
        "events": language.say("takeaway.about_events_text"),
        "release": _release(language, cited.release) if cited.release else language.say("takeaway.about_release_own"),
        **({"licence": licence} if cited.release else {}),
        "address": cited.address,
        "made": today,
        "cite": as_text(language, cited),
        "columns": language.say("takeaway.about_columns_text"),
    }
    return [(cited.work, ""), *((language.say(f"takeaway.about_{name}"), text) for name, text in told.items())]
