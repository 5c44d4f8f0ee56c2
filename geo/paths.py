"""Where the curated dataset lies: in an installed package beside this module, in a checkout in `data/`."""

from pathlib import Path


def data_folder() -> Path:
    """Return the folder that holds `projects/` and `boundaries/`."""
    here = Path(__file__).resolve().parent
    packaged = here / "_data"
    return packaged if packaged.is_dir() else here.parent / "data"
