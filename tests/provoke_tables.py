"""What provokes each fault of tables that anybody imports."""

from __future__ import annotations

import contextlib
import zipfile
from unittest import mock

from conftest import copy_of
from made_up import made_up
from provoke import refused

from geo.bulk import reading
from geo.bulk.analysis import analyse
from geo.bulk.guessing import guess
from geo.bulk.lines import Asked
from geo.bulk.profile import Profile, checked
from geo.bulk.reading import read_table
from geo.bulk.writing import write
from geo.editing import Edit
from geo.errors import DataFileError, ImportRefused
from geo.opening import open_ledger

BULK = "name,kind,country,lat,lon,location_accuracy,source_addresses"
BULK_ROW = "Rose,cell_factory,BO,-17.4,-66.2,site,https://example.org/a"


def bulk_file(content, name="table.csv", asked=None, **stated):
    """Why a table of this content is refused, or everything that is told of its rows; `store` has records before."""

    def provoke(place):
        before = stated.pop("store", [])
        (place / name).write_bytes(content.encode() if isinstance(content, str) else content)
        with contextlib.closing(open_ledger(copy_of("empty", place / "store.gpkg")).store) as store:
            store.write(before)
            try:
                with contextlib.closing(read_table(place / name, asked or Asked())) as table:
                    guesses = guess(table.columns, table.rows())
                    profile = Profile(**{"columns": guesses.targets, **stated})
                    with contextlib.closing(analyse(table, profile, store)) as analysis:
                        found = [fault for each in analysis.outcomes() for fault in each.faults]
                        return [*found, *_not_taken(analysis, store)]
            except DataFileError as error:
                return [error, *error.faults]

    return provoke


def _not_taken(analysis, store):
    try:
        write(analysis, store, "test", "test")
    except ImportRefused as error:
        return [error]
    return []


def bulk_row(head="", cells="", times=1, **stated):
    """What is told of a good row with more columns, or with other cells by their columns in `stated`."""
    values = dict(zip(BULK.split(","), BULK_ROW.split(","), strict=True))
    changed = {name: stated.pop(name) for name in list(stated) if name in values}
    row = ",".join(f'"{cell}"' for cell in {**values, **changed}.values())
    return bulk_file("\n".join([BULK + head, *[row + cells] * times]), **stated)


def bulk_profile(**stated):
    """What is wrong with a profile."""

    def provoke(_):
        return refused(checked, Profile(**stated)).faults

    return provoke


def _layers(place, *names):
    import geopandas

    for name in names:
        frame = geopandas.GeoDataFrame({"a": [1]}, geometry=geopandas.points_from_xy([1], [2]), crs="EPSG:3857")
        frame.to_file(place / "made.gpkg", layer=name)
    return (place / "made.gpkg").read_bytes()


def layered(*names, **stated):
    """Why a GeoPackage with these layers is refused."""
    return lambda place: bulk_file(_layers(place, *names), "table.gpkg", **stated)(place)


def _of_many_parts(place):
    with zipfile.ZipFile(place / "made.zip", "w") as archive:
        for number in range(101):
            archive.writestr(str(number), b"")
    return bulk_file((place / "made.zip").read_bytes(), "table.zip")(place)


def _hungry(place):
    """A file whose reader is stopped before its last line."""
    with mock.patch.object(reading, "MOST_SECONDS", -1):
        return bulk_file(f"{BULK}\n{BULK_ROW}")(place)


def stored(*changes, **before):
    """Edits that make a record, and change it afterwards."""
    edits = [Edit("bo-made-up", made_up(**before), None, "test")]
    for number, stated in enumerate(changes, 1):
        edits.append(Edit("bo-made-up", None if stated is None else made_up(**stated), number, "test"))
    return edits


AREA = {"type": "Polygon", "coordinates": [[[-66, -17], [-65, -17], [-65, -16], [-66, -17]]]}
GEOJSON = '{"type": "FeatureCollection", "features": [%s]}'


def known(head, cells, *changes, **stated):
    """What is told of a row of a record that is there."""
    before = stated.pop("before", {})
    return bulk_file(f"id,{head}\nbo-made-up,{cells}", store=stored(*changes, **before), **stated)


def whole(place):
    """A record of ours in GeoJSON that somebody else changed in the same place."""
    import orjson

    feature = {**made_up(name="Ours").to_feature()}
    feature["properties"] = {**feature["properties"], "revision": 1}
    text = GEOJSON % orjson.dumps(feature).decode()
    return bulk_file(text, "table.geojson", store=stored({"name": "Theirs"}))(place)


