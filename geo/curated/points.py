"""Where other datasets place a project: `data/dataset_points.json`, kept by every import."""

from __future__ import annotations

from pathlib import Path

import orjson

from geo.curated.files import within
from geo.errors import DataFileError
from geo.paths import data_folder

FILE = "dataset_points.json"

DatasetPoints = dict[str, tuple[float, float]]


def read_dataset_points(folder: Path | None = None) -> DatasetPoints:
    """Return longitude and latitude (WGS 84) by `dataset:identifier`, of a data folder (the curated one by default).

    Empty where the file is missing; raises DataFileError where it is no such table.
    """
    file = within(folder or data_folder(), FILE)
    if not file.exists():
        return {}
    try:
        return {name: (float(x), float(y)) for name, (x, y) in orjson.loads(file.read_bytes()).items()}
    except orjson.JSONDecodeError as error:
        raise DataFileError("json-malformed", file=str(file), reason=str(error)) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise DataFileError("not-points", file=str(file)) from error


def points_text(points: DatasetPoints) -> str:
    """Return the points as JSON, one a line, in the order of their names."""
    lines = [f'"{name}": [{x!r}, {y!r}]' for name, (x, y) in sorted(points.items())]
    return "{\n" + ",\n".join(lines) + "\n}\n"
