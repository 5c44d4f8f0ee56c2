"""What tests let another process do, which finds it by the name of this module."""

import contextlib
import sys

from geo.curated.organisations import Organisations
from geo.memory import ready
from geo.memory.bases import Ready
from geo.memory.following import Following, Limits
from geo.opening import open_ledger

NOBODY, ALL = Organisations([]), Limits(ready=0)


def lay(path):
    """Lay all that a store has into its ready file."""
    with contextlib.closing(open_ledger(path).store) as store:
        if not Following(store, NOBODY, Ready(ready.path_of(path)), ALL).lay():
            sys.exit(1)


def fail():
    sys.exit(1)


def expected(store):
    """Return the ids of all that a store has, in the order of answers."""
    return [revision.project_id for revision in store.current()]
