"""A new store: made whole under another name, so that whoever finds one at its path finds it finished."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from geo.errors import StoreError, words_of
from geo.geopackage.migrations import migrate
from geo.geopackage.pool import connect, fault_of_place, refusal
from geo.unfinished import Taken, path_of, unfinished, wait_for_others


def make(
    path: Path,
    is_there: Callable[[Path], bool] = os.path.lexists,
    clear: Callable[[Path], object] = lambda _: None,
) -> None:
    """Make a store without records where none `is_there`; who makes the same one now is waited for.

    What else may be at its path is cleared away once the store is made. Raises StoreError.
    """
    while not is_there(path):
        try:
            with unfinished(path, replace=False):
                if is_there(path):  # made by another who had the lock
                    raise FileExistsError(path)
                fill(path_of(path))
                clear(path)
        except (Taken, FileExistsError):
            wait_for_others(path)
        except sqlite3.Error as error:
            raise refusal(path, "store-unreadable", error) from error
        except OSError as error:
            told = fault_of_place(path)
            raise told or StoreError("store-unreadable", path=str(path), reason=words_of(error)) from error


def fill(path: Path) -> None:
    """Make the tables of a new store in a file that is there, and empty."""
    with contextlib.closing(connect(path, "rw")) as connection:
        migrate(connection, path, new=True)
