"""Which formats there are: the name by which one is asked for, its media type, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from geo.formats import csv_table
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


# What takes half a second to load, and few ask for, is loaded when somebody does.
def _write_xlsx(selection: Selection) -> Iterator[bytes]:
    from geo.formats import xlsx_book

    return xlsx_book.write(selection)


def _write_gpkg(selection: Selection) -> Iterator[bytes]:
    from geo.formats import gpkg_layers

    return gpkg_layers.write(selection)


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("csv", "text/csv; charset=utf-8; header=present", "CSV", 100_000, csv_table.write),
        Format(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "Excel",
            20_000,  # which takes most of a minute
            _write_xlsx,
        ),
        Format("gpkg", "application/geopackage+sqlite3", "GeoPackage", 100_000, _write_gpkg),
    )
}
