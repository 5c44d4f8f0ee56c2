"""Texts that may match a pattern are found without a look at each, and none that matches is left out."""

import contextlib
from functools import reduce
from unittest import mock

import pytest
from conftest import copy_of, many_made_up
from hypothesis import given
from hypothesis import strategies as st

from geo.filter import Like, Matches
from geo.memory import alike
from geo.memory.texts import Texts
from geo.opening import Ledger, open_ledger
from geo.operands import FOLDINGS, Folded, Property
from geo.patterns import fixed_parts, matcher
from geo.query import Query

LETTERS = st.text(st.sampled_from("abPlantS%_\\ \0ßſKéÉü中ﬁ"), max_size=12)
FOLDED = st.lists(st.sampled_from([*FOLDINGS]), max_size=2)


def folded(text, foldings):
    return reduce(lambda text, folding: FOLDINGS[folding](text), foldings, text)


def test_the_parts_of_a_pattern_are_what_every_match_holds():
    assert ["Plant", "a"] == fixed_parts("%Plant_a%")
    assert ["100%", "x"] == fixed_parts("100\\%%x")
    assert [] == fixed_parts("%_%")


@given(st.lists(LETTERS, min_size=1, max_size=30), LETTERS, FOLDED)
def test_what_matches_is_among_what_may(texts, pattern, foldings):
    known, fits = Texts.of(texts), matcher(pattern)
    with mock.patch.object(alike, "_FEW", 0), mock.patch.object(alike, "_AT_ONCE", 7):
        found = alike.may_match(known, fixed_parts(pattern), bool(foldings), "casei" in foldings)
    if found is None:
        assert all(len(part.encode()) < 3 for part in fixed_parts(pattern))
        return
    assert sorted(set(found)) == list(found)
    seen = [folded(text, foldings) for text in texts]
    assert {at for at, text in enumerate(seen) if fits(text)} <= set(found.tolist())
    long = [part for part in fixed_parts(pattern) if len(part.encode()) >= 2]
    plain = [at for at in found.tolist() if texts[at].isascii()]
    assert all(part in seen[at] for at in plain for part in long), "what cannot match is not looked at"


def test_a_part_that_ends_in_the_next_text_is_in_neither():
    known = Texts.of(["salt", "", "flat", "saltflat"])
    with mock.patch.object(alike, "_FEW", 0):
        assert [3] == alike.may_match(known, ["saltflat"], False, False).tolist()
        assert [2, 3] == alike.may_match(known, ["flat"], False, False).tolist()


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    file = copy_of("many", tmp_path_factory.mktemp("alike") / "store.gpkg")
    with contextlib.closing(open_ledger(file).store) as store:
        yield Ledger(store).catalog


@pytest.mark.parametrize("pattern", ["%Plant%", "%lant 1%", "Plant 1%", "%plant%7%", "%LÄNT%", "%zzz%"])
@pytest.mark.parametrize("foldings", [(), ("casei",), ("accenti",), ("casei", "accenti")])
def test_a_catalog_finds_what_a_plain_loop_finds(catalog, pattern, foldings):
    operand = reduce(lambda part, folding: Folded(folding, part), foldings, Property("name"))
    asked = Matches(operand, pattern) if foldings else Like("name", pattern)
    with mock.patch.object(alike, "_FEW", 0):
        _, found = catalog.found(Query(filter=asked))
        expected = [each for each in many_made_up() if matcher(pattern)(folded(each.properties.name, foldings))]
        assert len(expected) == catalog.count(Query(filter=asked), ())[0] == len(list(found))
