"""The pages of those who run an instance: its keys, its audit log, and the authors taken from view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.audit import Entry
from geo.permissions import WHOLE, Person, may
from web.language import ENGLISH, Language
from web.pages import template
from web.site import Site

KEYS = ("/admin", "admin.keys")
ROOMS = (KEYS, ("/admin/audit", "admin.audit"), ("/admin/authors", "admin.authors"))


def rooms_of(person: Person) -> Sequence[tuple[str, str]]:
    """Return the pages that are for somebody: of those who are for some countries, the one of keys."""
    return ROOMS if may(person, "administer", WHOLE) else (KEYS,)


def keys_page(site: Site, given: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return the keys with what can be done with them.

    `given` holds `rooms`, `keys`, `csrf`, `now`, `refusal` ("" for none) with the `fields` that were refused, and
    `made`: the name and secret of a key that was just made (None: of none).
    """
    return template("admin-keys.html", language).render(given, site=site, here="/admin")


def audit_page(
    site: Site, entries: Sequence[Entry], after: str | None, is_first: bool, language: Language = ENGLISH
) -> str:
    """Return a page of the audit log, the newest first; `after` is where the next one begins."""
    given = {"entries": entries, "after": after, "is_first": is_first}
    return template("admin-audit.html", language).render(given, site=site, rooms=ROOMS, here="/admin/audit")


def authors_page(site: Site, given: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Return the authors who were taken from view; `given` holds `authors`, `csrf`, `refusal` and `name`."""
    return template("admin-authors.html", language).render(given, site=site, rooms=ROOMS, here="/admin/authors")
