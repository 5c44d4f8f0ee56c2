"""Nobody has to make up ids of sources: one without gets an id, and claims may name it by its address."""

import pytest
from made_up import made_up, made_up_feature

from geo.editing import stating
from geo.errors import InvalidRecord
from geo.records.ids import with_source_ids

FIRST, SECOND = "https://example.org/1", "https://example.org/2"


def without_ids(**properties):
    """A record whose claims name its source by its address."""
    feature = made_up_feature(**properties)
    p = feature["properties"]
    p["sources"] = [{"url": FIRST, "title": "A text"}]
    p["location_sources"] = p["events"][0]["sources"] = [FIRST]
    return feature


def test_a_source_gets_an_id_and_claims_name_it_by_that():
    p = stating(without_ids()).properties
    assert ["s1"] == [each.id for each in p.sources] == p.location_sources == p.events[0].sources


def test_an_id_is_of_one_source_alone_and_none_that_the_record_had_before():
    sources = [{"url": FIRST, "title": "A"}, {"id": "s1", "url": SECOND, "title": "B"}, {"read_at": "https://c.org"}]
    before = [{"id": "s2", "url": "https://gone.org/", "title": "Gone"}]
    numbered = with_source_ids({"sources": sources}, before)["sources"]
    assert ["s3", "s1", "s4"] == [each["id"] for each in numbered]


def test_a_source_that_the_record_has_keeps_its_id_when_it_comes_without():
    before = made_up(sources=[{"id": "law", "url": FIRST, "title": "A"}], **_resting_on("law"))
    feature = without_ids()
    feature["properties"]["sources"].append({"url": SECOND, "title": "B"})
    feature["properties"]["events"][0]["sources"] = [SECOND, FIRST]
    p = stating(feature, before).properties
    assert ["law", "s1"] == [each.id for each in p.sources]
    assert ["s1", "law"] == p.events[0].sources
    assert before.properties.events[0].key == p.events[0].key


def _resting_on(source):
    said = {"date": "2024-03-26", "type": "status", "status": "considered", "summary": "Said so."}
    return {"location_sources": [source], "events": [{**said, "sources": [source]}]}


@pytest.mark.parametrize(("cited", "rule"), [("https://other.org/", "source-unknown"), ("s7", "source-unknown")])
def test_what_names_no_source_of_the_record_is_refused(cited, rule):
    feature = without_ids()
    feature["properties"]["events"][0]["sources"] = [cited]
    with pytest.raises(InvalidRecord) as refused:
        stating(feature)
    assert rule in [each.rule for each in refused.value.faults]


@pytest.mark.parametrize(
    "sources", [None, 5, [None], ["s1"], [{}], [{"id": 7}], [{"url": 5}], [{"url": [], "id": None}]]
)
def test_rubbish_is_left_to_validation(sources):
    feature = without_ids()
    feature["properties"].update(sources=sources, events=[5, {"sources": "s1"}, {"sources": [[]]}])
    for before in (None, made_up()):
        with pytest.raises(InvalidRecord):
            stating(feature, before)
