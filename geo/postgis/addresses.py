"""Addresses of databases, as people write them and as they are shown."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from geo.errors import StoreError

SCHEMES = ("postgresql://", "postgres://")
_QUOTED = re.compile(r'".*"', re.S)


Answers = Literal["memory", "postgis"]


class Reading(NamedTuple):
    """How records of a database are read: from followers too, so many seconds behind; and from where answers come.

    Without `answers` that is as fits how many records there are.
    """

    followers: tuple[str, ...] = ()
    behind: float = 0
    answers: Answers | None = None


ALWAYS_NEWEST = Reading()


def is_database(location: object) -> bool:
    """Return whether a store's location is that of a PostgreSQL database."""
    return isinstance(location, str) and location.startswith(SCHEMES)


def shown(address: str) -> str:
    """Return what a database is called: without its user's password, and whatever else its address asks for.

    Raises StoreError for what is no address, or has an @ that libpq would take for the end of another part.
    """
    from psycopg import ProgrammingError  # a fiftieth of a second, which a store in a file does without
    from psycopg.conninfo import conninfo_to_dict

    before, _, after = address.partition("://")[2].partition("/")
    if before.count("@") > 1 or "@" in after:
        raise StoreError("database-address-at")
    try:
        said = conninfo_to_dict(address)
    except ProgrammingError as error:
        # What it quotes may be of the password.
        raise StoreError("database-address", reason=_QUOTED.sub("…", str(error).strip())) from None
    hosts = str(said.get("host") or "").split(",")
    ports = str(said.get("port") or "").split(",")
    places = [f"{host}:{port}" if port else host for host, port in zip(hosts, _as_many(ports, len(hosts)), strict=True)]
    user = f"{said['user']}@" if said.get("user") else ""
    return f"postgresql://{user}{','.join(places)}/{said.get('dbname') or ''}"


def _as_many(ports: list[str], count: int) -> list[str]:
    return ports if len(ports) == count else ports[:1] * count
