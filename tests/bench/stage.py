"""What the peers of a run are served from, each in a folder of its own."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench import postgis
from bench.feature_file import FeatureFile
from bench.processes import Running
from clusters.server import Server


@dataclass
class Stage:
    """The features, the Python of the peers, and a PostGIS that is there from the first server that reads it on.

    `files` are what our own store was loaded from.
    """

    folder: Path
    given: FeatureFile
    python: Path
    workers: int
    running: contextlib.ExitStack
    files: Sequence[Path] = ()

    @functools.cached_property
    def postgis(self) -> Server:
        return self.running.enter_context(postgis.filled(self.given))

    def room(self, name: str) -> Path:
        """Return a new folder of this name."""
        room = self.folder / name
        room.mkdir(parents=True)
        return room


Serve = Callable[[Stage], AbstractContextManager[Running]]
