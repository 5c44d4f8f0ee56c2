"""A publisher's file may be anybody's: it is read as what its name says or refused, within bounds, and alone."""

import contextlib
import json
import os
import struct
import subprocess
import sys
import zipfile

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up
from published import column, deposit, deposits, factories, factory, repacked

from api.commands.main import main
from api.commands.reports import report_text
from geo.curated.files import write_dataset
from geo.errors import DataFileError
from geo.importing.file import read_rows
from geo.importing.merge import import_file, write_import
from geo.importing.profile import Layer, read_profile

pytestmark = pytest.mark.slow

FOLDER_OF_ONE = [made_up("ca-elsewhere", name="Elsewhere", country="CA")]


@pytest.fixture
def folder(tmp_path):
    """A data folder with one record."""
    write_dataset(tmp_path / "data" / "projects", FOLDER_OF_ONE)
    return tmp_path / "data"


def refused(file, folder, profile="busch"):
    """What the command says of a file that it refuses."""
    shown = CliRunner().invoke(main, ["import", "--publisher", profile, "--into", str(folder), str(file)])
    assert (1, "", 1) == (shown.exit_code, shown.stdout, shown.stderr.count("refused"))
    return " ".join(shown.stderr.split())


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.json"])
def test_a_file_that_leads_to_others_is_refused_and_nobody_is_asked(tmp_path, folder, asked, name):
    address, paths = asked
    (tmp_path / name).write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="Deposits"><SrcDataSource>/vsicurl/{address}/a.csv</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    assert f"is XML, not {name[2:].upper()}" in refused(tmp_path / name, folder)
    assert [] == paths


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"\n<!DOCTYPE html><html><title>404</title></html>", "is HTML, not CSV"),
        (b"%PDF-1.7 \xe2\xe3", "is PDF, not CSV"),
        (b"PK\x03\x04" + bytes(100), "is XLSX, not CSV"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "is XLS, not CSV"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(tmp_path, folder, content, form):
    (tmp_path / "a.csv").write_bytes(content)
    assert form in refused(tmp_path / "a.csv", folder, "cim")


def sheet_of(xml, head=b"", encoding="utf-8"):
    """A part of a workbook with these cells."""
    name = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    whole = head + b"<worksheet " + name + b"><sheetData>" + xml + b"</sheetData></worksheet>"
    return lambda _: whole.decode().encode(encoding)


BOMB = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (lambda _: bytes(100 * 2**20), "unpacks to more than 64 MiB"),
        (lambda _: bytes(60 * 2**20), "more than 200 times"),
        (sheet_of(b"<row/>", BOMB), "document type"),
        (sheet_of(b"<row/>", BOMB, "utf-16"), "document type"),
        (sheet_of(b"<row/>", b'<!DOCTYPE a SYSTEM "/etc/passwd">'), "document type"),
        (sheet_of(b'<row r="1">' + b"<c/>" * 10_000 + b"</row>"), "a row of more cells"),
        (lambda xml: xml.replace(b'"6"', b'"99999999999"'), "more than 1048576 rows"),
        (sheet_of(b'<row r="5"><c r="A5" t="s"><v>99999</v></c></row>'), "cannot be read"),
        (sheet_of(b'<row r="x"/>'), "cannot be read"),
    ],
)
def test_a_workbook_made_to_do_harm_is_refused(tmp_path, folder, part, said):
    file = deposits(tmp_path / "a.xlsx", deposit())
    assert said in refused(repacked(file, part), folder)


@pytest.mark.slow
def test_a_million_cells_are_refused_before_they_are_held(tmp_path, folder):
    row = b"<row>" + b"<c><v>1</v></c>" * 400 + b"</row>"
    file = repacked(deposits(tmp_path / "a.xlsx"), sheet_of(row * 2_600), zipfile.ZIP_STORED)
    assert "has more than 1000000 cells" in refused(file, folder)


