"""Which rows a filter means at one moment of the database."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from psycopg import Connection
from shapely.geometry.base import BaseGeometry

from geo.filter import Expression
from geo.postgis.asking.expressions import Conditions
from geo.postgis.asking.places import Places
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.sql import Sql, listed, sql
from geo.postgis.asking.texts import Texts
from geo.postgis.asking.words import WordsAsked


class Selection:
    """The rows that an expression means, as they were on a day; what it looks up is read when it is first used."""

    def __init__(
        self, connection: Connection, expression: Expression, as_of: dt.date | None, areas: dict[bytes, BaseGeometry]
    ) -> None:
        self.rows = Rows(as_of)
        self._connection, self._expression, self._areas = connection, expression, areas

    @cached_property
    def where(self) -> Sql:
        """The condition on rows."""
        texts, places = Texts(self._connection), Places(self._connection, self._areas)
        return Conditions(self.rows, texts, WordsAsked(self._connection, self.rows), places).of(self._expression)

    def select(self, what: Sql) -> Sql:
        """Return a statement that selects what is wanted of the rows: records are `r`, and of a day their steps `s`."""
        source = self.rows.source(of=listed([what, self.where]))
        return sql("SELECT {} FROM {} WHERE {}", what, source, self.where)
