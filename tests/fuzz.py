"""Feeds readers with what coverage-guided mutation makes: each input ends in an answer or in an error of ours.

    pip install atheris
    PYTHONPATH=.:tests python tests/fuzz.py record|changed|query|import SECONDS

Any other exception, and an input that takes longer than ten seconds, ends it with the input that did it.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import atheris

with atheris.instrument_imports(include=["geo", "api"]):
    from api import parameters
    from api.middleware import is_readable
    from geo.columns import PROJECTS
    from geo.editing import patched
    from geo.errors import LedgerError
    from geo.importing.merge import import_file
    from geo.importing.profile import Profile, read_profile
    from geo.records.parts import CLAIMS, Event, Properties, Source
    from geo.records.project import Project
    from geo.strict_json import read_json

import orjson
from made_up import made_up_feature
from starlette.datastructures import QueryParams

from api.routes.editing import _is_deeper

FIELDS = (*Properties.model_fields, *Event.model_fields, *Source.model_fields, "type", "coordinates", "geometry", "id")
WORDS = ("Point", "Polygon", "MultiPolygon", "BO", "site", "country", "status", "considered", "s1", "t", "GWh", "2024")
FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))
PROFILES = ("busch", "cim", "nrcan", "opennem")


def a_record(data: bytes) -> None:
    """Read a body as the API does: as a record, and as a patch of one."""
    document = read_json(data)
    if _is_deeper(document, 50):
        return
    with contextlib.suppress(LedgerError):
        Project.from_feature(document)
    if isinstance(document, dict):
        Project.from_feature(patched(made_up_feature(), document))


def a_changed_record(data: bytes) -> None:
    """Read a record of which parts are replaced by what the input says."""
    said = atheris.FuzzedDataProvider(data)
    feature = made_up_feature(**{name: [{}] for name in CLAIMS})
    for _ in range(said.ConsumeIntInRange(1, 6)):
        places = list(_places(feature))
        parts, name = places[said.ConsumeIntInRange(0, len(places) - 1)]
        parts[name] = _value(said, 3)
    Project.from_feature(feature)


def _places(parts: Any) -> Iterator[tuple[Any, Any]]:
    names = parts if isinstance(parts, dict) else range(len(parts)) if isinstance(parts, list) else ()
    for name in names:
        yield parts, name
        yield from _places(parts[name])


def _value(said: atheris.FuzzedDataProvider, depth: int) -> Any:
    kinds = 9 if depth else 6
    match said.ConsumeIntInRange(0, kinds):
        case 0 | 1:
            return said.ConsumeUnicodeNoSurrogates(30)
        case 2:
            return said.ConsumeInt(8)
        case 3:
            return said.ConsumeFloat()
        case 4:
            return (None, True, False)[said.ConsumeIntInRange(0, 2)]
        case 5:
            return said.PickValueInList(list(WORDS))
        case 6:
            return f"{said.ConsumeIntInRange(1700, 2300)}-{said.ConsumeIntInRange(0, 14):02}"
        case 7:
            return [_value(said, depth - 1) for _ in range(said.ConsumeIntInRange(0, 4))]
        case _:
            names = said.PickValueInList([list(WORDS), list(FIELDS)])
            return {said.PickValueInList(names): _value(said, depth - 1) for _ in range(said.ConsumeIntInRange(0, 4))}


def a_query(data: bytes) -> None:
    """Read a query as the API does."""
    if is_readable(data) and unquote_to_bytes(data):
        params = QueryParams(data.decode("latin-1"))
        with contextlib.suppress(LedgerError):
            parameters.read_events_query(params, 100)
        parameters.read_query(params, parameters.paged(PROJECTS), 100)


def an_import(data: bytes) -> None:
    """Read a file as each kind that import takes: as it comes, and as cells under the columns of a profile."""
    said = atheris.FuzzedDataProvider(data)
    profile = read_profile(said.PickValueInList(list(PROFILES)))
    columns = sorted(profile.columns)
    cells = [said.ConsumeUnicodeNoSurrogates(12) for _ in columns]
    rest = said.ConsumeBytes(2_000)
    with contextlib.suppress(LedgerError):
        _import(profile, ".json", orjson.dumps([dict(zip(columns, cells, strict=True))]))
    with contextlib.suppress(LedgerError):
        _import(profile, ".csv", (",".join(columns) + "\n" + ",".join(cells)).encode())
    _import(profile, (".csv", ".json", ".xlsx")[len(rest) % 3], rest)


def _import(profile: Profile, suffix: str, data: bytes) -> None:
    file = FOLDER / f"file{suffix}"
    file.write_bytes(data)
    import_file(profile, file, FOLDER)


READERS: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    "record": (a_record, [orjson.dumps(made_up_feature())]),
    "changed": (a_changed_record, [bytes(range(64))]),
    "query": (a_query, [b"bbox=-70,-30,-60,-10&datetime=2020/..&sortby=-name&q=salar&capacity=10/100&after=WyJhIl0"]),
    "import": (
        an_import,
        [b"\x00Country,Deposit Name\nBolivia,Uyuni\n", b'\x01[{"name": "a", "minerals": ["Lithium"]}]'],
    ),
}


def main() -> None:
    reader, seeds = READERS[sys.argv[1]]
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed)
    (FOLDER / "projects").mkdir()

    def one(data: bytes) -> None:
        with contextlib.suppress(LedgerError):
            reader(data)

    atheris.Setup([sys.argv[0], str(corpus), f"-max_total_time={sys.argv[2]}", "-timeout=10", "-max_len=4096"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
