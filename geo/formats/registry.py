"""Which formats there are: the name by which one is asked for, its media type, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from geo.formats import csv_table, gpkg_layers, xlsx_book
from geo.formats.selection import Selection


@dataclass(frozen=True)
class Format:
    """A format of files: `name` is also the ending of its files, and `write` yields one in parts.

    `most` are the records of one file; whoever wants more asks in parts.
    """

    name: str
    media_type: str
    title: str
    most: int
    write: Callable[[Selection], Iterator[bytes]]

    @property
    def plain_type(self) -> str:
        """The media type without its parameters."""
        return self.media_type.partition(";")[0]


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("csv", "text/csv; charset=utf-8; header=present", "CSV", 100_000, csv_table.write),
        Format(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "Excel",
            20_000,  # which takes most of a minute
            xlsx_book.write,
        ),
        Format("gpkg", "application/geopackage+sqlite3", "GeoPackage", 100_000, gpkg_layers.write),
    )
}
