"""Publishers' files as they might come: workbooks and tables of made-up deposits and factories."""

import csv
import io
import zipfile

import openpyxl

from geo.importing.profile import read_profile


def deposit(**cells):
    """A row of the deposit database."""
    return dict.fromkeys(read_profile("busch").columns, "") | {
        "Country": "Canada",
        "Deposit Name": "Rose",
        "Latitude": 52.01,
        "Longitude": -76.13,
        "Resource Type": "Hard Rock",
        "Resource Detail": "Hard Rock",
        "Status": "Evaluation",
        "Status Detail": "Feasibility",
        "Resource Li ktons": 120.5,
        **cells,
    }


def factory(**cells):
    """A row of the list of factories."""
    return dict.fromkeys(read_profile("cim").columns, "") | {
        "unique_id": "M.1",
        "Segment": "Manufacturing",
        "Company": "Acme",
        "Technology": "Batteries",
        "Subcategory": "Cells",
        "Current_Facility_Status": "Announced",
        "State": "OK",
        "Address": "Durant, OK 74701",
        "Latitude": "33.9941",
        "Longitude": "-96.3707",
        "LatLon_Valid": "True",
        **cells,
    }


def deposits(file, *rows, above=4, change=None):
    """Write a workbook like the publisher's: a heading, the header in line 5, and the references."""
    book = openpyxl.Workbook()
    sheet, texts = book.active, book.create_sheet("References")
    sheet.title = "Deposits"
    for number in range(above):
        sheet.append([f"Heading {number}"])
    sheet.append(list(deposit()))
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row.values()])
    for line in [
        ["."],
        ["."],
        ["."],
        ["ID", "Link", "Author", "Year Publication"],
        [3, "https://example.org/study.pdf", "B", 2023],
    ]:
        texts.append(line)
    if change is not None:
        change(sheet)
    book.save(file)
    return file


def column(name):
    """The number of a column in that workbook."""
    return list(deposit()).index(name) + 1


def factories(file, *rows, sign=",", encoding="utf-8", rename=None):
    """Write a CSV like the publisher's, whose header is in line 6."""
    names = [(rename or {}).get(name, name) for name in factory()]
    text = io.StringIO("\n" * 5)
    text.seek(0, 2)
    table = csv.writer(text, delimiter=sign)
    table.writerow(names)
    table.writerows(row.values() for row in rows)
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def repacked(file, sheet, method=zipfile.ZIP_DEFLATED):
    """Write the first sheet of a workbook again, as a function of what it was."""
    with zipfile.ZipFile(file) as package:
        held = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(file, "w", method) as package:
        for name, content in held.items():
            package.writestr(name, sheet(content) if name.endswith("/sheet1.xml") else content)
    return file
