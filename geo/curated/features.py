"""The features of a GeoJSON text, one at a time: neither its size nor their number takes memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from geo.errors import DataFileError, NotJson
from geo.records.geometry import crs_errors
from geo.strict_json import read_value

MOST_CHARACTERS = 16 * 2**20  # of a feature, or of another member of the document
_PIECE = 2**20
_SLACK = 16  # so near the end of what is read a number or a word may go on, and an error may come of that
_BLANKS = re.compile(r"[ \t\n\r]*")


def features_of(file: BinaryIO, name: str) -> Iterator[Any]:
    """Yield the features of a FeatureCollection, or a Feature, as they are read; raises DataFileError.

    What is wrong behind a feature is raised after it was given.
    """
    try:
        yield from _features(_Text(file, name), name)
    except NotJson as error:
        raise DataFileError(error.rule, file=name, **error.values) from error


def _features(text: _Text, name: str) -> Iterator[Any]:
    document: dict[str, Any] = {}
    has_features = False
    for member in _members(text):
        if member in document or (has_features and member == "features"):
            raise NotJson("json-name-twice", name=member[:100])
        if member == "features" and document.get("type") != "Feature" and text.following() == "[":
            has_features = True
            _check_crs(document, name)
            yield from _items(text)
        else:
            document[member] = text.value()
    if document.get("type") == "Feature" and not has_features:
        yield document
    elif not has_features or document.get("type") == "Feature":
        raise DataFileError("not-a-collection", file=name)
    else:
        _check_crs(document, name)


def _check_crs(document: dict[str, Any], name: str) -> None:
    for each in crs_errors(document):
        raise DataFileError(each.rule, file=name, **each.values)


def _members(text: _Text) -> Iterator[str]:
    """Yield the names of the document's members; whoever asks has read a member's value before asking for the next."""
    if text.following() != "{":
        text.value()
        text.end()
        return
    text.take("{")
    while text.following() != "}":
        member = text.value()
        if not isinstance(member, str):
            raise text.malformed()
        text.take(":")
        yield member
        text.part("}")
    text.take("}")
    text.end()


def _items(text: _Text) -> Iterator[Any]:
    text.take("[")
    while text.following() != "]":
        yield text.value()
        text.part("]")
    text.take("]")


class _Text:
    """A text of which as much is held as one value needs."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._held, self._at = "", 0
        self._line, self._is_whole = 1, False

    def following(self) -> str:
        """Return the next character that is no blank; "" at the end."""
        while True:
            self._at = _BLANKS.match(self._held, self._at).end()  # type: ignore[union-attr]  # it matches nothing, too
            if self._at < len(self._held) or self._is_whole:
                return self._held[self._at : self._at + 1]
            self._read_on()

    def take(self, character: str) -> None:
        """Go behind a character that has to follow."""
        if self.following() != character:
            raise self.malformed(f"'{character}' expected")
        self._at += 1

    def part(self, last: str) -> None:
        """Go behind the comma that has to follow, with something behind it, unless the last character follows."""
        if self.following() != last:
            self.take(",")
            if self.following() == last:
                raise self.malformed()

    def end(self) -> None:
        """Make sure that nothing more follows."""
        if self.following():
            raise self.malformed()

    def value(self) -> Any:
        """Return the value that follows, and go behind it."""
        self.following()
        while True:
            try:
                value, end = read_value(self._held, self._at)
                if self._is_whole or end < len(self._held) - _SLACK:
                    self._at = end
                    return value
            except json.JSONDecodeError as error:
                if self._is_whole or not self._may_go_on(error):
                    raise self.malformed(error.msg, error.pos) from None
            self._read_on()

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        return error.pos > len(self._held) - _SLACK or error.msg.startswith("Unterminated string")

    def _read_on(self) -> None:
        """Read as much again as is held, and forget what lies behind."""
        if len(self._held) - self._at > MOST_CHARACTERS:
            raise DataFileError("feature-too-large", file=self._name, mib=MOST_CHARACTERS // 2**20)
        self._line += self._held.count("\n", 0, self._at)
        piece = self._file.read(max(_PIECE, len(self._held) - self._at))
        try:
            self._held, self._at = self._held[self._at :] + self._decoder.decode(piece, final=not piece), 0
        except UnicodeDecodeError as error:
            raise self.malformed(str(error)) from None
        self._is_whole = not piece

    def malformed(self, reason: str = "unexpected character", at: int | None = None) -> NotJson:
        """Return the error of the place that has been reached, or of another one."""
        line = self._line + self._held.count("\n", 0, self._at if at is None else at)
        return NotJson("json-malformed", reason=f"{reason}: line {line}")
