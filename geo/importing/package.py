"""The parts of a workbook, looked through before anything opens it: how large they are, and what is in them.

A workbook is a ZIP file of XML parts (ECMA-376 part 2, Open Packaging Conventions), and all of it may be made to do
harm: parts that unpack to a thousand times their size, entities that grow, a row of millions of cells.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO, NamedTuple
from xml.parsers import expat

from geo.errors import DataFileError

MOST_UNPACKED = 64 * 2**20
MOST_RATIO = 200  # XML of a table is packed ten to thirty times; DEFLATE can pack a thousand times
MOST_PARTS = 1_000
MOST_ROWS = 1_048_576  # of a sheet, as Excel has it; and of its texts
MOST_CELLS = 1_000_000
MOST_OTHERS = 200_000  # elements of a part that are neither cells nor texts: styles, merged ranges, relations
MOST_COLUMNS = 500
MOST_TOKEN = 2**20  # bytes of one tag, comment or attribute
_SMALL = 2**20  # a part that stays below this may be packed as it likes
_PIECE = 2**16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # ECMA-376 part 2, annex B.4; LZMA could ask for gigabytes
_IN_CELLS = {"c", "v", "f", "is", "t", "r"}
_RANGE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})")


class Merged(NamedTuple):
    """A range of cells that is shown as one: its first and last row and column, from 1."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet(NamedTuple):
    """What a part of cells tells beside them: merged ranges, and the cells whose value is a formula's, as `B7`."""

    merged: list[Merged]
    formulas: set[str]


def look_through(file: Path) -> dict[str, Sheet]:
    """Return what each part of a workbook tells of its cells, by the part's name; raises DataFileError.

    How much a part unpacks to is bounded while it is unpacked, too: zipfile gives no more than the ZIP's list says.
    """
    try:
        with zipfile.ZipFile(file) as package:
            _check_sizes(file, package.infolist())
            return {part.filename: _look_at(file, package, part) for part in package.infolist()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise DataFileError("file-unreadable", file=str(file), reason=str(error)[:200]) from error


def _check_sizes(file: Path, parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise DataFileError("workbook-parts", file=str(file), most=MOST_PARTS)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise DataFileError("workbook-unpacked", file=str(file), mib=MOST_UNPACKED // 2**20)
    for part in parts:
        if part.file_size > max(_SMALL, MOST_RATIO * part.compress_size):
            raise DataFileError("workbook-ratio", file=str(file), most=MOST_RATIO)
        if part.compress_type not in _METHODS:
            raise DataFileError("workbook-method", file=str(file))


def _look_at(file: Path, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Sheet:
    looking = _Looking(file)
    with package.open(part) as content:
        looking.parse(content)
    return looking.sheet


class _Looking:
    """Goes through one part and keeps little of it; a part that is no XML, such as a picture, ends it."""

    def __init__(self, file: Path) -> None:
        self.sheet = Sheet([], set())
        self._file, self._cells, self._in_row, self._others, self._cell, self._last = file, 0, 0, 0, "", 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start

    def parse(self, content: IO[bytes]) -> None:
        fed = 0
        try:
            while piece := content.read(_PIECE):
                self._parser.Parse(piece)
                fed += len(piece)
                if fed - self._parser.CurrentByteIndex > MOST_TOKEN:
                    raise self._refuse("workbook-token", kib=MOST_TOKEN // 2**10)
        except expat.ExpatError:
            return  # openpyxl, which has the same parser, gets no further

    def _refuse(self, rule: str, **values: int) -> DataFileError:
        return DataFileError(rule, file=str(self._file), **values)

    def _doctype(self, *_: object) -> None:
        """A part declares no document type (ECMA-376 part 2, section 8.1.4), and so no entities."""
        raise self._refuse("workbook-entities")

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(" ")[2]
        if name in ("row", "si"):
            self._in_row = 0
            self._check_order(attributes.get("r", ""))
        elif name == "comment":
            self._in_row = 0
        elif name in _IN_CELLS:
            self._in_row += 1
        else:
            self._others += 1
        if name == "c":
            self._cells, self._cell = self._cells + 1, "" if attributes.get("t") == "str" else attributes.get("r", "")
        elif name == "f":
            self.sheet.formulas.add(self._cell)
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        self._check()

    def _check_order(self, number: str) -> None:
        """Check that a row comes after the one before: openpyxl would leave it out without a word."""
        last, self._last = self._last, int(number) if number.isdecimal() else self._last + 1
        if self._last <= last:
            raise self._refuse("workbook-rows", row=last)
        if self._last > MOST_ROWS:
            raise self._refuse("rows-too-many", most=MOST_ROWS)

    def _check(self) -> None:
        if self._cells > MOST_CELLS:
            raise self._refuse("cells-too-many", most=MOST_CELLS)
        if self._in_row > 10 * MOST_COLUMNS or self._others > MOST_OTHERS:
            raise self._refuse("workbook-elements")

    def _merge(self, ref: str) -> None:
        match = _RANGE.fullmatch(ref)
        if match:
            left, top, right, bottom = match.groups()
            right_most = min(_column(right), MOST_COLUMNS)
            self.sheet.merged.append(Merged(int(top), _column(left), int(bottom), right_most))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number
