"""Which rows have the words that somebody typed: by the words of all records, and by what codes are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from psycopg import Connection

from geo.postgis.asking.patterns import literal
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.sql import FALSE, TRUE, Sql, all_of, any_of, sql
from geo.wanted import Word, parts_of, words_of

_MOST = 1_000  # words that hold a piece of text; of more each row is looked at


class WordsAsked:
    """The words of all records, as they are at one moment."""

    def __init__(self, connection: Connection, rows: Rows) -> None:
        self._connection, self._rows = connection, rows

    def condition(self, typed: str) -> Sql:
        """Return which rows have all words of any part; a question without a word leaves nothing out."""
        parts = parts_of(typed)
        if not parts:
            return TRUE
        return any_of(all_of(any_of(self._ways(word)) for word in words_of(part)) for part in parts)

    def _ways(self, word: Word) -> Iterator[Sql]:
        """Yield the ways in which a record has a word, or is called so."""
        yield self._in_words(word.spellings)
        for column, codes in word.codes.items():
            if codes:
                yield sql("{} = ANY({}::text[])", self._rows.column(column), sorted(codes))

    def _in_words(self, spellings: Iterable[str]) -> Sql:
        patterns = [f"%{literal(spelling)}%" for spelling in sorted(spellings)]
        asked = sql("SELECT word FROM catalog_words WHERE word LIKE ANY({}::text[]) LIMIT {}", patterns, _MOST + 1)
        words = [word for (word,) in asked.run(self._connection)]
        if len(words) > _MOST:
            return sql("array_to_string(r.words, ' ') LIKE ANY({}::text[])", patterns)
        return sql("r.words && {}::text[]", words) if words else FALSE
