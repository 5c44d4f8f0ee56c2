"""The few records that have changed last, as a table of which nothing is made that nobody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from geo import dates
from geo.indexed import Indexed
from geo.memory.block import OfRecords
from geo.memory.fields import BETWEEN, shown_as
from geo.memory.rows import Rows
from geo.memory.table import Table


class Recent(Table):
    """Answers of what nearly all are asked from the records themselves."""

    def __init__(self, records: Sequence[Indexed]) -> None:
        by_id = {record.id: record for record in records}
        ids = sorted(by_id)
        self._records = [by_id[each] for each in ids]
        self._rows = dict(zip(ids, range(len(ids)), strict=True))
        super().__init__(OfRecords(self._records), len(ids))

    def row(self, project_id: str) -> int | None:
        return self._rows.get(project_id)

    def id_of(self, row: int) -> str:
        return self._records[row].id

    def revision(self, row: int) -> int:
        return self._records[row].revision

    def feature(self, row: int) -> bytes:
        record = self._records[row]
        return shown_as(record, is_stale=dates.today().toordinal() >= record.stale_from)

    def runs(self, rows: Rows) -> list[bytes | memoryview]:
        return [self.feature(row) + BETWEEN for row in rows.tolist()]

    def links_to(self, project_id: str) -> list[tuple[str, int]]:
        return [(kind, row) for kind, row, target in self._all_links if target == project_id]

    @cached_property
    def _all_links(self) -> list[tuple[str, int, str]]:
        linking = ((row, record.links) for row, record in enumerate(self._records) if record.links)
        return [(kind, row, target) for row, links in linking for kind, target in links]
