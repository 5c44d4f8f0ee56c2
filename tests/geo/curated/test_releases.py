"""What a release has that the one before it has not."""

from made_up import made_up

from geo.curated.changes import changes


def told(**more):
    return {"date": "2024", "type": "status", "status": "announced", "summary": "Announced.", "sources": ["s1"], **more}


def test_every_record_is_told_by_what_became_of_it():
    first = told(key="first")
    former = [made_up(f"bo-{name}", events=[first]) for name in ("same", "moved", "wrong", "more", "words", "gone")]
    opened = told(key="opened", date="2025", status="operating", summary="Opened.")
    now = [
        made_up("bo-same", events=[first]),
        made_up("bo-moved", events=[first, opened]),
        made_up("bo-wrong", events=[told(key="first", date="2023")], kind="refinery"),
        made_up("bo-more", events=[first], region="Potosí"),
        made_up("bo-words", events=[{**first, "summary": "It is announced."}], summary="Said better."),
        made_up("bo-new", events=[first]),
    ]
    found = changes(former, now)

    assert (["bo-new"], ["bo-gone"]) == ([each.id for each in found.new], found.gone)
    assert {"bo-moved": ("announced", "operating")} == found.moved
    assert {"bo-wrong": ["kind", "events"]} == found.corrected
    assert {"bo-moved": ["events"], "bo-more": ["region"]} == found.extended
    assert ["bo-words"] == found.reworded
