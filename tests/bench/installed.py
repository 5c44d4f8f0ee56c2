"""What a benchmark needs from the system besides Python packages, and which versions of the peers are there.

`python -m bench.installed` installs what is missing where we are root on Debian; elsewhere it says what to type.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import clusters.installed

PATHS = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
QUICK = {"wrk": "wrk", "nginx": "nginx"}
PEERS = {"psql": "postgresql", "setpriv": "util-linux", "/usr/bin/python3": "python3-venv"}
PYTHON_PACKAGES = ("tipg", "pygeoapi", "datasette", "datasette-geojson", "uvicorn")


def missing(with_peers: bool) -> list[str]:
    """Return Debian's packages that are missing."""
    wanted = {**QUICK, **(PEERS if with_peers else {})}
    packages = [package for program, package in wanted.items() if shutil.which(program, path=PATHS) is None]
    if with_peers and not clusters.installed.are_there():
        packages.append(clusters.installed.PACKAGE)
    if with_peers and not list(Path("/usr/lib").glob("*/mod_spatialite.so")):
        packages.append("libsqlite3-mod-spatialite")
    if with_peers and subprocess.run(["/usr/bin/python3", "-c", "import ensurepip"], capture_output=True).returncode:
        packages.append("python3-venv")
    return list(dict.fromkeys(packages))


def main() -> None:
    """Install what is missing, or stop with the one line to type."""
    with_peers = "--quick" not in sys.argv[1:]
    if missing(with_peers) and shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment)
        packages = missing(with_peers)
        print(f"Installing with apt-get: {' '.join(packages)}", flush=True)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
    if left := missing(with_peers):
        sys.exit(
            f"Missing: {' '.join(left)}. Type: sudo apt-get install --yes --no-install-recommends {' '.join(left)}"
        )


def pg_featureserv_program() -> str | None:
    """Return the program that PG_FEATURESERV names, or the one on the path; None where there is neither."""
    return shutil.which(os.environ.get("PG_FEATURESERV", "pg_featureserv"))


def versions(python: Path) -> list[str]:
    """Return the names and versions of the peers and of the tools, as far as they are there."""
    script = (
        "import importlib.metadata as m, sys\n"
        f"for name in {PYTHON_PACKAGES!r}:\n"
        "    try: print(name, m.version(name))\n"
        "    except m.PackageNotFoundError: pass\n"
        "print('Python', sys.version.split()[0])"
    )
    found = _first_lines([str(python), "-c", script], 9) if python.exists() else []
    if program := pg_featureserv_program():
        found += _first_lines([program, "--version"])
    found += _first_lines([shutil.which("nginx", path=PATHS) or "nginx", "-v"])
    found += _first_lines(["psql", "--version"])
    controls = sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    lines = controls[-1].read_text().splitlines() if controls else []
    found += [f"PostGIS {line.split()[-1].strip(chr(39))}" for line in lines if line.startswith("default_version")]
    return [*found, *_first_lines(["wrk", "-v"]), f"ours on Python {sys.version.split()[0]}"]


def _first_lines(command: list[str], count: int = 1) -> list[str]:
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return []
    return (done.stdout + done.stderr).strip().splitlines()[:count]


if __name__ == "__main__":
    main()
