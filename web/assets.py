"""Where the browser's files lie."""

from pathlib import Path


def static_folder() -> Path:
    """Return the folder that the server gives out under `/static`."""
    return Path(__file__).resolve().parent / "static"


def templates_folder() -> Path:
    """Return the folder of the pages' templates."""
    return Path(__file__).resolve().parent / "templates"
