"""Whether the history of a store agrees with itself, and the layer with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from geo.faults import Fault, fault
from geo.relational.database import Connection

_GAPS = (
    "SELECT before, sequence FROM (SELECT sequence, lag(sequence, 1, 0) OVER (ORDER BY sequence) AS before "
    "FROM revisions) AS each WHERE sequence != before + 1"
)
_NUMBERS = "SELECT project_id FROM revisions GROUP BY project_id HAVING min(number) != 1 OR max(number) != count(*)"
_REPLACES = (
    "SELECT project_id, number FROM (SELECT project_id, number, replaces, "
    "lag(sequence) OVER (PARTITION BY project_id ORDER BY number) AS before FROM revisions) AS each "
    "WHERE replaces != before OR (replaces IS NULL) != (before IS NULL)"
)
_NOT_NEWEST = """
SELECT head.project_id FROM (SELECT project_id, max(number) AS number FROM revisions GROUP BY project_id) AS newest
JOIN revisions AS head USING (project_id, number)
LEFT JOIN projects AS shown ON shown.id = head.project_id
WHERE (head.action = 'delete') != (shown.id IS NULL) OR shown.sequence != head.sequence
  OR shown.revision != head.number OR shown.created != head.created OR shown.updated != head.time
UNION ALL SELECT id FROM projects WHERE NOT EXISTS (SELECT 1 FROM revisions WHERE project_id = projects.id)
"""


def _sequences(connection: Connection) -> Iterator[Fault]:
    for before, sequence in connection.execute(_GAPS):
        yield fault("", "store-sequence-gap", before=before, sequence=sequence)


def _numbers(connection: Connection) -> Iterator[Fault]:
    for (project_id,) in connection.execute(_NUMBERS):
        yield fault("", "store-number-gap").of(project_id)


def _replaced(connection: Connection) -> Iterator[Fault]:
    for project_id, number in connection.execute(_REPLACES):
        yield fault("", "store-replaces-wrong", number=number).of(project_id)


def _newest(connection: Connection) -> Iterator[Fault]:
    for (project_id,) in connection.execute(_NOT_NEWEST):
        yield fault("", "store-row-not-newest").of(project_id)


CHECKS: tuple[Callable[[Any], Iterator[Fault]], ...] = (_sequences, _numbers, _replaced, _newest)
