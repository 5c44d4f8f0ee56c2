"""What an operator may set: command-line options, or `ATLAS_…` variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from geo.errors import AtlasError


class WrongSetting(AtlasError):
    """A setting cannot be used; the message says which and what would be right."""


@dataclass(frozen=True)
class Settings:
    """Settings of a server; `public_url` is its address as visitors see it, without a slash at the end."""

    store: str = "atlas.gpkg"
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings that ATLAS_STORE, ATLAS_HOST, ATLAS_PORT and ATLAS_PUBLIC_URL state."""
        public_url = environment.get("ATLAS_PUBLIC_URL") or None
        port = environment.get("ATLAS_PORT") or str(cls.port)
        if not (port.isdecimal() and port.isascii() and int(port) < 65_536):
            raise WrongSetting(f"ATLAS_PORT is '{port}'; it takes a whole number from 0 to 65535.")
        return cls(
            store=environment.get("ATLAS_STORE") or cls.store,
            host=environment.get("ATLAS_HOST") or cls.host,
            port=int(port),
            public_url=public_url.rstrip("/") if public_url else None,
        )


MOST_BODY_BYTES = 2**20
BODY_SECONDS = 30
