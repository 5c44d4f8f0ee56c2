"""The map's page: Folium's shell and controls, and our own layer element. No record ever passes through here.

Folium and Branca run every string they are given as a Jinja template and put it into the page unescaped, so they get
constants only. Records reach the browser as JSON that `static/main.js` fetches.
"""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser
from typing import Any

import folium
from branca.element import Element, Figure
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from web.assets import static_folder, templates_folder
from web.site import Site

COLLECTION = "/api/collections/projects"
BOUNDARIES = "/boundaries/countries.geojson"
_MAP_ROOMS = ("base", "find", "map", "record")


class Page(Figure):
    """The HTML document around the map: our own template in place of Branca's, which names no language."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.site = site  # our template escapes it; Folium and Branca never see it
        self._template = Template((templates_folder() / "map.html").read_text(encoding="utf-8"))
        self.modules = _modules()
        self.documents = (f"{COLLECTION}/snapshot", BOUNDARIES)


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
            var {{ this.get_name() }} = L.layerGroup();
            import("/static/main.js")
                .then((page) => page.start({{ this._parent.get_name() }}, {{ this.get_name() }},
                    {{ this.options|tojavascript }}))
                .catch((error) => {
                    console.error(error);
                    document.getElementById("sentence").textContent = "The map could not start. Load the page again.";
                });
        {% endmacro %}
        """
    )

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(name="Projects", overlay=True, control=False)
        self._name = "RecordLayer"
        self._id = "0"
        self.options = options
        self.default_css = [(f"{name}_css", f"/static/styles/{name}.css") for name in ("site", "record", "map")]


def build_map(site: Site) -> folium.Map:
    """Return the Folium map of the start page; it refers to our own files only."""
    page = Page(site)
    shown = MapElement(
        location=(-20.0, -64.0),
        zoom_start=4,
        tiles=None,
        control_scale=True,
        zoom_control="bottomright",
        minZoom=1,
        maxZoom=15,
        zoomSnap=0.5,
        worldCopyJump=True,
    )
    shown._id = "0"
    shown.default_js = [("leaflet", "/static/vendor/leaflet/leaflet.js")]
    shown.default_css = [("leaflet_css", "/static/vendor/leaflet/leaflet.css")]
    page.add_child(shown)
    RecordLayer(_options()).add_to(shown)
    return shown


def map_page(site: Site) -> str:
    """Return the whole HTML of the start page, the same bytes every time."""
    html: str = build_map(site).get_root().render()
    return html


def _modules() -> list[str]:
    """Return the addresses of the map's modules, which browsers may fetch at once instead of import by import."""
    files = [static_folder() / "main.js", static_folder() / "app.js"]
    files += [file for room in _MAP_ROOMS for file in sorted((static_folder() / room).glob("*.js"))]
    return [f"/static/{file.relative_to(static_folder()).as_posix()}" for file in files]


def _options() -> dict[str, Any]:
    return {"snapshot": f"{COLLECTION}/snapshot", "boundaries": BOUNDARIES, "pages": "/projects"}


class _InlineScripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attrs)
        if self._inside:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"


def script_hashes(html: str) -> list[str]:
    """Return the Content-Security-Policy source (`'sha256-…'`) of every inline script of a page."""
    parser = _InlineScripts()
    parser.feed(html)
    digests = [hashlib.sha256(script.encode()).digest() for script in parser.scripts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
