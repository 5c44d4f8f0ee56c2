"""Which records may be the one that somebody describes: candidates, for whoever then measures how alike they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from geo.answers.likely import LEAST_SHARED, MOST_OF_A_WORD, MOST_RESEMBLING, NEAR, resemble, words_of
from geo.catalog import Described
from geo.postgis.answering.beside import around
from geo.postgis.answering.features import features_of
from geo.postgis.asking.sql import FALSE, TRUE, Sql, sql

_LETTERS = 3  # that stand together; of another script, whose letters say more, one fewer
_LONGEST = 200  # letters: no word of a record has more


def candidates(connection: Connection[Any], described: Described, limit: int) -> list[bytes]:
    """Return features of the records that have most of the telling words, or are near, the likeliest first."""
    asked = [word for word in words_of(described) if len(word) <= _LONGEST and "\0" not in word]
    lists = ["\n".join(found) for found in _resembling(connection, asked) if found]
    if not lists and described.point is None:
        return []
    inside = TRUE if described.country is None else sql("country = {}", described.country)
    likeliest = sql(_LIKELIEST, lists, inside, MOST_OF_A_WORD + 1, MOST_OF_A_WORD, _near(described), limit)
    ids = [record_id for (record_id,) in likeliest.run(connection)]
    features = features_of(connection, ids)
    return [features[each] for each in ids]


def _near(described: Described) -> Sql:
    is_near = FALSE if described.point is None else around(described.point, described.km)
    return sql("SELECT id, {}::numeric FROM catalog_records AS r WHERE {}", NEAR, is_near)


# Sums of floating numbers would depend on their order.
_LIKELIEST = """
WITH holders AS MATERIALIZED (
  SELECT place, id FROM unnest({}::text[]) WITH ORDINALITY AS told (them, place) CROSS JOIN LATERAL
    (SELECT id FROM catalog_records WHERE words && string_to_array(them, E'\n') AND {} LIMIT {}) AS found
), weights AS (
  SELECT place, 1 / (1 + ln(count(*)::numeric)) AS weight FROM holders GROUP BY place HAVING count(*) <= {}
)
SELECT id FROM (SELECT id, weight FROM holders JOIN weights USING (place) UNION ALL {}) AS weighed
GROUP BY id ORDER BY sum(weight) DESC, id LIMIT {}
"""


def _resembling(connection: Connection[Any], words: Sequence[str]) -> list[list[str]]:
    """Return for each word which ones of any record begin so or are much the same."""
    pieces = [_pieces(word) for word in words]
    patterns = ["|".join(map(re.escape, each)) for each in pieces]
    asked = sql(_SHARING_PIECES, ["\n".join(each) for each in pieces], patterns, LEAST_SHARED, MOST_RESEMBLING)
    found = dict(asked.run(connection).fetchall())
    return [
        [other for other in found.get(place, ()) if resemble(word.encode(), other.encode())]
        for place, word in enumerate(words, 1)
    ]


def _pieces(word: str) -> list[str]:
    """Return the letters that stand together in a word, by which those much the same are found."""
    size = _LETTERS if word.isascii() else _LETTERS - 1
    return [word[at : at + size] for at in range(len(word) - size + 1)]


# The index knows which words match a pattern of three letters or three others.
_SHARING_PIECES = """
SELECT told.place, array_agg(word) FROM unnest({}::text[], {}::text[]) WITH ORDINALITY AS told(pieces, pattern, place)
CROSS JOIN LATERAL (
  SELECT word FROM catalog_words CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE strpos(word, piece) > 0) AS shared, count(*) AS number
    FROM unnest(string_to_array(told.pieces, E'\\n')) AS piece
  ) AS counted
  WHERE word ~ told.pattern AND shared * {} >= number ORDER BY shared DESC, word LIMIT {}
) AS found WHERE told.pattern <> '' GROUP BY told.place
"""
