"""What a day changes in a question: whether another one may change for which records it is true."""

from __future__ import annotations

from geo.columns import PROJECTS
from geo.filter import And, Compare, During, Expression, In, Intersects, IsNull, Like, Not, Or, Within, Words, nodes

STALE = "status_stale"  # the one dated column that time alone changes


def is_dated(expression: Expression) -> bool:
    """Return whether another day may change for which records an expression is true."""
    return any(map(_may_change, nodes(expression)))


def may_ask_for_staleness(expression: Expression) -> bool:
    """Return whether it may be true on one day and not on another of which all other dated columns say the same."""
    return any(map(_may_ask_for_staleness, nodes(expression)))


def _may_change(node: Expression) -> bool:
    """An expression that is not known here is looked at for each day, which is right for every one."""
    match node:
        case And() | Or() | Not() | Intersects() | Within() | During():
            return False
        case Compare(column) | In(column) | Like(column) | IsNull(column):
            return column in PROJECTS.dated
        case _:
            return True


def _may_ask_for_staleness(node: Expression) -> bool:
    match node:
        case Compare(column) | In(column) | Like(column) | IsNull(column):
            return column == STALE
        case _:
            return not isinstance(node, And | Or | Not | Words) and _may_change(node)