def lying(file, says):
    """Let a workbook's list of parts say that its sheet is smaller than it is."""
    content = bytearray(file.read_bytes())
    at = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert b"PK\x01\x02" == content[at : at + 4]
    struct.pack_into("<I", content, at + 24, says)
    file.write_bytes(content)
    return file


HOLD = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (1100 * 2**20, 1100 * 2**20))
from api.commands.main import main
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["a size that is a lie", "one cell of all that it may hold"])
def test_a_workbook_made_to_do_harm_takes_little_memory(tmp_path, folder, harm):
    """The process may have 1,100 MiB of addresses, of which it needs half to begin with: what took 10.9 GB once."""
    file = deposits(tmp_path / "a.xlsx", deposit())
    if harm == "a size that is a lie":
        lying(repacked(file, lambda _: bytes(700 * 2**20)), 1_000)
    else:
        cell = b'<row r="7"><c r="A7" t="inlineStr"><is><t>' + b"x" * (15 * 2**20) + b"</t></is></c></row></sheetData>"
        repacked(file, lambda xml: xml.replace(b"</sheetData>", cell), zipfile.ZIP_STORED)
    command = [sys.executable, "-c", HOLD, "import", "--publisher", "busch", "--into", str(folder), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (1, True) == (done.returncode, "refused" in done.stderr), done.stderr


# Columns and sheets


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path, folder):
    file = deposits(tmp_path / "a.xlsx", deposit(), change=lambda sheet: setattr(sheet, "title", "Lagerstätten"))
    assert "has no sheet Deposits; it has Lagerstätten, References" in refused(file, folder)


def test_columns_that_are_not_where_they_were_are_told(tmp_path, folder):
    moved = deposits(tmp_path / "a.xlsx", deposit(), above=5)
    assert "the names of its columns stand in line 6, not in line 5" in refused(moved, folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sign": ";"}, "parted by ';'"),
        ({"sign": "\t"}, "parted by 'TAB'"),
        ({"rename": {"Segment": "Segment "}}, "no column Segment; near is 'Segment ' (Segment). It has unique_id, "),
        ({"rename": {"Latitude": "latitude"}}, "no column Latitude; near is 'latitude' (Latitude)."),
        ({"rename": {"Segment": "Sector"}}, "has no column Segment; it has unique_id, "),
        ({"rename": {"State": "Segment"}}, "has the column Segment twice"),
        ({"encoding": "utf-16"}, "is not UTF-8 text; save it as UTF-8"),
        ({"encoding": "utf-16-le"}, "is not UTF-8 text; save it as UTF-8"),
        ({"encoding": "cp1252"}, "line 7 is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_a_table_that_does_not_fit_its_profile_is_refused(tmp_path, folder, change, said):
    file = factories(tmp_path / "a.csv", factory(Company="Société Élan"), **change)
    assert said in refused(file, folder, "cim")


@pytest.mark.parametrize("profile", ["busch", "cim", "cim_storage", "ga", "nrcan", "opennem", "repd"])
def test_every_column_that_a_profile_uses_is_asked_for(tmp_path, profile):
    """A table without one of them is refused; with all of them it is read."""
    used = read_profile(profile)
    for missing in used.columns:
        names = [name for name in used.columns if name != missing]
        (tmp_path / "a.csv").write_text(",".join(f'"{name}"' for name in names) + "\n" + "x," * len(names))
        with pytest.raises(DataFileError) as raised:
            read_rows(tmp_path / "a.csv", Layer(), used.columns)
        assert ("columns-missing", (missing,)) == (raised.value.rule, raised.value.values["missing"])


WIDTH = len(factory())


@pytest.mark.parametrize(
    "line",
    ["M.2,Manufacturing", "M.2," + "x," * 40 + "x", "M.2," + "," * (WIDTH - 1), "M.2" + "," * (WIDTH - 2)],
    ids=["too few", "too many", "one too many, of which the last are empty", "one too few, of which the last are"],
)
def test_a_row_of_too_few_or_too_many_cells_is_left_out_and_told(tmp_path, folder, line):
    file = factories(tmp_path / "a.csv", factory())
    file.write_text(f"{file.read_text()}{line}\n")
    report = import_file(read_profile("cim"), file, folder)
    assert ["us-acme-durant"] == [made.id for made in report.created]
    assert "row 8 has " in str(report.left_out[0][1])


def test_an_unquoted_comma_in_a_row_that_ends_in_blanks_moves_no_cell(tmp_path):
    (tmp_path / "a.csv").write_text("a,b,c,d\n1,2,3,\n1,2,5,3,\n1,2,3,4\n")
    rows = read_rows(tmp_path / "a.csv", Layer(), ("a", "c"))
    assert [None, "row 3 has 5 cells", None] == [str(row.fault)[:17] if row.fault else None for row in rows]


def test_a_quote_left_open_swallows_no_row_in_silence(tmp_path):
    (tmp_path / "a.csv").write_text('a,b\n1,"x\n2,y\n3,z"\n4,"two\nlines"\n')
    rows = read_rows(tmp_path / "a.csv", Layer(), ("a", "b"))
    assert ["cell-of-rows", None] == [row.fault and row.fault.rule for row in rows]
    assert {"a": "4", "b": "two lines"} == rows[1].cells


def test_a_file_of_which_no_row_fits_is_refused_where_some_are_known(tmp_path, folder):
    file = factories(tmp_path / "a.csv", factory())
    write_import(import_file(read_profile("cim"), file, folder), folder)
    file.write_text(file.read_text().replace("unique_id,", "", 1).replace("Company,", "unique_id,Company,", 1))
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:-1], f"x,{lines[-1]}"]))
    said = refused(file, folder, "cim")
    assert "none of its 1 rows can be read, though 1 are known" in said
    assert "The first: row 7 has" in said


