"""Where PostgreSQL with PostGIS is, and who may run it.

Plain Python, since `needs.py` asks before any package is installed.
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = "postgresql-postgis"  # depends on PostGIS for the PostgreSQL that Debian has by default, whatever its number
SHARED, PROGRAMS = Path("/usr/share/postgresql"), Path("/usr/lib/postgresql")  # a folder a version in each
OLDEST = 15  # the first whose CREATE DATABASE has a STRATEGY, and whose databases may have a collation of ICU


class Unavailable(Exception):
    """What is to be run cannot be run here; the sentence says why."""


def binaries() -> Path:
    """Return the folder of programs of the newest PostgreSQL that has PostGIS; raises Unavailable."""
    versions = [int(control.parts[-3]) for control in SHARED.glob("*/extension/postgis.control")]
    folders = [PROGRAMS / str(version) / "bin" for version in sorted(versions) if version >= OLDEST]
    if not folders or not (folders[-1] / "postgres").exists():
        raise Unavailable(f"PostgreSQL {OLDEST} or later with PostGIS is not installed: Debian's {PACKAGE}")
    return folders[-1]


def are_there() -> bool:
    """Return whether PostgreSQL can be run here."""
    try:
        return bool(binaries())
    except Unavailable:
        return False


def ordinary_user() -> tuple[int, int] | None:
    """Return the user and group that root runs PostgreSQL as, which refuses root; None for everybody else."""
    import pwd

    if os.geteuid() != 0:
        return None
    users = {each.pw_name: (each.pw_uid, each.pw_gid) for each in pwd.getpwall()}
    return users.get("postgres") or users["nobody"]


def as_ordinary_user() -> list[str]:
    """Return what stands before a command so that it is run by the ordinary user."""
    if (user := ordinary_user()) is None:
        return []
    return ["setpriv", f"--reuid={user[0]}", f"--regid={user[1]}", "--clear-groups"]
