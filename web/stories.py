"""Stories: guided pages of steps, each a text with sources and a view of the map; files of the data folder.

A file begins with TOML between two lines of `+++` (title, summary, language, authors, date). Each step is a heading of
the second level, then `> map: #zoom/latitude/longitude?filters` as the map's address has it, then Markdown.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geo.columns import PROJECTS
from geo.dates import is_date
from geo.errors import DataFileError
from geo.records.fields import ID_PATTERN, Date, Line, Name
from web.words import safe_href

FOLDER = "stories"
EXAMPLE = "> map: #5/-20/-66.9?country=BO&as_of=2024-03"
_HEAD = re.compile(r"\+\+\+\n(.*?)\n\+\+\+\n(.*)", re.DOTALL)
_VIEW = re.compile(r"#(\d{1,2}(?:\.\d+)?)/(-?\d{1,2}(?:\.\d+)?)/(-?\d{1,3}(?:\.\d+)?)(?:\?([\w=&.,%+-]*))?")
_NAME = re.compile(r"[a-z0-9-]{1,60}")


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Name
    summary: Annotated[str, Line(400)]
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "en"
    authors: Annotated[list[Name], Field(min_length=1)]
    date: Date


@dataclass(frozen=True)
class Step:
    """A step: its heading, its text as HTML of ours, the map's view as the hash of an address, and the open record."""

    title: str
    html: Markup
    view: str
    record: str | None


@dataclass(frozen=True)
class Story:
    """A story by its name, which is that of its file."""

    name: str
    title: str
    summary: str
    language: str
    authors: list[str]
    date: str
    steps: list[Step]


@functools.cache
def read_stories(folder: Path) -> dict[str, Story]:
    """Return the stories of a data folder by name, newest first; none where it has none.

    Raises DataFileError, which names the file and the step.
    """
    files = sorted(file for file in (folder / FOLDER).glob("*.md") if _NAME.fullmatch(file.stem))
    stories = sorted((read_story(file) for file in files), key=lambda story: story.date, reverse=True)
    return {story.name: story for story in stories}


def read_story(file: Path) -> Story:
    """Return the story of a file; raises DataFileError."""
    parts = _HEAD.fullmatch(file.read_text(encoding="utf-8"))
    try:
        head = _Head.model_validate(tomllib.loads(parts[1] if parts else ""))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        fields = error.errors() if isinstance(error, ValidationError) else []
        reason = ", ".join(str(field["loc"][0]) for field in fields) or str(error)
        raise DataFileError("story-head", file=file.name, reason=reason) from error
    steps = list(_steps(file.name, parts[2] if parts else ""))
    if not steps:
        raise DataFileError("story-without-steps", file=file.name)
    return Story(file.stem, head.title, head.summary, head.language, head.authors, head.date, steps)


def _steps(file: str, text: str) -> Iterator[Step]:
    for number, part in enumerate(re.split(r"^## +", text, flags=re.MULTILINE)[1:], start=1):
        title, _, body = part.partition("\n")
        view, text = _view(file, number, body.lstrip())
        asked = dict(parse_qsl(view.partition("?")[2]))
        yield Step(title.strip(), _html(file, number, text), view, asked.get("rec"))


def _view(file: str, step: int, body: str) -> tuple[str, str]:
    """Return the hash of the map's address, and the text after it."""
    line, _, rest = body.partition("\n")
    address = line.removeprefix("> map: ").strip()
    found = _VIEW.fullmatch(address) if line.startswith("> map: ") else None
    if found is None or not (float(found[1]) <= 20 and abs(float(found[2])) <= 90 and abs(float(found[3])) <= 180):
        raise DataFileError("story-view", file=file, step=step, text=line[:100], example=EXAMPLE)
    for name, value in parse_qsl(found[4] or "", keep_blank_values=True):
        if not _is_known(name, value):
            raise DataFileError("story-filter", file=file, step=step, name=name, value=value[:60])
    return address, rest


def _is_known(name: str, value: str) -> bool:
    """Return whether the map's address may hold this."""
    if name == "rec":
        return re.fullmatch(ID_PATTERN, value) is not None
    if name == "as_of":
        return is_date(value)
    if name == "q":
        return bool(value)
    codes = PROJECTS[name].codes if name in PROJECTS.filters else None
    return name in PROJECTS.filters and all(code and (codes is None or code in codes) for code in value.split(","))


def _html(file: str, step: int, text: str) -> Markup:
    """Return Markdown as HTML: no HTML of the file's own, no pictures, and links to http(s) only."""
    markdown = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    refused: list[str] = []

    def is_allowed(address: str) -> bool:
        if not safe_href(address):
            refused.append(address)
        return bool(safe_href(address))

    markdown.validateLink = is_allowed  # type: ignore[method-assign,assignment]
    markdown.add_render_rule("link_open", _link)
    html = Markup(markdown.render(text))  # the renderer escapes every text of the file
    if refused:
        raise DataFileError("story-link", file=file, step=step, address=refused[0][:100])
    return html


def _link(_renderer: object, tokens: list[object], index: int, *_: object) -> str:
    address = escapeHtml(str(tokens[index].attrGet("href")))  # type: ignore[attr-defined]
    return f'<a class="out" href="{address}" rel="noopener nofollow">'
