"""Several answers of one moment are of the same records, whatever is written meanwhile."""

from made_up import made_up

from geo import snapshot
from geo.editing import Edit
from geo.query import Query


def test_what_is_written_meanwhile_is_in_no_answer_of_the_moment(store, catalog_over):
    catalog = catalog_over(store)
    store.write([Edit("bo-a", made_up("bo-a"), None, "test")])

    def ask(still):
        before = still.version(), still.columns(Query(), ["id"])
        store.write([Edit("bo-b", made_up("bo-b"), None, "test")])
        assert catalog.columns(Query(), ["id"]) == {"id": ["bo-a", "bo-b"]}
        assert still.steps(Query(), ["status"]).starts.tolist() == [0, 1]
        assert still.count(Query(), ["country"]) == (1, {"country": {"BO": 1}})
        assert list(still.found(Query())[1]) == [still.get("bo-a").feature]
        return before, (still.version(), still.columns(Query(), ["id"]))

    assert catalog.at_one_moment(ask) == ((1, {"id": ["bo-a"]}),) * 2
    assert catalog.version() == 2


def test_all_of_a_snapshot_is_of_the_same_records(store, catalog_over, monkeypatch):
    catalog = catalog_over(store)
    store.write([Edit("bo-a", made_up("bo-a"), None, "test")])
    of_all = snapshot._all_of

    def written_meanwhile(still, query):
        assert still.version() == 1
        store.write([Edit("bo-b", made_up("bo-b"), None, "test")])
        assert catalog.version() == 2
        return of_all(still, query)

    monkeypatch.setattr(snapshot, "_all_of", written_meanwhile)
    part = snapshot.told(catalog, Query())
    assert (part.header["version"], part.header["size"], part.columns["id"]) == (1, 1, ["bo-a"])
    assert part.columns["step_starts"].tolist() == [0, 1]
