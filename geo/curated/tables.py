"""Tables beside the records: JSON lists whose entries have one form."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from geo.errors import DataFileError
from geo.records.refused import refused_faults

MOST_FAULTS = 5

T = TypeVar("T", bound=BaseModel)


def read_table(file: Path, form: type[T], rule: str) -> list[T]:
    """Return the entries of a file; raises DataFileError, with `rule` where it is no list of such entries."""
    try:
        return TypeAdapter(list[form]).validate_python(orjson.loads(file.read_bytes()))  # type: ignore[valid-type]
    except orjson.JSONDecodeError as error:
        raise DataFileError("json-malformed", file=str(file), reason=str(error)) from error
    except ValidationError as error:
        raise DataFileError(rule, refused_faults(error)[:MOST_FAULTS], file=str(file)) from error
