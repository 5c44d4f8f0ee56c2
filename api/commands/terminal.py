"""What the command line shows. Text of strangers is shown as text: it neither marks up nor steers the terminal."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path

from rich.console import Console, ConsoleDimensions
from rich.markup import escape
from rich.text import Text

from geo import product
from geo.text import visible

_WIDEST = 10_000


class _Output(Console):
    """As wide as the terminal; what goes into a file or another program is cut nowhere."""

    @property  # type: ignore[misc]  # nobody sets it
    def size(self) -> ConsoleDimensions:
        found = super().size
        return found if self.is_terminal else ConsoleDimensions(_WIDEST, found.height)


out, err = _Output(emoji=False), Console(stderr=True, emoji=False)


def plain(text: object) -> str:
    """Return text as a console's markup that shows it as it is, in one line and without control characters."""
    return escape(visible(str(text)))


_said: ContextVar[Callable[[str], None] | None] = ContextVar("said", default=None)


def say(text: str) -> None:
    """Print a line of markup beside the output; a terminal that is gone is no fault."""
    with contextlib.suppress(OSError):
        if (into := _said.get()) is not None:
            into(Text.from_markup(text).plain)
        else:
            err.print(text, soft_wrap=True, highlight=False)


@contextlib.contextmanager
def said_into(into: Callable[[str], None]) -> Iterator[None]:
    """Hand what is said meanwhile, as text, to a log whose lines are not for people."""
    token = _said.set(into)
    try:
        yield
    finally:
        _said.reset(token)


def typed() -> str:
    """Return how this program's command is typed here: its name, or its path where the name is not on the PATH."""
    if shutil.which(product.COMMAND):
        return product.COMMAND
    script = Path(sys.executable).with_name(product.COMMAND)
    if not script.exists():
        return f"{shlex.quote(sys.executable)} -m api"
    return shlex.quote(os.path.relpath(script) if script.is_relative_to(Path.cwd()) else str(script))


def show_any_text() -> None:
    """Let no character be a fault where the terminal's encoding lacks it: it is shown as its number."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
