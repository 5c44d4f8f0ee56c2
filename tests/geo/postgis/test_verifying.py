"""To look through all that a store holds takes as long as there is much of it, and not as its square."""

import pytest

from geo.relational import history

STORES = (pytest.param("postgis", marks=pytest.mark.postgres),)


class Explaining:
    """Stands for a connection, and notes how PostgreSQL would go about what it is asked."""

    def __init__(self, connection):
        self._connection, self.plans = connection, []

    def execute(self, sql):
        self.plans += [line for (line,) in self._connection.execute(f"EXPLAIN {sql}").fetchall()]
        return iter(())


def test_no_check_looks_through_one_table_for_each_row_of_another(make_store):
    """A subplan does so as soon as what it found does not fit PostgreSQL's `work_mem`: from 100,000 records on."""
    with make_store.filled("many")().database.reading() as connection:
        explaining = Explaining(connection)
        for check in history.CHECKS:
            assert [] == list(check(explaining))
    assert any("Scan on revisions" in line for line in explaining.plans)
    assert [] == [line for line in explaining.plans if "SubPlan" in line]
