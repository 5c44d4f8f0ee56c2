"""Copy the browser libraries from `node_modules` (locked by package-lock.json), so that no Node is needed to run.

`python -m web.vendor` copies; `python -m web.vendor --check` exits 1 when a copy differs from its origin.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from web.assets import static_folder

FILES = {
    "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet/LICENSE": "leaflet/LICENSE",
}


def vendor_folder() -> Path:
    """Return the folder of the copies."""
    return static_folder() / "vendor"


def copy(node_modules: Path) -> None:
    """Copy every library file from `node_modules`, unchanged."""
    for copied, origin in FILES.items():
        target = vendor_folder() / copied
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(node_modules / origin, target)


def differing(node_modules: Path) -> list[str]:
    """Return the copies that are missing or differ from their origin in `node_modules`."""
    return [c for c, origin in FILES.items() if not _same(vendor_folder() / c, node_modules / origin)]


def _same(copied: Path, origin: Path) -> bool:
    return copied.is_file() and copied.read_bytes() == origin.read_bytes()


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    node_modules = Path(__file__).resolve().parent.parent / "node_modules"
    if not node_modules.is_dir():
        print(f"{node_modules} is missing: run `npm ci` first.", file=sys.stderr)
        return 1
    if "--check" not in arguments:
        copy(node_modules)
        return 0
    stale = differing(node_modules)
    for name in stale:
        print(f"web/static/vendor/{name} differs from node_modules: run `python -m web.vendor`.", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
