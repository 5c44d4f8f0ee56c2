"""Which formats there are: the name by which one is asked for, its media type, and who writes it.

Media types are those of IANA's registry, or of the format's own specification.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from geo.columns import PROJECTS, Columns
from geo.formats.references import BIBTEX, CSL
from geo.formats.selection import Selection

Writer = Callable[[Selection], Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    """A format of files: `ending` is that of its files, and `write` yields one in parts.

    `most` are the records of one file; whoever wants more asks in parts. A `streamed` one is sent while it is made, any
    other once it is there whole; a `placed` one holds the geometries of records. There is one
    `of_projects` of no other collection: it draws them, or cites them by their revision.
    """

    name: str
    ending: str
    media_type: str
    title: str
    most: int
    write: Writer
    streamed: bool
    placed: bool
    of_projects: bool

    @property
    def plain_type(self) -> str:
        """The media type without its parameters."""
        return self.media_type.partition(";")[0]


def _by(place: str) -> Writer:
    """Return a writer by its place, `module:function`; what takes long to load is loaded when somebody asks for it."""
    module, _, name = place.partition(":")

    def write(selection: Selection) -> Iterator[bytes]:
        made: Iterator[bytes] = getattr(importlib.import_module(f"geo.formats.{module}"), name)(selection)
        return made

    return write


_MANY, _FEW = 100_000, 20_000  # few are those of which the file, or who opens it, takes most of a minute
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _format(name: str, ending: str, media_type: str, title: str, place: str, *traits: str, most: int = _MANY) -> Format:
    held = (trait in traits for trait in ("streamed", "placed", "of_projects"))
    return Format(name, ending, media_type, title, most, _by(place), *held)


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        _format("csv", "csv", "text/csv; charset=utf-8; header=present", "CSV", "csv_table:write", "streamed"),
        _format("xlsx", "xlsx", _XLSX, "Excel", "xlsx_book:write", most=_FEW),
        _format(
            "geojsonfile",
            "geojson",
            "application/geo+json",
            "GeoJSON",
            "geojson_text:write_collection",
            "streamed",
            "placed",
        ),
        _format(
            "geojsonseq",
            "geojsons",
            "application/geo+json-seq",
            "GeoJSON text sequence",
            "geojson_text:write_sequence",
            "streamed",
            "placed",
        ),
        _format(
            "jsonfg",
            "json",
            "application/vnd.ogc.fg+json",
            "JSON-FG",
            "geojson_text:write_jsonfg",
            "streamed",
            "placed",
        ),
        _format("gpkg", "gpkg", "application/geopackage+sqlite3", "GeoPackage", "gpkg_layers:write", "placed"),
        _format("fgb", "fgb", "application/vnd.flatgeobuf", "FlatGeobuf", "gdal_files:write_fgb", "placed"),
        _format(
            "parquet",
            "parquet",
            "application/vnd.apache.parquet",
            "GeoParquet",
            "columnar:write_parquet",
            "streamed",
            "placed",
        ),
        _format(
            "arrow",
            "arrows",
            "application/vnd.apache.arrow.stream",
            "Arrow",
            "columnar:write_arrow",
            "streamed",
            "placed",
        ),
        _format(
            "kml",
            "kml",
            "application/vnd.google-earth.kml+xml",
            "KML",
            "gdal_files:write_kml",
            "placed",
            most=_FEW,
        ),
        _format("bibtex", "bib", BIBTEX, "BibTeX", "reference_lists:write_bibtex", "streamed", "of_projects"),
        _format("csl", "json", CSL, "CSL-JSON", "reference_lists:write_csl", "streamed", "of_projects"),
        _format(
            "pmtiles",
            "pmtiles",
            "application/vnd.pmtiles",
            "PMTiles",
            "pmtiles_archive:write",
            "placed",
            "of_projects",
        ),
    )
}


def formats_of(columns: Columns) -> tuple[Format, ...]:
    """Return the formats in which the records of a collection come, by its columns."""
    return tuple(each for each in FORMATS.values() if columns is PROJECTS or not each.of_projects)
