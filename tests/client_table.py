"""What is told at the end of a run: figures, and what each real program did with the server."""

from __future__ import annotations

import pytest

COLUMNS = ("client", "version", "what was done", "result")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a line for each thing that a client did, for each that is not there, and for each figure of a test."""
    for figure in sorted(value for report in _reports(terminalreporter) for value in _figures(report)):
        terminalreporter.line(figure)
    rows = sorted(set(_done(terminalreporter)) | set(_missing(terminalreporter)))
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(COLUMNS, *rows, strict=True)]
    terminalreporter.section("clients")
    for row in (COLUMNS, *rows):
        terminalreporter.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _figures(report: pytest.TestReport) -> list[str]:
    return [str(value) for name, value in report.user_properties if name == "figure"]


def _done(reporter: pytest.TerminalReporter) -> list[tuple[str, ...]]:
    told = [
        (report, value) for report in _reports(reporter) for name, value in report.user_properties if name == "client"
    ]
    return [(*value[:3], value[3] if report.passed else "FAILED") for report, value in told]


def _missing(reporter: pytest.TerminalReporter) -> list[tuple[str, ...]]:
    told = [
        value for report in _reports(reporter, "skipped") for name, value in report.user_properties if name == "absent"
    ]
    return [(client, "", did, "not here") for client, did in told]


def _reports(reporter: pytest.TerminalReporter, *outcomes: str) -> list[pytest.TestReport]:
    """Return what ended so: the call of a test, or, of one that was skipped, its setting up too."""
    found = [each for outcome in outcomes or ("passed", "failed") for each in reporter.getreports(outcome)]
    return [each for each in found if isinstance(each, pytest.TestReport) and each.when != "teardown"]
