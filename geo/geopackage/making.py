"""A new store: made whole under another name, so that whoever finds one at its path finds it finished."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from geo.errors import StoreError, words_of
from geo.geopackage.migrations import migrate
from geo.geopackage.pool import connect, fault_of_place, refusal
from geo.unfinished import Taken, path_of, unfinished, wait_for_others


def make(path: Path) -> None:
    """Make a store without records where no file is; who makes the same one now is waited for. Raises StoreError."""
    while not os.path.lexists(path):
        try:
            with unfinished(path, replace=False):
                _fill(path_of(path))
        except (Taken, FileExistsError):
            wait_for_others(path)
        except sqlite3.Error as error:
            raise refusal(path, "store-unreadable", error) from error
        except OSError as error:
            told = fault_of_place(path)
            raise told or StoreError("store-unreadable", path=str(path), reason=words_of(error)) from error


def _fill(path: Path) -> None:
    with contextlib.closing(connect(path, "rw")) as connection:
        migrate(connection, path, new=True)
