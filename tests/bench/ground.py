"""The ground of a measurement: a new store of so many generated records, in a folder of its own."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench import rows
from bench.generate import Made, write_files
from bench.questions import boxes
from bench.report import Row
from bench.servers import COLLECTION


@dataclass
class Ground:
    """A store of so many records in a folder of its own, with what was written into it."""

    folder: Path
    size: int
    made: Made = field(default_factory=Made)
    rows: list[Row] = field(default_factory=list)

    @property
    def store(self) -> Path:
        return self.folder / "ledger.gpkg"

    def asked(self) -> Path:
        """Write what is asked in process into a file, and return it."""
        file = self.folder / "asked.json"
        around = boxes(self.made.points, 200)
        asked = {"boxes": around, "ids": self.made.ids, "words": self.made.words}
        file.write_text(json.dumps(asked))
        return file

    def paths(self) -> list[str]:
        """Return addresses that show a worker every kind of work, for what it then holds in memory."""
        items = f"{COLLECTION}/items"
        around = [",".join(map(str, box)) for box in boxes(self.made.points, 40)]
        pages = [f"{items}?limit=1000", f"{items}?limit=10&sortby=-updated", f"{items}?limit=10&q=lithium"]
        asked = [*(f"{items}?limit=100&bbox={box}" for box in around), *(f"{items}/{each}" for each in self.made.ids)]
        return [*pages, *asked[:120]]


def make_ground(folder: Path, size: int, patience: float = 3600, *, keep_files: bool = False) -> Ground:
    """Generate features and load them; the rows say what that took. Raises Unavailable where it cannot be done."""
    say(f"{size:,} records: generated and loaded")
    folder.mkdir()
    ground = Ground(folder, size, write_files(folder, size))
    ground.rows = rows.load(ground.store, ground.made.files, size, patience)
    for file in [] if keep_files else ground.made.files:
        file.unlink()
    return ground


def say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)
