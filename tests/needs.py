"""See to it that the system has what the tests need besides Python packages, or stop with the one line to type.

Plain Python, since it runs before any package is installed.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys

from clusters import installed

# The first has no windows at all: a page costs it half of what it costs the others.
HEADLESS = "chromium-headless-shell"
CHROMIUMS = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def chromium() -> str | None:
    """Return the path of the Chromium that the tests drive: `$CHROMIUM`, or the first that is on the PATH."""
    named = (os.environ.get("CHROMIUM"), *CHROMIUMS, MAC_CHROME)
    return next((path for path in (shutil.which(name) for name in named if name) if path), None)


def missing(with_browser: bool) -> dict[str, str]:
    """Return what is missing by Debian's package, each with what it is for."""
    found = {
        f"python{sys.version_info[0]}.{sys.version_info[1]}-venv": importlib.util.find_spec("ensurepip") is not None,
        "curl": shutil.which("curl") is not None,
        "gdal-bin": shutil.which("ogrinfo") is not None,
        "libatomic1": not sys.platform.startswith("linux") or _loads("libatomic.so.1"),
        "chromium": not with_browser or chromium() is not None,
        "npm": "CI" not in os.environ or shutil.which("npm") is not None,
        installed.PACKAGE: not (with_browser and _tests_postgres()) or installed.are_there(),
        **{name: not (with_browser and "CI" in os.environ) or _has(program) for name, program in _ONLY_CI.items()},
    }
    return {package: _PURPOSES.get(package, "the environment") for package, is_there in found.items() if not is_there}


_PURPOSES = {
    "curl": "the README's examples",
    "gdal-bin": "reading the API as GIS users do",
    "libatomic1": "Playwright's Node.js",
    "chromium": "the browser tests",
    "npm": "the types of the browser code",
    installed.PACKAGE: "the store on PostgreSQL",
    "nginx": "the proxies' configurations",
    "caddy": "the proxies' configurations",
    "openssl": "the proxies' certificates",
    "systemd": "systemd's units",
    "pgbouncer": "the pooler's configuration",
}
# Without these a few tests are skipped and say so, but not where all has to be tested; each with a program of it.
_ONLY_CI = {
    "nginx": "nginx",
    "caddy": "caddy",
    "openssl": "openssl",
    "systemd": "systemd-analyze",
    "pgbouncer": "pgbouncer",
}


# Programs that read the server in `make clients`, each with how it is found; no other test needs them.
_CLIENTS = {
    "jq": "jq",
    "libreoffice-calc": "soffice",
    "python3-qgis": "/usr/lib/python3/dist-packages/qgis/core/__init__.py",
    "qgis-providers": "/usr/lib/qgis/plugins/libprovider_wfs.so",
    "r-cran-sf": "/usr/lib/R/site-library/sf/DESCRIPTION",
}


def missing_clients() -> list[str]:
    """Return Debian's packages of programs that `make clients` drives, and that are not here."""
    return [package for package, sign in _CLIENTS.items() if not (_has(sign) or os.path.exists(sign))]


def _tests_postgres() -> bool:
    """Return whether its tests have to run: elsewhere than on Linux they are skipped, but not where all is tested."""
    return sys.platform.startswith("linux") or "CI" in os.environ


def _has(program: str) -> bool:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def main() -> None:
    """Install what is missing where we are root on Debian; elsewhere say what to type, or what is not tried."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--without-browser", action="store_true")
    parser.add_argument("--clients", action="store_true")
    asked = parser.parse_args()
    if asked.clients:
        _see_to_clients()
    else:
        _see_to_tests(not asked.without_browser)


def _see_to_tests(with_browser: bool) -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        quicker = [HEADLESS] if with_browser and "CHROMIUM" not in os.environ and not _has(HEADLESS) else []
        for packages in (list(missing(with_browser)), quicker):  # apart: not every Debian has the second
            if packages:
                _install(packages)
    left = missing(with_browser)
    if not left:
        return
    purposes = ", ".join(f"{package} ({purpose})" for package, purpose in left.items())
    if shutil.which("apt-get"):
        sys.exit(f"Missing: {purposes}. Type: sudo apt-get install --yes {' '.join(left)}")
    sys.exit(f"Missing, by their names on Debian: {purposes}. CHROMIUM= may name any Chromium or Chrome.")


def _see_to_clients() -> None:
    """Install them where we are root on Debian; without one, its tests are skipped."""
    if missing_clients() and shutil.which("apt-get") and os.geteuid() == 0:
        _install(missing_clients(), "--no-install-recommends")
    if left := missing_clients():
        print(f"NOT TRIED, since these packages of Debian are not here: {', '.join(left)}.", flush=True)


def _install(packages: list[str], *options: str) -> None:
    print(f"Installing with apt-get: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    words = " ".join([*options, *packages])
    for command in ("apt-get update --quiet=2", f"apt-get install --yes --quiet=2 {words}"):
        subprocess.run(command.split(), check=False, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
