"""How a table is read, as a value that is saved and used again: its columns, what all rows share, and the consents."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from geo.bulk.lines import Asked
from geo.bulk.targets import taken_targets, targets
from geo.bulk.texts import ENCODINGS
from geo.errors import DataFileError
from geo.faults import Fault, fault
from geo.importing.cells import MOST_CHARACTERS, cell_text
from geo.records.parts import Source
from geo.records.refused import refused_faults

MOST_BYTES = 2**18

# What is repaired with consent alone, each a rule `repair-…` that says what it is.
REPAIRS = (
    "placeholders",
    "decimal-comma",
    "thousands",
    "degrees-minutes-seconds",
    "swapped-coordinates",
    "projected-coordinates",
    "outside-country",
    "quarters",
    "ranges",
    "day-first",
    "month-first",
    "excel-dates",
    "merged-cells",
    "empty-clears",
    "empty-keeps",
)
# Of each of these pairs one can be meant.
_EXCLUSIVE = (("decimal-comma", "thousands"), ("day-first", "month-first"), ("empty-clears", "empty-keeps"))


# As a cell of a table has it.
Cell = Annotated[str, Field(max_length=MOST_CHARACTERS), AfterValidator(cell_text)]


class Profile(BaseModel):
    """How a table is read.

    `columns` says what each column becomes (a target of `targets.toml`); `fixed` holds cells that every row has;
    `words` says, by target, what the words of this table mean that nobody else knows, as codes; `repairs` are those to
    which consent was given; `source` is that of the whole file, as the schema has it. `crs` is the system of its
    coordinates where they are not longitudes and latitudes, as pyproj names it. `doubtful` says what becomes of rows
    that look like a record.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, str] = Field(default={}, max_length=500)
    fixed: dict[str, Cell] = Field(default={}, max_length=100)
    words: dict[str, dict[str, str]] = Field(default={}, max_length=20)
    repairs: tuple[str, ...] = Field(default=(), max_length=50)
    source: dict[str, str] = Field(default={}, max_length=20)
    crs: str | None = Field(default=None, max_length=100)
    layer: str | None = Field(default=None, max_length=200)
    header: int | None = Field(default=None, ge=1, le=20)
    encoding: str | None = None
    doubtful: Literal["ask", "new"] = "ask"

    @property
    def asked(self) -> Asked:
        """What a reader of files is told."""
        return Asked(self.layer, self.header, self.encoding)


def checked(profile: Profile) -> Profile:
    """Return a profile that can be used; raises DataFileError with everything that is wrong with it."""
    found = [*_unknown(profile), *_source_faults(profile), *_crs_faults(profile)]
    if found:
        raise DataFileError("bulk-profile-wrong", found)
    return profile


def _unknown(profile: Profile) -> list[Fault]:
    known, taken = targets(), taken_targets()
    found = [
        fault(f"/columns/{column[:100]}", "target-unknown", target=target[:100], known=taken)
        for column, target in profile.columns.items()
        if target and target not in known
    ]
    found += [
        fault("/fixed", "target-unknown", target=target[:100], known=taken)
        for target in (*profile.fixed, *profile.words)
        if target not in known
    ]
    twice = [target for target in profile.columns.values() if target]
    found += [
        fault("/columns", "target-twice", target=target) for target in sorted({t for t in twice if twice.count(t) > 1})
    ]
    found += [
        fault("/repairs", "repair-unknown", repair=each[:100], known=REPAIRS)
        for each in profile.repairs
        if each not in REPAIRS
    ]
    found += [
        fault("/repairs", "repairs-exclusive", one=one, other=other)
        for one, other in _EXCLUSIVE
        if {one, other} <= set(profile.repairs)
    ]
    if profile.encoding is not None and profile.encoding not in ENCODINGS:
        found.append(fault("/encoding", "encoding-unknown", encoding=profile.encoding[:100], known=tuple(ENCODINGS)))
    return found


def _source_faults(profile: Profile) -> list[Fault]:
    if not profile.source:
        return []
    try:
        Source.model_validate({"title": profile.source.get("url", ""), **profile.source, "id": "s1"})
    except ValidationError as error:
        return refused_faults(error, "/source")
    return [] if profile.source.get("url") else [fault("/source/url", "source-without-address")]


def _crs_faults(profile: Profile) -> list[Fault]:
    if profile.crs is None:
        return []
    import pyproj

    try:
        pyproj.CRS.from_user_input(profile.crs)
    except pyproj.exceptions.CRSError:
        return [fault("/crs", "crs-unreadable", crs=profile.crs)]
    return []


def read_profile(path: Path) -> Profile:
    """Return the profile in a TOML file; raises DataFileError."""
    try:
        text = path.read_bytes()[: MOST_BYTES + 1]
    except OSError as error:
        raise DataFileError("file-unreadable", file=path.name, reason=str(error.strerror or error)) from error
    return profile_of(text, path.name)


def profile_of(text: bytes, name: str) -> Profile:
    """Return the profile that TOML text states; raises DataFileError."""
    if len(text) > MOST_BYTES:
        raise DataFileError("file-too-large", file=name, mib=1)
    try:
        return checked(Profile.model_validate(tomllib.loads(text.decode())))
    except ValidationError as error:
        raise DataFileError("bulk-profile-wrong", refused_faults(error)) from error
    except (ValueError, RecursionError) as error:  # of tomllib: no TOML, no UTF-8, a number of too many digits
        raise DataFileError("file-unreadable", file=name, reason=str(error)[:200]) from error


def profile_text(profile: Profile) -> str:
    """Return a profile as TOML (1.0.0)."""
    stated = profile.model_dump(exclude_defaults=True)
    plain = {name: value for name, value in stated.items() if not isinstance(value, dict)}
    tables = {name: value for name, value in stated.items() if isinstance(value, dict)}
    lines = [f"{name} = {_toml(value)}" for name, value in plain.items()]
    for name, table in tables.items():
        nested = {f"{name}.{_toml(key)}": value for key, value in table.items() if isinstance(value, dict)}
        for heading, values in nested.items() if nested else [(name, table)]:
            lines += ["", f"[{heading}]", *(f"{_toml(key)} = {_toml(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # A basic string of TOML has the escapes of JSON, and needs one more.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
