"""The map's page: Folium's shell and controls, and our own layer element. No record ever passes through here.

Folium and Branca run every string they are given as a Jinja template and put it into the page unescaped, so they get
constants only. Records reach the browser as columns that `static/main.js` fetches.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import folium
from branca.element import Element, Figure
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from geo.formats.registry import FORMATS
from web.assets import static_folder, templates_folder
from web.language import DEFAULT, ENGLISH, LANGUAGES, Language, texts
from web.site import Site

SNAPSHOT = "/api/collections/projects/snapshot"
GROUND = "/ground"
BUNDLE, BUNDLED_STYLES = "/static/built/map.js", "/static/built/map.css"
FIRST, LEAFLET = "/static/built/first.js", "/static/built/leaflet.js"
_IMPORTED = re.compile(r'(?:from|import)"\./([\w-]+\.js)"')
# The rooms of texts that the map's page has no use for: those of the other pages.
_OTHER_ROOMS = {
    *("about", "add", "api", "clients", "columns", "data", "filter", "form", "links", "problem", "reference"),
    "statistics",
}
_MAP_VOCABULARIES = (
    "capacity_basis",
    "event_type",
    "kind",
    "location_accuracy",
    "measure",
    "segment",
    "source_type",
    "status",
    "status_date_basis",
    "status_group",
)


class Page(Figure):
    """The HTML document around the map: our own template in place of Branca's, which names no language."""

    def __init__(self, site: Site, language: Language, form: str = "") -> None:
        """Make the page; its `form` is `embed` for the map alone, and `standalone` for a file without a server."""
        super().__init__()
        self.form = form
        self.site = site  # our template escapes it; Folium and Branca never see it
        self.language, self.languages = language, LANGUAGES
        self.texts = language.texts_json(map_rooms(), _MAP_VOCABULARIES, countries=True)
        self._template = Template((templates_folder() / "map.html").read_text(encoding="utf-8"))
        self.is_file = form == "standalone"
        root = site.root
        self.first, self.leaflet = f"{root}{FIRST}", f"{root}{LEAFLET}"
        self.modules = [] if self.is_file else [f"{root}{each}" for each in _at_once()]
        self.documents = [] if self.is_file else [site.at(f"{SNAPSHOT}/drawn")]
        self.forms = " ".join(f"{each.name}:{each.ending}" for each in FORMATS.values())
        self.carried, self.note = Element(), ""  # what a file holds, and what it says of itself


class MapElement(folium.Map):
    """Folium's map without its header, which forbids zooming the page and carries an inline script."""

    def render(self, **kwargs: Any) -> str:
        """Render as Folium does, then take back the header it wrote."""
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        page = self.get_root()
        assert isinstance(page, Figure)
        page.header.add_child(Element(""), name=self.get_name())
        return ""


class RecordLayer(JSCSSMixin, Layer):
    """The layer that starts our ES module with the map, an empty layer group and the addresses to read from."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.layerGroup();
            window.{{ this._parent.get_name() }} = {{ this._parent.get_name() }}; // as on any page of Folium's
            import("{{ this.bundle }}")
                .then((page) => page.start({{ this._parent.get_name() }}, {{ this.get_name() }},
                    {{ this.options|tojavascript }}, first))
                .catch((error) => {
                    console.error(error);
                    const texts = JSON.parse(document.getElementById("texts").textContent);
                    document.getElementById("sentence").textContent = texts["site.map_failed"];
                });
        {% endmacro %}
        """
    )

    def __init__(self, options: dict[str, Any], root: str = "") -> None:
        """`root` begins our addresses; the settings let no sign into it that a template or a script reads."""
        super().__init__(name="Projects", overlay=True, control=False)
        self._name = "RecordLayer"
        self._id = "0"
        self.options, self.bundle = options, f"{root}{BUNDLE}"
        self.default_css = [("map_css", f"{root}{BUNDLED_STYLES}")]


def build_map(site: Site, language: Language = ENGLISH, form: str = "") -> folium.Map:
    """Return the Folium map of the start page, which refers to our own files only, or of a `form` of it."""
    page, shown = Page(site, language, form), empty_map()
    page.add_child(shown)
    RecordLayer(_options(site, language), site.root).add_to(shown)
    return shown


def empty_map() -> MapElement:
    """Return Folium's map with our choices, and without a file of its own."""
    shown = MapElement(
        location=(-20.0, -64.0),
        zoom_start=4,
        tiles=None,
        control_scale=True,
        zoom_control="bottomright",
        worldCopyJump=True,
    )
    shown._id = "0"
    shown.default_js, shown.default_css = [], []  # Leaflet's styles are in the bundle
    return shown


def map_page(site: Site, language: Language = ENGLISH, *, embed: bool = False) -> str:
    """Return the whole HTML of the start page in a language, the same bytes every time.

    To `embed`, it is the map alone, as other pages show it in a frame.
    """
    html: str = build_map(site, language, "embed" if embed else "").get_root().render()
    return html


def map_rooms() -> tuple[str, ...]:
    """Return the rooms whose texts the map's page carries for its scripts."""
    return tuple(sorted({key.partition(".")[0] for key in texts(DEFAULT)} - _OTHER_ROOMS))


@functools.cache
def _modules(entry: str) -> list[str]:
    """Return the addresses of a bundle and of the parts that it imports at once, to be fetched together."""
    found, waiting = [entry], [entry]
    while waiting:
        text = (static_folder() / waiting.pop().removeprefix("/static/")).read_text(encoding="utf-8")
        parts = [f"/static/built/{name}" for name in _IMPORTED.findall(text)]
        waiting += [part for part in parts if part not in found]
        found += [part for part in parts if part not in found]
    return found


def _at_once() -> list[str]:
    """Return the addresses of all modules with which the page begins."""
    return [*_modules(FIRST), LEAFLET, *_modules(BUNDLE)]


def _options(site: Site, language: Language) -> dict[str, Any]:
    """Return the addresses of what the map reads; to those of tiles and of records something is added."""
    data = {name: site.at(f"{SNAPSHOT}/{name}") for name in ("drawn", "told")}
    whole = {"world": site.at(f"{GROUND}/world"), "afar": site.at(f"{GROUND}/world/afar")}
    near = {name: site.at(f"{GROUND}/{name}") for name in ("land", "towns", "layers")}
    return {**data, **whole, "near": near, "pages": f"{site.root}/{site.folder(language.code)}projects"}
