"""Options that several commands take: a setting, the store, and the address at which it is read."""

from __future__ import annotations

from collections.abc import Callable

import click

from api.settings import SETTINGS, Settings, Whole, read_public_url
from geo import product

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def option_for(name: str) -> Decorator:
    """Return the option of a setting; where it is not given, the variable counts."""
    setting = next(each for each in SETTINGS if each.name == name)
    read = setting.read
    return click.option(
        setting.option,
        default=lambda: getattr(Settings.from_environment(), name),
        show_default=f"${setting.variable} or {getattr(Settings, name) or 'none'}",
        help=f"{setting.meaning[:1].upper()}{setting.meaning[1:]}.",
        type=click.IntRange(read.least, read.most) if isinstance(read, Whole) else str,
    )


STORE = option_for("store")


def _address(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    return None if text is None else read_public_url("--url", text)


ADDRESS = click.option(
    "--url",
    callback=_address,
    metavar="ADDRESS",
    show_default=f"${product.VARIABLES}PUBLIC_URL",
    help="Where readers find this ledger, such as https://example.org/ledger/.",
)
