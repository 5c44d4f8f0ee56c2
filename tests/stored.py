"""What tests of stores do again and again."""

from __future__ import annotations

from made_up import made_up

from geo.editing import Edit
from geo.store import Revision, Store


def create(store: Store, project_id: str = "bo-made-up", **properties: object) -> Revision:
    return store.write([Edit(project_id, made_up(project_id, **properties), None, "ana")])[0]


def rename(name: str, expected: int, project_id: str = "bo-made-up") -> Edit:
    return Edit(project_id, made_up(project_id, name=name), expected, "ben", "a better name")


def names(store: Store) -> dict[str, str]:
    return {r.project_id: r.project.properties.name for r in store.current() if r.project}
