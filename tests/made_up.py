"""Made-up records for tests and benchmarks; nothing of them is a fact."""

from __future__ import annotations

import random
from typing import Any

from geo import vocabulary
from geo.records.project import Project

COUNTRIES = ("BO", "AR", "CL", "BR", "PE", "NA", "FJ", "DE", "CN", "US")
_SOURCE = {"id": "s1", "url": "https://example.org/1", "title": "A text"}
_SOURCE_TYPES = vocabulary.SOURCE_TYPES.codes
OWNERS = ("Росатом", "Litio Ñandú S.A.", "Électricité du Sel", "宁德时代", "Andes Lithium", "Müller & Søn")


def made_up_feature(project_id: str = "bo-made-up", **properties: Any) -> dict[str, Any]:
    """Return a small valid feature; keyword arguments replace its properties (`geometry` its geometry)."""
    geometry = properties.pop("geometry", {"type": "Point", "coordinates": [-67.6, -20.2]})
    stated = {
        "name": "Made-up plant",
        "kind": "cell_factory",
        "country": "BO",
        "location_accuracy": "site",
        "location_sources": ["s1"],
        "events": [
            {"date": "2024-03-26", "type": "status", "status": "considered", "summary": "Said so.", "sources": ["s1"]}
        ],
        "sources": [{"id": "s1", "url": "https://example.org/1", "title": "A text"}],
    }
    return {"type": "Feature", "id": project_id, "geometry": geometry, "properties": {**stated, **properties}}


def made_up(project_id: str = "bo-made-up", **properties: Any) -> Project:
    """Return the record of `made_up_feature`."""
    return Project.from_feature(made_up_feature(project_id, **properties))


def made_up_features(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return `count` varied features with ids `xx-plant-000000` and up, the same ones for the same seed."""
    chance = random.Random(seed)
    return [_varied(chance, index) for index in range(count)]


def _varied(chance: random.Random, index: int) -> dict[str, Any]:
    country = chance.choice(COUNTRIES)
    accuracy = chance.choice(["site", "site", "site", "locality", "region", "country", "undisclosed"])
    placed = accuracy in ("site", "locality", "region")
    point = {"type": "Point", "coordinates": [round(chance.uniform(-180, 180), 4), round(chance.uniform(-90, 90), 4)]}
    return made_up_feature(
        f"{country.lower()}-plant-{index:06}",
        geometry=point if placed else None,
        name=f"Plant {index} {chance.choice(OWNERS)}",
        kind=chance.choice(vocabulary.KINDS.codes),
        country=country,
        location_accuracy=accuracy,
        location_radius_km=chance.choice([5, 25, 80]) if accuracy == "region" else None,
        events=_events(chance),
        owners=[{"name": chance.choice(OWNERS), "role": chance.choice(["owner", "operator"]), "sources": ["s1"]}],
        capacities=_capacities(chance),
        sources=[{**_SOURCE, "type": _SOURCE_TYPES[index % len(_SOURCE_TYPES)]}] if index % 5 else [_SOURCE],
    )


def _events(chance: random.Random) -> list[dict[str, Any]]:
    dates = [
        chance.choice([f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{day:02}"])
        for year, month, day in (
            (chance.randint(2010, 2025), chance.randint(1, 12), chance.randint(1, 28))
            for _ in range(chance.randint(0, 4))
        )
    ]
    events = [
        {
            "date": date,
            "type": "status",
            "status": chance.choice(vocabulary.STATUSES.codes),
            "summary": "Something happened.",
            "sources": ["s1"],
        }
        for date in dates
    ]
    plan = {
        "date": "2030",
        "type": "status",
        "status": "operating",
        "expected": True,
        "summary": "A plan.",
        "sources": ["s1"],
    }
    return events + ([plan] if chance.random() < 0.3 else [])


def _capacities(chance: random.Random) -> list[dict[str, Any]]:
    if chance.random() < 0.4:
        return []
    product, unit = chance.choice([("lithium_carbonate", "t/y"), ("cells", "GWh/y"), ("packs", "MWh/y")])
    return [
        {"product": product, "value": chance.randint(1, 50_000), "unit": unit, "basis": "planned", "sources": ["s1"]}
    ]
