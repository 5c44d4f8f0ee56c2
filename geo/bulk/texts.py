"""Separated values as a table, whatever separates them; its encoding is told, and never guessed at in silence."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from geo.bulk.headers import header_among
from geo.bulk.lines import LOOK_FOR_HEADER, Asked, RawRow, RawTable, Trouble
from geo.errors import DataFileError
from geo.importing.cells import MOST_CHARACTERS, cell_text
from geo.importing.text_table import MOST_CHARACTERS as MOST_OF_ROW

SEPARATORS = ",;\t|"
ENCODINGS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "windows-1252": "cp1252", "windows-1251": "cp1251",
             "iso-8859-1": "latin-1", "gb18030": "gb18030", "shift_jis": "cp932", "mac-roman": "mac_roman"}  # fmt: skip
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_LOOKED_AT = 2**16
# The apostrophe that our own files have where a spreadsheet could take a text for a formula (`geo.formats.cells`).
_HARMLESS = re.compile("(^|(?<=[;\t\r\n]))'(?=[ \u00a0]*[=+\\-@＝＋－＠]|[\t\r])")


def read_texts(path: Path, asked: Asked) -> RawTable:
    """Return the table in a file; raises DataFileError for text in no known encoding, and beyond bounds."""
    encoding = asked.encoding or _encoding(path)
    opened = path.open(newline="", encoding=ENCODINGS[encoding])
    try:
        head = opened.read(_LOOKED_AT)
        opened.seek(0)
    except UnicodeError as error:
        raise DataFileError("text-not-in-encoding", file=path.name, encoding=encoding) from error
    separator = separator_of(head)
    lines = _lines(_bounded(opened, path), separator, path, encoding)
    first = list(itertools.islice(lines, LOOK_FOR_HEADER))
    at = header_among([cells for _, cells in first], asked.header, path)
    columns = _trimmed([cell_text(cell) for cell in first[at][1]])
    about = {"separator": separator, "encoding": encoding, "header": first[at][0]}
    rows = _rows(itertools.chain(first[at + 1 :], lines), len(columns))
    return RawTable(columns, rows, about)


def _encoding(path: Path) -> str:
    """Return the encoding that a file is surely in: the one of its mark, or UTF-8.

    Raises DataFileError with the encoding that it may be in, which nothing in the file says.
    """
    with path.open("rb") as file:
        if (found := _MARKS.get(file.read(2))) is not None:
            return found
        file.seek(0)
        for number, line in enumerate(_byte_lines(file), 1):
            if b"\0" in line:
                raise DataFileError("text-with-nul", file=path.name, line=number)
            try:
                line.decode()
            except UnicodeDecodeError:
                raise DataFileError("encoding-unsure", file=path.name, line=number, may_be=_may_be(line)) from None
    return "utf-8"


def _byte_lines(file: io.BufferedReader) -> Iterator[bytes]:
    return iter(lambda: file.readline(MOST_OF_ROW), b"")


def _may_be(line: bytes) -> str:
    """Return the encoding in which a line has letters, and few signs: Cyrillic ones are all high bytes."""
    high = [byte for byte in line if byte > 127]
    cyrillic = sum(byte >= 0xC0 for byte in high)
    return (
        "windows-1251"
        if len(high) >= 6 and cyrillic > 0.9 * len(high) and len(high) > len(line) / 4
        else "windows-1252"
    )


def separator_of(head: str) -> str:
    """Return what parts the cells of the first lines: the sign that most of them have equally often."""
    lines = [line for line in head.splitlines()[:LOOK_FOR_HEADER] if line.strip()] or [""]

    def score(sign: str) -> tuple[int, int]:
        counts = [len(cells) for cells in csv.reader(lines, delimiter=sign)]
        width = max(counts, default=1)
        return (sum(count == width for count in counts) if width > 1 else 0, width)

    return max(SEPARATORS, key=score)


def _bounded(opened: io.TextIOWrapper, path: Path) -> Iterator[str]:
    with opened:
        number = 0
        while line := opened.readline(MOST_OF_ROW + 1):
            number += 1
            if len(line) > MOST_OF_ROW:
                raise DataFileError("row-too-long", file=path.name, line=number, most=MOST_OF_ROW)
            yield line


def _lines(text: Iterable[str], separator: str, path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of cells with the numbers of the rows as a spreadsheet shows them."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    csv.field_size_limit(MOST_OF_ROW)
    try:
        for number, cells in enumerate(reader, 1):
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise DataFileError("csv-malformed", file=path.name, line=reader.line_num, reason=str(error)) from error
    except UnicodeError as error:
        raise DataFileError("text-not-in-encoding", file=path.name, encoding=encoding) from error


def _rows(lines: Iterable[tuple[int, list[str]]], width: int) -> Iterator[RawRow]:
    for number, cells in lines:
        texts = [cell_text(_HARMLESS.sub("", cell)) for cell in cells]
        while len(texts) > width and not texts[-1]:
            texts.pop()
        troubles = list(_troubles(cells, texts, width))
        yield RawRow(number, [*texts[:width], *[""] * (width - len(texts))], troubles=troubles)


def _troubles(cells: list[str], texts: list[str], width: int) -> Iterator[Trouble]:
    if len(texts) != width:
        yield Trouble(-1, "row-of-other-length", str(len(texts)))
    for at, cell in enumerate(cells):
        if len(cell) > MOST_CHARACTERS:
            yield Trouble(at, "cell-of-length", cell[:100])
        elif cell.startswith(("=", "@")):
            yield Trouble(at, "cell-formula", cell[:100])
        elif "\n" in cell and width > 1 and any(line.count(",") >= width - 1 for line in cell.splitlines()[1:]):
            yield Trouble(-1, "cell-of-rows")


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells
