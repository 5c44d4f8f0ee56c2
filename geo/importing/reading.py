"""The cells of a row as what they can be read as. What stands in a cell and cannot be read is noted, never dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geo.faults import Fault, fault
from geo.importing.cells import date_of, number_of
from geo.importing.profile import Case, Profile, columns_in, fill
from geo.importing.table import FileRow, LeftOut, Row, shown


class Reading:
    """One row being read by its profile; `unread` has the cells that say something of which no claim comes."""

    def __init__(self, profile: Profile, row: FileRow, identifier: str) -> None:
        self.cells: Row = {**row.cells, "identifier": identifier}
        self.unread: list[Fault] = []
        self._profile, self._number, self._called = profile, row.number, f"{profile.dataset}:{identifier}"
        for column, each in row.unread.items():
            self._note(each.rule, column, each.cell)

    def says(self, column: str) -> str:
        """Return what a cell says: nothing where it is empty, or is what the profile says nothing by."""
        cell, pattern = self.cells.get(column, ""), self._profile.says_nothing.get(column)
        return "" if pattern is not None and re.fullmatch(pattern, cell, re.IGNORECASE) else cell

    def coordinate(self, column: str) -> float:
        """Return a coordinate; raises LeftOut where the cell is no number."""
        number = number_of(self.cells.get(column, ""))
        if number is None:
            cell = shown(self.cells.get(column, ""))
            raise LeftOut("cell-not-a-number", row=self._number, column=column, cell=cell)
        return number

    def amount(self, column: str) -> float | None:
        """Return a number above zero; zero says that there is none."""
        said = self.says(column)
        number = number_of(said)
        if said and (number is None or number < 0):
            self.note("cell-no-amount", column)
            return None
        return number or None

    def date(self, template: str) -> str | None:
        """Return the date that a template of columns comes to; None where one of them says nothing."""
        columns = columns_in(template)
        if not all(self.says(column) for column in columns):
            return None
        found = date_of(fill(template, self.cells), self._profile.date_form)
        if found is None:
            for column in columns:
                self.note("cell-no-date", column)
        return found

    def note(self, rule: str, column: str) -> None:
        """Note a cell that cannot be read."""
        self._note(rule, column, self.cells.get(column, ""))

    def _note(self, rule: str, column: str, cell: str) -> None:
        found = fault("", rule, "warning", row=self._number, column=column, cell=shown(cell))
        if found.of(self._called) not in self.unread:
            self.unread.append(found.of(self._called))

    def note_untaken(self, cases: Sequence[Case]) -> None:
        """Note the cells by which cases are told apart and that none of them has."""
        patterns: dict[str, list[str]] = {}
        for case in cases:
            for column, pattern in case.when.items():
                patterns.setdefault(column, []).append(pattern)
        for column, each in patterns.items():
            said = self.says(column)
            if said and not any(re.fullmatch(pattern, said, re.IGNORECASE) for pattern in each):
                self.note("cell-untaken", column)
