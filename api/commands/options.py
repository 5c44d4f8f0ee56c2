"""Options that several commands take: a setting, and the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from api.settings import SETTINGS, Settings

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def option_for(name: str, **more: Any) -> Decorator:
    """Return the option of a setting; where it is not given, the variable counts."""
    setting = next(each for each in SETTINGS if each.name == name)
    return click.option(
        setting.option,
        default=lambda: getattr(Settings.from_environment(), name),
        show_default=f"${setting.variable} or {getattr(Settings, name)}",
        help=f"{setting.meaning[:1].upper()}{setting.meaning[1:]}.",
        **more,
    )


STORE = option_for("store")
