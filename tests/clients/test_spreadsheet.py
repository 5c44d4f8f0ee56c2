"""A spreadsheet program opens our files: numbers are numbers, and every letter is what it was."""

import subprocess
import urllib.request

import openpyxl
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.heavy]

NUMBERS = ("capacity_lce_t_per_year", "sources_count", "lon", "lat")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_libreoffice_reads_what_the_api_says(form, world, records, tmp_path, told):
    """It writes again what it has read; a CSV is read with what its dialogue proposes for ours: commas, and UTF-8."""
    told.need("soffice", did=f"opens {form}")
    urllib.request.urlretrieve(f"{world.url}/api/collections/projects/items?f={form}", tmp_path / f"given.{form}")
    home = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    filters = ["--infilter=CSV:44,34,76"] if form == "csv" else []
    words = ["soffice", "--headless", *filters, "--convert-to", "xlsx", "--outdir", "read", f"given.{form}"]
    subprocess.run(words, cwd=tmp_path, env=home, check=True, capture_output=True)
    head, *rows = openpyxl.load_workbook(tmp_path / "read" / "given.xlsx").worksheets[0].iter_rows(values_only=True)
    assert len(records) == len(rows)
    for row in rows:
        read = dict(zip(head, row, strict=True))
        record = records[read["id"]]
        assert record["properties"]["name"] == read["name"]
        assert all(read[name] is None or isinstance(read[name], int | float) for name in NUMBERS), read
        assert record["properties"]["capacity_lce_t_per_year"] == read["capacity_lce_t_per_year"]
    assert any(not row[head.index("name")].isascii() for row in rows)
    told.done("soffice", f"opens {form}", f"{len(rows)} records, numbers and letters as they were")