@pytest.mark.parametrize("harm", ["a device", "a pipe", "a folder"])
def test_what_is_no_regular_file_is_refused_before_it_is_read(tmp_path, folder, harm):
    file = tmp_path / "a.csv"
    match harm:
        case "a device":
            file.symlink_to("/dev/zero")
        case "a pipe":
            os.mkfifo(file)
        case _:
            file.mkdir()
    with pytest.raises(DataFileError) as raised:
        import_file(read_profile("cim"), file, folder)
    assert "file-not-regular" == raised.value.rule


@pytest.mark.parametrize("name", ["projects", "decisions.json", "dataset_points.json"])
def test_a_part_of_the_folder_that_leads_out_of_it_is_neither_read_nor_written(tmp_path, folder, name):
    (folder / "decisions.json").write_text("[]")
    (folder / "dataset_points.json").write_text("{}")
    file = factories(tmp_path / "a.csv", factory())
    report = import_file(read_profile("cim"), file, folder)
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    assert "is no plain file of this folder" in refused(file, folder, "cim")
    if name != "decisions.json":  # which is only read
        with pytest.raises(DataFileError):
            write_import(report, folder)
    assert (folder / name).is_symlink()


# As much as it takes


def test_one_text_in_many_cells_is_held_once(tmp_path):
    entry = {"a": "x" * 30_000, "each": [{"b": "1"}, {"b": "2"}]}
    (tmp_path / "a.json").write_text(json.dumps([entry, entry]))
    rows = read_rows(tmp_path / "a.json", Layer(each="each"), ("a",))
    assert (4, 1) == (len(rows), len({id(row.cells["a"]) for row in rows}))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.xlsx", "a.json"])
