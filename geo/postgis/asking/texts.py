"""Which of all texts match a pattern: looked up, where they are few, so that an index finds their rows."""

from __future__ import annotations

from psycopg import Connection

from geo.operands import Operand, unfolded
from geo.patterns import fixed_parts
from geo.postgis.asking.operands import folding_name, is_foldable
from geo.postgis.asking.patterns import like_of
from geo.postgis.asking.sql import Sql, sql

_LEAST = 3  # letters that an index of threes of letters finds texts by
_MOST = 5_000  # texts that rows are found by; of more each row is looked at


class Texts:
    """All texts of records, as they are at one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def matching(self, operand: Operand, pattern: str) -> tuple[str, list[str]] | None:
        """Return the column of an operand, and those texts that match; None where no index says which they are."""
        column, foldings = unfolded(operand)
        if column is None or not is_foldable(column) or max(map(len, fixed_parts(pattern)), default=0) < _LEAST:
            return None
        name = Sql(folding_name(foldings) or "text")
        asked = sql("SELECT text FROM catalog_texts WHERE {} LIKE {} LIMIT {}", name, like_of(pattern), _MOST + 1)
        texts = [text for (text,) in asked.run(self._connection)]
        return None if len(texts) > _MOST else (column, texts)