REPAIRED = {
    "row-without-cell": lambda place: [
        *bulk_row(location_accuracy="")(place),
        *bulk_row(name="")(place),
    ],
    "cell-no-answer": bulk_row(",answer", ",perhaps"),
    "answer-of-which": bulk_row(",answer", ",same as nothing"),
    "row-said-same": bulk_file(f"{BULK},answer\n{BULK_ROW},\n{BULK_ROW.replace('Rose', 'Rose works')},same"),
    "repair-placeholders": bulk_row(",region", ",TBD"),
    "repair-decimal-comma": bulk_row(lat="-17,4"),
    "repair-thousands": bulk_row(",location_radius_km", ',"1,200"'),
    "repair-degrees-minutes-seconds": bulk_row(lat="17°24'S"),
    "repair-swapped-coordinates": bulk_row(lat="-66.2", lon="-17.4"),
    "repair-outside-country": bulk_row(lat="60.1"),
    "repair-quarters": bulk_row(",status_date", ",Q3 2025"),
    "repair-ranges": bulk_row(",capacity_gwh_per_year", ",10-20"),
    "repair-day-first": bulk_row(",status_date", ",13/06/2024"),
    "repair-month-first": bulk_row(",status_date", ",06/13/2024"),
    "repair-excel-dates": bulk_row(",status_date", ",45418"),
    "repair-empty-clears": known("name,region", "Made-up plant,", before={"region": "Potosí"}),
    "repair-empty-keeps": known("region", "", before={"region": "Potosí"}, repairs=("empty-keeps",)),
}


def merged(place):
    import openpyxl

    book = openpyxl.Workbook()
    for line in (BULK, BULK_ROW, BULK_ROW.replace("Rose", "Lily")):
        book.active.append(line.split(","))
    book.active.merge_cells("C2:C3")
    book.save(place / "made.xlsx")
    return bulk_file((place / "made.xlsx").read_bytes(), "table.xlsx")(place)


TABLES = {
    "text-not-in-encoding": [bulk_file(b"\xff\xfea", asked=Asked(encoding="utf-16"))],
    "encoding-unsure": [bulk_file(BULK.encode() + b"\nCa\xf1on")],
    "text-with-nul": [bulk_file("a,b\n1,\0\n")],
    "json-line": [bulk_file("{]\n", "table.geojsons")],
    "layer-not-named": [layered("a", asked=Asked(layer="b")), layered("a", "b")],
    "archive-parts": [_of_many_parts],
    "file-takes-too-much": [_hungry],
    "columns-absent": [bulk_row(columns={"nome": "name"})],
    "crs-not-wgs-84": [layered("a")],
    "bulk-profile-wrong": [lambda _: [refused(checked, Profile(crs="nowhere"))]],
    "rows-not-taken": [bulk_row(country="ZZ")],
    "target-unknown": [bulk_profile(columns={"a": "moon"})],
    "target-twice": [bulk_profile(columns={"a": "name", "b": "name"})],
    "repair-unknown": [bulk_profile(repairs=("all",))],
    "repairs-exclusive": [bulk_profile(repairs=("day-first", "month-first"))],
    "encoding-unknown": [bulk_profile(encoding="morse")],
    "crs-unreadable": [bulk_profile(crs="nowhere")],
    "cell-formula": [bulk_row(name="=1+2")],
    "cell-of-length": [bulk_row(name="x" * 40_000)],
    "row-without-source": [bulk_row(source_addresses="")],
    "coordinate-alone": [bulk_row(lat="")],
    "coordinates-projected": [bulk_row(lat="8072000", lon="190000")],
    "status-without-date": [bulk_row(",status", ",announced")],
    "capacity-not-taken": [bulk_row(",capacity", ",20")],
    "cell-no-code": [bulk_row(kind="volcano")],
    "cell-no-country": [bulk_row(country="ZZ")],
    "cell-no-address": [bulk_row(source_addresses="the web")],
    "place-is-area": [known("lat,lon", "-17.1,-66.1", before={"geometry": AREA})],
    "cell-derived": [known("segment", "refining")],
    "cell-emptied": [known("status,name", ",Made-up plant")],
    "cell-changed-since": [known("revision,name", "1,Ours", {"name": "Theirs"})],
    "part-changed-since": [whole],
    "claim-without-source": [known("status,status_date", "announced,2025")],
    "row-of-same-record": [bulk_file("id,name\nbo-made-up,Made-up plant\nbo-made-up,Other", store=stored())],
    "record-gone": [known("name", "Again", None)],
    "revision-unknown": [known("revision,name", "7,Again")],
    "row-twice": [bulk_row(times=2)],
    "name-too-often": [
        bulk_file(
            "\n".join([BULK, *(f"Rose,cell_factory,BO,{-17 - n / 20},-66.2,site,https://x.org" for n in range(51))]),
            doubtful="new",
        )
    ],
    "repair-merged-cells": [merged],
    **{rule: [provoke] for rule, provoke in REPAIRED.items()},
}