def test_a_small_file_of_one_text_in_each_row_is_refused_and_takes_little_memory(tmp_path, folder, name):
    file, text, profile = tmp_path / name, "x" * 32_000, "busch"
    if name == "a.xlsx":
        with xlsxwriter.Workbook(file) as book:  # which writes a text once
            sheet = book.add_worksheet("Deposits")
            for at in range(4, 4_004):
                sheet.write_row(at, 0, deposit(Country=text).values() if at > 4 else deposit())
    else:
        profile = "opennem"
        used = dict.fromkeys(read_profile(profile).columns, "")
        entry = {column: text for column in used if "." not in column}
        file.write_text(json.dumps([{**entry, "facilities": [{"code": str(at)} for at in range(20_000)]}]))
    assert 3 * 2**20 > file.stat().st_size
    command = [sys.executable, "-c", HOLD, "import", "--publisher", profile, "--into", str(folder), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (1, True) == (done.returncode, "more than 67108864 characters" in " ".join(done.stderr.split())), done.stderr


# Workbooks as spreadsheets write them


def imported(tmp_path, folder, *rows, change=None):
    return import_file(read_profile("busch"), deposits(tmp_path / "a.xlsx", *rows, change=change), folder)


def test_a_merged_cell_says_the_same_of_all_its_rows(tmp_path, folder):
    def merge(sheet):
        sheet.merge_cells(start_row=6, end_row=8, start_column=column("Country"), end_column=column("Country"))

    rows = [deposit(**{"Deposit Name": name, "Latitude": 50 + at}) for at, name in enumerate(["Una", "Duo", "Tria"])]
    report = imported(tmp_path, folder, *rows, change=merge)
    assert {"CA"} == {made.properties.country for made in report.created}
    assert 3 == len(report.created)


def test_a_formula_has_the_value_that_was_saved_and_is_told_where_none_was(tmp_path, folder):
    report = imported(tmp_path, folder, deposit(**{"Resource Li ktons": "=1+1"}))
    (unread,) = report.unread
    assert ("cell-unreckoned", 6, "Resource Li ktons") == (unread.rule, unread.values["row"], unread.values["column"])
    assert [] == report.created[0].properties.resource
    saved = repacked(
        tmp_path / "a.xlsx", lambda xml: xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    )
    report = import_file(read_profile("busch"), saved, folder)
    assert ([], 2_000) == (report.unread, report.created[0].properties.resource[0].tonnes)


def test_an_error_of_the_spreadsheet_is_no_name(tmp_path, folder):
    report = imported(tmp_path, folder, deposit(**{"Deposit Name": "#REF!"}), deposit())
    assert ["ca-rose"] == [made.id for made in report.created]
    assert [("cell-of-error", "#REF!")] == [(each.rule, each.values["cell"]) for each in report.unread]


@pytest.mark.parametrize(
    ("form", "date"),
    [
        ("yyyy-mm-dd", "2024-05-06"),
        ("d.m.yy", "2024-05-06"),
        ("mmm yyyy", "2024-05"),
        ("[$-409]mmmm\\ yy;@", "2024-05"),
        ("yyyy", "2024"),
        ("d/m/yy h:mm", "2024-05-06"),
        ("yyyy h:mm", "2024"),
        ("mmm", "2024-05"),
        ("d-mmm", "2024-05-06"),
        ("h:mm", "12:00:00"),
        ("[h]:mm", "1090044:00"),
    ],
)
def test_a_date_of_a_workbook_is_a_date_as_exact_as_it_is_shown(tmp_path, form, date):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([45418.5, 45418])
    book.active["A2"].number_format = form
    book.save(tmp_path / "a.xlsx")
    (row,) = read_rows(tmp_path / "a.xlsx", Layer(), ("a", "b"))
    assert {"a": date, "b": "45418"} == row.cells


def test_cells_beyond_the_header_are_told(tmp_path):
    book = openpyxl.Workbook()
    for cells in (["a", "b"], ["1", "2"], [None, "1", "2"], ["1", "2", *[None] * 40, "note", "more"]):
        book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    rows = read_rows(tmp_path / "a.xlsx", Layer(), ("a", "b"))
    told = [[(column, each.rule, each.cell) for column, each in row.unread.items()] for row in rows]
    assert [[], [("C", "cell-beside", "2")], [("AQ", "cell-beside", "note")]] == told
    assert {"a": "", "b": "1"} == rows[1].cells


def test_merged_ranges_that_overlap_are_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append(["1", "2"])
    book.save(tmp_path / "a.xlsx")
    ranges = b'<mergeCells count="2"><mergeCell ref="A2:SF3"/><mergeCell ref="B2:SF3"/></mergeCells>'
    repacked(tmp_path / "a.xlsx", lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + ranges))
    with pytest.raises(DataFileError, match="more styles and ranges"):
        read_rows(tmp_path / "a.xlsx", Layer(), ("a", "b"))


