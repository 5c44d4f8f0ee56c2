"""The options by which a command asks what the API asks: one for each of its parameters, read by the same code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

    from api.collections import Collection

Asked = tuple[str, ...]


class Asking(click.Command):
    """A command with an option for each parameter that `names` tells, which is asked when the command is used.

    What these are follows from code that a command line without it does not load.
    """

    def __init__(self, *given: Any, names: Callable[[], Iterable[str]], **named: Any) -> None:
        super().__init__(*given, **named)
        self._names = names

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        *own, helping = super().get_params(context)
        return [*own, *map(_option, self._names()), helping]


def of_files(*collections: Collection) -> tuple[str, ...]:
    """Return the parameters of the API by which a file of these collections is asked for, or of any."""
    from api.collections import COLLECTIONS
    from api.parameters import matching

    found = (name for each in collections or COLLECTIONS.values() for name in matching(each.columns))
    return (*dict.fromkeys(found), "sortby", "limit")


def of_maps() -> tuple[str, ...]:
    """Return the parameters by which projects are chosen for a map, which shows any day by itself."""
    from api.parameters import MATCHING

    return tuple(name for name in MATCHING if name != "as_of")


def _option(name: str) -> click.Option:
    declared = dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}"))
    return click.Option(
        [*declared, _word(name)], metavar="VALUE", multiple=True, help=f"As the API's parameter {name}."
    )


def _word(name: str) -> str:
    return name.replace("-", "_")


def params_of(asked: Mapping[str, Asked], names: Iterable[str]) -> QueryParams:
    """Return what options ask for as the parameters of the API that they are."""
    from starlette.datastructures import QueryParams

    return QueryParams([(name, text) for name in names for text in asked[_word(name)]])
