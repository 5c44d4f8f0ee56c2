"""Who asks, and what they may do: the one answer for every door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.vocabulary import ROLES

Right = Literal["propose", "watch", "change", "review", "import", "administer"]
WHOLE = "*"  # in place of a country: what concerns the whole ledger, and is for nobody who is for some countries


@dataclass(frozen=True)
class Person:
    """Who asks: by what name, as what, and for which countries (ISO 3166-1 alpha-2; none: all).

    `key_id` is the key that they showed or signed in with; None for an account of somebody else's directory.
    """

    name: str
    role: str
    countries: tuple[str, ...] = ()
    key_id: int | None = None

    @property
    def rights(self) -> tuple[str, ...]:
        """What they may do, of the records of their countries."""
        return ROLES[self.role].rights if self.role in ROLES else ()


def may(person: Person | None, right: Right, *countries: str) -> bool:
    """Return whether somebody (None: nobody known) may do something, about records of all these countries, or WHOLE."""
    if person is None or right not in person.rights:
        return False
    return not person.countries or set(countries) <= set(person.countries)


def roles_with(right: Right) -> tuple[str, ...]:
    """Return the roles that have a right, the least of them first."""
    return tuple(role.code for role in ROLES if right in role.rights)