# Whatever comes

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=15,
)
QUIET = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def comes_to_a_report(file, folder, profile):
    """An import gives a report, or one error that says which file and what of it."""
    with contextlib.suppress(DataFileError):
        report = import_file(read_profile(profile), file, folder)
        assert all(str(reason) for _, reason in report.left_out)
        assert report_text(report)


@QUIET
@given(document=ANY_JSON)
def test_any_json_comes_to_a_report_or_a_sentence(tmp_path, folder, document):
    (tmp_path / "a.json").write_text(json.dumps(document))
    comes_to_a_report(tmp_path / "a.json", folder, "nrcan")
    comes_to_a_report(tmp_path / "a.json", folder, "opennem")


CELLS = st.text(max_size=12) | st.sampled_from(
    [
        "Q3 2026",
        "45418",
        "1,200",
        "3_3.9",
        "1e999",
        "-1",
        "nan",
        "inf",
        "٣",
        "9" * 400,
        "\x1b[2J",
        "=1+1",
        "2024-13",
        "0000",
        "\ud7ff",
    ]
)


@QUIET
@given(cells=st.dictionaries(st.sampled_from(sorted(factory())), CELLS))
def test_a_row_with_any_cells_comes_to_a_report(tmp_path, folder, cells):
    comes_to_a_report(factories(tmp_path / "a.csv", factory(**cells), factory(unique_id="M.2")), folder, "cim")


@QUIET
@given(cells=st.dictionaries(st.sampled_from(sorted(set(read_profile("nrcan").columns))), ANY_JSON))
def test_an_entry_with_any_members_comes_to_a_report(tmp_path, folder, cells):
    usual = {"minerals": ["Lithium"], "name": "A", "nrcanObjectId": 7, "latitude": 52, "longitude": -76}
    rest = dict.fromkeys(read_profile("nrcan").columns, "") | {"operationGroup": "Advanced exploration project"}
    (tmp_path / "a.json").write_text(json.dumps([{**rest, **usual, **cells}]))
    comes_to_a_report(tmp_path / "a.json", folder, "nrcan")


@QUIET
@given(text=st.text(alphabet='a,b";\n\r\t\0é', max_size=60))
def test_any_text_comes_to_rows_or_a_sentence(tmp_path, text):
    (tmp_path / "a.csv").write_bytes(b"a,b\n" + text.encode())
    with contextlib.suppress(DataFileError):
        rows = read_rows(tmp_path / "a.csv", Layer(), ("a", "b"))
        assert all({"a", "b"} == set(row.cells) for row in rows)


@QUIET
@given(at=st.integers(0, 5_000), to=st.binary(min_size=1, max_size=4))
def test_a_damaged_workbook_comes_to_a_report_or_a_sentence(tmp_path, folder, at, to):
    file = deposits(tmp_path / "whole.xlsx", deposit())
    content = bytearray(file.read_bytes())
    content[at % len(content) : at % len(content) + len(to)] = to
    (tmp_path / "a.xlsx").write_bytes(content)
    comes_to_a_report(tmp_path / "a.xlsx", folder, "busch")


@QUIET
@given(
    tag=st.sampled_from([b"r=", b"t=", b"s=", b"<v>", b"<row", b"<c ", b"ref=", b"<mergeCell"]),
    to=st.text("<>&\"'rts1A= /v", max_size=6),
)
def test_a_workbook_with_odd_xml_comes_to_a_report_or_a_sentence(tmp_path, folder, tag, to):
    file = deposits(tmp_path / "a.xlsx", deposit(), change=lambda sheet: sheet.merge_cells("A6:A7"))
    repacked(file, lambda xml: xml.replace(tag, to.encode()))
    comes_to_a_report(file, folder, "busch")
