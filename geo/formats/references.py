"""How what is cited stands in files of references: BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

BIBTEX = "application/x-bibtex; charset=utf-8"
CSL = "application/vnd.citationstyles.csl+json"


@dataclass(frozen=True)
class Reference:
    """What is cited: `work` is the title of the whole, `key` a name of letters, digits and hyphens.

    `release` is the name of a data release, `release_in_words` the same in a reader's language.
    """

    key: str
    title: str
    work: str
    year: int
    address: str
    accessed: dt.date
    note: str
    release: str | None = None
    release_in_words: str = ""


def as_bibtex(reference: Reference) -> str:
    """Return an entry for BibTeX and biblatex, which is `@misc` to be known to both."""
    fields = {
        "author": "{" + _tex(reference.work) + "}",
        "title": "{" + _tex(reference.title) + "}",
        "year": str(reference.year),
        "version": _tex(reference.release or ""),
        "publisher": _tex(reference.work),
        "howpublished": _tex(reference.release_in_words),
        "url": reference.address,  # read as it stands: of our own addresses every other letter is percent-encoded
        "urldate": reference.accessed.isoformat(),
        "note": _tex(reference.note),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{reference.key},", *lines, "}"]) + "\n"


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


def as_ris(reference: Reference) -> str:
    """Return an entry of RIS, which parts its lines by CR and LF."""
    fields = [
        ("TY", "DATA"),
        ("AU", reference.work),
        ("TI", reference.title),
        ("T2", reference.work),
        ("PB", reference.work),
        ("PY", str(reference.year)),
        ("ET", reference.release_in_words),
        ("N1", reference.note),
        ("UR", reference.address),
        ("Y2", reference.accessed.strftime("%Y/%m/%d/")),
    ]
    lines = [f"{tag}  - {_line(text)}" for tag, text in fields if text]
    return "".join(f"{line}\r\n" for line in [*lines, "ER  - "])


def as_csl(reference: Reference) -> dict[str, Any]:
    """Return an item of CSL-JSON (Citation Style Language 1.0.2, csl-data.json)."""
    day = reference.accessed
    item = {
        "id": reference.key,
        "type": "dataset",
        "title": _line(reference.title),
        "author": [{"literal": _line(reference.work)}],
        "container-title": _line(reference.work),
        "publisher": _line(reference.work),
        "issued": {"date-parts": [[reference.year]]},
        "accessed": {"date-parts": [[day.year, day.month, day.day]]},
        "version": reference.release,
        "note": _line(reference.note),
        "URL": reference.address,
    }
    return {name: value for name, value in item.items() if value}


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
