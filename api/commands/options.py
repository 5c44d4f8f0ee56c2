"""Options that several commands take: a setting, and the store."""

from __future__ import annotations

from collections.abc import Callable

import click

from api.settings import SETTINGS, Settings, Whole

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
