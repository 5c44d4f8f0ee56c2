"""Who holds a party of a record, up to the top: the organisations that a source names as parents."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.curated.organisations import Organisations

DEEPEST = 6


@dataclass(frozen=True)
class Holder:
    """An organisation that holds another: its share where a source states it, that source, and who holds it in turn."""

    id: str
    name: str
    share_pct: float | None
    as_of: str | None
    source: str
    holders: list[Holder] = field(default_factory=list)


def holders(organisations: Organisations, organisation_id: str, below: frozenset[str] = frozenset()) -> list[Holder]:
    """Return who holds an organisation, each with its own holders; a circle ends where it begins again."""
    if organisation_id not in organisations or len(below) >= DEEPEST:
        return []
    known = below | {organisation_id}
    return [
        Holder(
            id=parent.organisation,
            name=organisations[parent.organisation].name,
            share_pct=parent.share_pct,
            as_of=parent.as_of,
            source=str(parent.source),
            holders=holders(organisations, parent.organisation, known),
        )
        for parent in organisations[organisation_id].parents
        if parent.organisation not in known
    ]
