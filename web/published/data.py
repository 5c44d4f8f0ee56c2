"""Which data of a server a published site has, and the file that stands for each."""

from __future__ import annotations

PROJECTS = "/api/collections/projects"
ITEMS, EVENTS, SCHEMA = f"{PROJECTS}/items", f"{PROJECTS}/events", f"{PROJECTS}/schema"
# Bodies that files hold packed by gzip, since hosts pack by types that they know; the map unpacks them.
PACKED = (
    f"{PROJECTS}/snapshot/drawn",
    f"{PROJECTS}/snapshot/told",
    EVENTS,
    "/ground/world",
    "/ground/world/afar",
)
DATA = {
    PROJECTS: f"{PROJECTS}/collection.json",
    SCHEMA: f"{SCHEMA}.json",
    EVENTS: f"{EVENTS}.bin",
    f"{PROJECTS}/snapshot/drawn": f"{PROJECTS}/snapshot/drawn.bin",
    f"{PROJECTS}/snapshot/told": f"{PROJECTS}/snapshot/told.bin",
    "/ground/world": "/ground/world.bin",
    "/ground/world/afar": "/ground/world-afar.bin",
    "/ground/layers": "/ground/layers.json",
    "/llms.txt": "/llms.txt",
}
SNAPSHOT = tuple(DATA[path] for path in PACKED if "/snapshot/" in path)
