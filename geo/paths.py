"""Where the curated dataset lies: in an installed package beside this module, in a checkout in `data/`.

And where this user's caches do.
"""

import os
from pathlib import Path

from geo import product


def data_folder() -> Path:
    """Return the folder that holds `projects/` and `boundaries/`."""
    here = Path(__file__).resolve().parent
    packaged = here / "_data"
    return packaged if packaged.is_dir() else here.parent / "data"


def cache_folder() -> Path:
    """Return a folder of this machine for what can be made again, which is this user's alone; raises OSError.

    systemd names one to its units (CacheDirectory=), desktops have one for all programs (XDG Base Directory 0.8).
    """
    named = os.environ.get("CACHE_DIRECTORY", "").split(":")[0]
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if os.path.isabs(home) else Path("~/.cache").expanduser()
    folder = Path(named) if named else base / product.COMMAND
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
