"""See to it that there is a Chromium for the browser tests, or stop with the one line to type."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from chromium import find

APT = "apt-get install --yes chromium gdal-bin"


def main() -> None:
    """Install Chromium (and GDAL's commands) where they are missing."""
    if find() and shutil.which("ogrinfo"):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        _run("apt-get update --quiet=2")
        _run(f"{APT} --quiet=2")
    elif not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not find():
        sys.exit(f"The browser tests need Chromium. On Debian: sudo {APT}")
    if not shutil.which("ogrinfo"):
        sys.exit(f"The tests read the API with GDAL's ogrinfo. On Debian: sudo {APT}")


def _run(command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command.split(), check=False, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
