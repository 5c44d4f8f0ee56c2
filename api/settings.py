"""What an operator may set: command-line options, or `LEDGER_…` variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from geo import product
from geo.errors import LedgerError
from web.site import Site

MOST_BODY_BYTES = 2**20
BODY_SECONDS = 30
MOST_TITLE = 80


class WrongSetting(LedgerError):
    """A setting cannot be used; the sentence says which and what would be right."""

    package = "api"


@dataclass(frozen=True)
class Settings:
    """Settings of a server; `public_url` is its address as visitors see it, without a slash at the end."""

    store: str = product.STORE_FILE
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    title: str = product.NAME

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings that `variable_names()` state; raises WrongSetting."""
        return cls(
            store=_stated(environment, "STORE") or default_store(),
            host=_stated(environment, "HOST") or cls.host,
            port=_port(_stated(environment, "PORT") or str(cls.port)),
            public_url=_public_url(_stated(environment, "PUBLIC_URL")),
            title=_title(_stated(environment, "TITLE") or cls.title),
        )

    @property
    def site(self) -> Site:
        """What the pages say of this instance."""
        return Site(title=self.title)


_FORMER_SETTINGS = ("STORE", "HOST", "PORT", "PUBLIC_URL")
_SETTINGS = (*_FORMER_SETTINGS, "TITLE")


def variable_names() -> list[str]:
    """Return the names of the variables that are read."""
    return [product.VARIABLES + name for name in _SETTINGS]


def former_names(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for each former name that is in use, with what to write instead."""
    former, now = product.FORMER_VARIABLES, product.VARIABLES
    used = [name for name in _FORMER_SETTINGS if environment.get(former + name) and not environment.get(now + name)]
    return [f"{former}{name} is now {now}{name}; the former name goes with the next release." for name in used]


def default_store() -> str:
    """Return the store's path where none is stated: a store made under the former name is still found."""
    is_former = Path(product.FORMER_STORE_FILE).exists() and not Path(product.STORE_FILE).exists()
    return product.FORMER_STORE_FILE if is_former else product.STORE_FILE


def _stated(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(product.VARIABLES + name) or environment.get(product.FORMER_VARIABLES + name) or None


def _port(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and int(text) < 65_536):
        raise WrongSetting("port-form", name=f"{product.VARIABLES}PORT", text=text)
    return int(text)


def _title(text: str) -> str:
    if len(text) > MOST_TITLE or not text.isprintable() or not text.strip():
        raise WrongSetting("title-form", name=f"{product.VARIABLES}TITLE", most=MOST_TITLE)
    return text.strip()


def _public_url(text: str | None) -> str | None:
    """A path is refused: the pages name their files from the root of the host, and would be blank below it."""
    if text is None:
        return None
    name = f"{product.VARIABLES}PUBLIC_URL"
    try:
        parts = urlsplit(text.strip())
        is_root = parts.path in ("", "/") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, is_root = urlsplit(""), False
    if parts.scheme not in ("http", "https") or not is_root or not re.fullmatch(r"[\w.:\[\]-]+", parts.netloc):
        raise WrongSetting("public-url-form", name=name, text=text)
    root = f"{parts.scheme}://{parts.netloc}"
    if text.strip().rstrip("/") != root:
        raise WrongSetting("public-url-not-root", name=name, text=text, root=root)
    return root
