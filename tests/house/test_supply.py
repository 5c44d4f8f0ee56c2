"""The bill of materials has all that is delivered, and an audit that could not ask never says that all is well."""

import json
import re

import pytest
from conftest import ROOT
from supply import Verdict, npm_components, of_npm, of_python, told, vendored


def test_every_library_that_browsers_load_is_on_the_bill_with_its_hash():
    declared = set(json.loads((ROOT / "package.json").read_text())["dependencies"])
    assert declared <= set(vendored())
    for each in npm_components():
        assert re.fullmatch(r"pkg:npm/(%40[\w.-]+/)?[\w.-]+@\d+\.\d+\.\d+(-[\w.]+)?", each["purl"]), each["purl"]
        assert re.fullmatch(r"[0-9a-f]{128}", each["hashes"][0]["content"])
        assert "SHA-512" == each["hashes"][0]["alg"]


ASKED = {"name": "numpy", "version": "2.0", "vulns": []}
FAULTY = {"name": "numpy", "version": "2.0", "vulns": [{"id": "PYSEC-1"}]}
SKIPPED = {"name": "numpy", "version": "2.0", "skip_reason": "not found on PyPI"}


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (of_python("a.lock", {"dependencies": [ASKED]}), None),
        (of_python("a.lock", {"dependencies": [FAULTY]}), "a.lock: numpy 2.0: PYSEC-1"),
        (of_python("a.lock", {"dependencies": [ASKED, SKIPPED]}), "NOT AUDITED"),
        (of_npm({"vulnerabilities": {}}), None),
        (of_npm({"vulnerabilities": {"leaflet": {"severity": "high"}}}), "package-lock.json: leaflet: high"),
        (of_npm({"message": "405 Method Not Allowed", "error": {}}), "405 Method Not Allowed"),
        (of_npm({}), "NOT AUDITED"),
        (Verdict([], [f"a.lock: number {n}" for n in range(9)]), "and 4 more"),
    ],
)
def test_an_audit_is_well_only_where_all_were_asked_about_and_none_has_a_fault(verdict, says):
    assert told(verdict) is None if says is None else says in told(verdict)
