"""The rows that are asked: current records as they are, or as they were on a day."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from geo import dates
from geo.columns import PROJECTS
from geo.postgis.asking.sql import Sql, sql

RECORDS, STEPS = "r", "s"  # what the tables are called in every statement


@dataclass(frozen=True)
class Rows:
    """Records by what is known today, or as they were at the end of a day: then those that had begun."""

    as_of: dt.date | None = None

    def source(self, *, of: Sql) -> Sql:
        """Return what stands behind FROM in a statement that is made of a condition and what is selected."""
        if self.as_of is None:
            return Sql("catalog_records r")
        if not re.search(r"\br\.", of.text):
            return sql("(SELECT * FROM catalog_steps WHERE from_day <= {} AND until_day > {}) AS s", self.day, self.day)
        join = (
            "catalog_records r JOIN catalog_steps s "
            "ON s.shard = r.shard AND s.id = r.id AND s.from_day <= {} AND s.until_day > {}"
        )
        return sql(join, self.day, self.day)

    @property
    def id(self) -> Sql:
        """The id of a row, of the table that sorts by it."""
        return Sql("r.id" if self.as_of is None else "s.id")

    @property
    def day(self) -> int:
        """The ordinal of the day that is asked about, today by default."""
        return (self.as_of or dates.today()).toordinal()

    def column(self, name: str) -> Sql:
        """Return a column of the table of columns, but `status_stale`; or one that only our tables have."""
        return Sql(f"{self._table(name)}.{name}")

    def is_stale(self, *, wanted: bool = True) -> Sql:
        """Return whether the stage is stale, or is not."""
        return sql(f"{self._table('status')}.stale_from {'<=' if wanted else '>'} {{}}", self.day)

    def _table(self, name: str) -> str:
        column = name.removesuffix("_rank")
        is_dated = self.as_of is not None and column in PROJECTS and PROJECTS[column].dated
        return STEPS if is_dated else RECORDS
