"""The map as one file: a selection with its records, which opens from a memory stick, without a server or a network.

What came from records is packed and in Base64 before Branca sees it, and our own files are values and no templates.
"""

from __future__ import annotations

import base64
import gzip
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import orjson
from branca.element import Element
from folium.template import Template

from geo import dates
from web import shell
from web.assets import static_folder
from web.inline import script_hashes
from web.language import Language
from web.site import Site

MOST_RECORDS = 5_000
_TOGETHER = 100  # articles that are packed, and read, together
_ENDING = re.compile(r"</(?=script|style)|<(?=!--)", re.IGNORECASE)
_REFERENCE = re.compile(r"url\((?!data:)([^)]*)\)")
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Selection:
    """What a file holds: the two parts of the snapshot and the world as bytes, and the articles (HTML) by record."""

    drawn: bytes
    told: bytes
    world: bytes
    articles: Mapping[str, str]


class Inline(Element):
    """An element whose text is a value: nothing in it is run as a template."""

    _template = Template("<{{ this.tag }}{{ this.attributes }}>{{ this.text }}</{{ this.tag }}>\n")

    def __init__(self, tag: str, text: str, attributes: str = "") -> None:
        super().__init__()
        self.tag, self.text, self.attributes = tag, text, attributes


class FileLayer(shell.RecordLayer):
    """The layer that starts the script of the file with the map and an empty layer group."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.layerGroup();
            ledger.start({{ this._parent.get_name() }}, {{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__({})
        self.default_css = []


def saved_page(site: Site, language: Language, selection: Selection) -> str:
    """Return the HTML of the map of a selection, which asks nobody for anything; the same for the same day."""
    page, shown = shell.Page(site, language, "standalone"), shell.empty_map()
    count, day = len(selection.articles), language.date(dates.today().isoformat())
    page.note = language.say("share.saved", count=count, site=site.title, date=day)
    page.header.add_child(_styles())
    page.add_child(shown)
    FileLayer().add_to(shown)
    for element in (*_code(), *_data(selection)):
        page.carried.add_child(element)
    return _guarded(page.render())


def _styles() -> Element:
    return Inline("style", _kept_inside(_REFERENCE.sub(_carried, _file("built/map.css"))))


def _code() -> Iterator[Element]:
    yield Inline("script", _kept_inside(_file("built/leaflet.js")))
    yield Inline("script", _kept_inside(_file("built/standalone.js")))


def _file(path: str) -> str:
    return (static_folder() / path).read_text(encoding="utf-8")


def _carried(reference: re.Match[str]) -> str:
    """Return a font in place of its address; pictures are those of controls that the file does not have."""
    name = reference[1].rpartition("/")[2]
    if not name.endswith(".woff2"):
        return "none"
    font = base64.b64encode((static_folder() / "fonts" / name).read_bytes()).decode()
    return f"url(data:font/woff2;base64,{font})"


def _kept_inside(code: str) -> str:
    """Return code in which no text ends its element; in strings and patterns such a text means the same as before."""
    return _ENDING.sub(lambda found: f"{found[0][0]}\\{found[0][1:]}", code)


def _data(selection: Selection) -> Iterator[Element]:
    places: dict[str, int] = {}
    yield _packed("drawn", selection.drawn)
    yield _packed("told", selection.told)
    yield _packed("world", selection.world)
    for number, part in enumerate(_parts(list(selection.articles.items()))):
        places |= dict.fromkeys(part, number)
        yield _packed(f"records-{number}", orjson.dumps(part))
    yield Inline("script", _safe_json(places), ' type="application/json" id="saved-places"')


def _parts(articles: Sequence[tuple[str, str]]) -> Iterator[dict[str, str]]:
    rest = iter(articles)
    while part := dict(islice(rest, _TOGETHER)):
        yield part


def _packed(name: str, body: bytes) -> Element:
    text = base64.b64encode(gzip.compress(body, 9, mtime=0)).decode()
    return Inline("script", text, f' type="application/octet-stream" id="saved-{name}"')


def _safe_json(places: Mapping[str, int]) -> str:
    return orjson.dumps(places).decode().replace("<", "\\u003c")


def _guarded(page: str) -> str:
    """Return the page with a policy that lets its own scripts run, and lets nothing be asked for."""
    policy = html.escape(_POLICY.format(scripts=" ".join(script_hashes(page))))
    return page.replace("<head>", f'<head>\n    <meta http-equiv="Content-Security-Policy" content="{policy}" />', 1)
