"""Who may do what: roles are a vocabulary with rights, and countries narrow them."""

from itertools import pairwise
from typing import get_args

import pytest

from geo.permissions import Person, Right, may, roles_with
from geo.vocabulary import ROLES

RIGHTS = get_args(Right)
GIVEN = {
    "reader": set(),
    "contributor": {"propose", "watch"},
    "editor": {"propose", "watch", "change", "review", "import"},
    "admin": set(RIGHTS),
}


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("role", GIVEN)
def test_a_role_has_its_rights_and_no_others(role, right):
    assert (right in GIVEN[role]) == may(Person("ana", role), right)


def test_the_roles_are_those_of_the_vocabulary_and_each_may_what_the_one_before_may():
    assert list(GIVEN) == ROLES.codes
    rights = [set(role.rights) for role in ROLES]
    assert all(less <= more for less, more in pairwise(rights))
    assert set().union(*rights) == set(RIGHTS)


def test_nobody_known_and_a_role_that_there_is_not_may_nothing():
    assert not any(may(None, right) for right in RIGHTS)
    assert not any(may(Person("ana", "king"), right) for right in RIGHTS)


def test_countries_narrow_a_right_to_their_records():
    person = Person("ana", "editor", ("AR", "BO"))
    assert may(person, "change")
    assert may(person, "change", "BO")
    assert may(person, "change", "BO", "AR")
    assert not may(person, "change", "BO", "CL")
    assert not may(person, "administer", "BO")
    assert may(Person("ben", "editor"), "change", "CL")


def test_the_roles_that_have_a_right_are_told():
    assert ("editor", "admin") == roles_with("review")
    assert ("admin",) == roles_with("administer")
