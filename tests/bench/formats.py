"""Sizes, times and memory of a file of each format, beside plain geopandas that makes the same kind of file.

`PYTHONPATH=tests python -m bench.formats` makes records (`generate.py`), writes each format in a process of its own,
and puts the table into README.md; `--only-print` leaves that. Ours starts from the catalog's bytes, as an answer does,
and goes through them once; geopandas starts from the same bytes and has all of them in memory, without what is nested
and the columns that ours makes of it. Times are of CPU, all threads together. Memory is the most that the process
took; with everything imported and no record it is the last line.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from bench import generate
from bench.report import README, put_into
from taken_away import ABOUT, ORIGIN, reference

from geo.formats.registry import FORMATS
from geo.formats.selection import Selection
from geo.records.project import Project

ROOT = Path(__file__).resolve().parents[2]
_KEPT = {"revision": 1, "created": "2026-01-01T00:00:00.000Z", "updated": "2026-01-01T00:00:00.000Z"}
_DRIVERS = {"geojsonfile": "GeoJSON", "geojsonseq": "GeoJSONSeq", "gpkg": "GPKG", "fgb": "FlatGeobuf", "kml": "KML"}


@dataclass(frozen=True)
class Figures:
    """What one file took: seconds of CPU until its first byte and its last, and megabytes of file and of memory."""

    first: float
    seconds: float
    size: float
    memory: float


def main() -> None:
    """Measure, print, and put the table into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--formats", nargs="*", choices=[*FORMATS], default=[*FORMATS])
    parser.add_argument("--only-print", action="store_true", help="leave the README as it is")
    parser.add_argument("--one", nargs=3, metavar=("WHOSE", "FORMAT", "FILE"), help="measure one, and print it as JSON")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(asdict(_measured(given.one[0], given.one[1], given.one[2], given.records))))
        return
    lines = []
    for cells in _table(given.records, given.formats):
        lines.append(f"| {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    if not given.only_print:
        README.write_text(put_into(README.read_text(), "formats", "\n".join(lines)))


def _table(count: int, formats: list[str]) -> Iterator[list[str]]:
    yield ["format", "records", "first byte", "whole", "size", "memory", "geopandas: whole", "size", "memory", "ratio"]
    yield ["---"] * 10
    with tempfile.TemporaryDirectory(prefix="bench-formats-") as folder:
        file = Path(folder) / "records"
        _write_records(file, count)
        yield from (_row(file, name, min(count, FORMATS[name].most)) for name in formats)
        idle = _apart("ours", "geojsonseq", file, 0)
        yield ["(none)", "0", "", "", "", f"{idle.memory:.0f} MB", "", "", "", ""]


def _write_records(file: Path, count: int) -> None:
    """Write records a line, as the catalog answers them."""
    with file.open("wb") as out:
        for feature in generate.features(count):
            project = Project.from_feature(feature)
            stated = project.to_feature()
            answered = {**stated, "properties": {**stated["properties"], **project.derived(), **_KEPT}}
            out.write(orjson.dumps(answered) + b"\n")


def _row(file: Path, name: str, count: int) -> list[str]:
    ours, theirs = _apart("ours", name, file, count), _apart("geopandas", name, file, count)
    told = [f"{name}", f"{count:,}", f"{ours.first:.2f} s", *_told(ours)]
    if theirs is None:
        return [*told, "", "", "", ""]
    return [*told, *_told(theirs), f"{theirs.seconds / ours.seconds:.1f}x"]


def _told(figures: Figures) -> list[str]:
    return [f"{figures.seconds:.1f} s", f"{figures.size:.1f} MB", f"{figures.memory:.0f} MB"]


def _apart(whose: str, name: str, file: Path, count: int) -> Any:
    """Return what a process of its own measures; None where geopandas writes no such file."""
    if whose == "geopandas" and name not in _THEIRS:
        return None
    command = [sys.executable, "-m", "bench.formats", "--records", str(count), "--one", whose, name, str(file)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT / "tests", check=True, env={"PYTHONPATH": f"{ROOT}:."})
    return Figures(**json.loads(done.stdout))


def _measured(whose: str, name: str, file: str, count: int) -> Figures:
    for needed in ("geopandas", "pyarrow.parquet", "geo.formats.gdal_files"):
        importlib.import_module(needed)  # which is no part of the figures
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"out.{FORMATS[name].ending}"
        first = _ours(name, _lines(file, count), out, began) if whose == "ours" else 0.0
        if whose != "ours":
            _theirs(name, file, count, out)
        seconds = time.process_time() - began
        return Figures(first, seconds, out.stat().st_size / 1e6, _memory())


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _lines(file: str, count: int) -> Iterator[bytes]:
    with open(file, "rb") as lines:
        for _, line in zip(range(count), lines, strict=False):
            yield line[:-1]


def _ours(name: str, features: Iterator[bytes], file: Path, began: float) -> float:
    made = FORMATS[name].write(Selection(features, ORIGIN, ABOUT, reference))
    with file.open("wb") as out:
        out.write(next(made))
        first = time.process_time() - began
        out.writelines(made)
    return first


def _theirs(name: str, file: str, count: int, out: Path) -> None:
    """Write what somebody writes who knows geopandas, and has the records as features."""
    import geopandas

    features = [orjson.loads(line) for line in _lines(file, count)]
    for feature in features:
        feature["properties"] = {
            "id": feature["id"],
            **{key: value for key, value in feature["properties"].items() if not isinstance(value, list)},
        }
    frame = geopandas.GeoDataFrame.from_features(features, crs="OGC:CRS84")
    _THEIRS[name](frame, out)


def _with_driver(driver: str) -> Callable[[Any, Path], None]:
    return lambda frame, out: frame.to_file(out, driver=driver)


_THEIRS: dict[str, Callable[[Any, Path], None]] = {
    "csv": lambda frame, out: frame.drop(columns="geometry").to_csv(out, index=False),
    "xlsx": lambda frame, out: frame.drop(columns="geometry").to_excel(out, index=False, engine="xlsxwriter"),
    "parquet": lambda frame, out: frame.to_parquet(out, compression="zstd"),
    **{name: _with_driver(driver) for name, driver in _DRIVERS.items()},
}

if __name__ == "__main__":
    main()
