"""What an operator may set: command-line options, or `LEDGER_…` variables."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from api.clients import LOOPBACK, networks
from geo import hostnames, product
from geo.errors import LedgerError
from geo.postgis.addresses import Answers, Reading, is_database
from geo.query import MOST_FEATURES
from geo.vocabulary import ROLES
from web.site import Site

MOST_TITLE = 80
EVERYTHING = "*"
HOUR = 3_600


class WrongSetting(LedgerError):
    """A setting cannot be used; the sentence says which and what would be right."""

    package = "api"


Reader = Callable[[str, str], Any]  # of the variable's name and its text; raises WrongSetting


def _text(_: str, text: str) -> str:
    return text


@dataclass(frozen=True)
class Whole:
    """Reads a whole number between two bounds."""

    least: int
    most: int

    def __call__(self, name: str, text: str) -> int:
        if not (text.isdecimal() and text.isascii() and len(text) < 20 and self.least <= int(text) <= self.most):
            raise WrongSetting("whole-number-form", name=name, text=text[:50], least=self.least, most=self.most)
        return int(text)


def _title(name: str, text: str) -> str:
    if len(text) > MOST_TITLE or not text.isprintable() or not text.strip():
        raise WrongSetting("title-form", name=name, most=MOST_TITLE)
    return text.strip()


@dataclass(frozen=True)
class OneOf:
    """Reads one of a few words."""

    words: tuple[str, ...]

    def __call__(self, name: str, text: str) -> str:
        if text not in self.words:
            raise WrongSetting("word-form", name=name, text=text[:50], known=self.words)
        return text


def _networks(name: str, text: str) -> str:
    try:
        networks(text)
    except ValueError as error:
        raise WrongSetting("networks-form", name=name, text=text[:100], reason=str(error)[:200]) from None
    return text


def _contact(name: str, text: str) -> str:
    """Return what a link leads to: `mailto:` for an e-mail address, or the address of a page."""
    if re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text, re.ASCII):
        return f"mailto:{text}"
    parts = urlsplit(text) if re.fullmatch(r"https?://[\w.-]+(:\d{1,5})?(/[\w./?=&%~+-]*)?", text, re.ASCII) else None
    if parts is None or not parts.hostname:
        raise WrongSetting("contact-form", name=name, text=text[:100])
    return text


def read_public_url(name: str, text: str) -> str:
    """Return the address without a slash at its end; raises WrongSetting.

    A path is one whose parts no template and no proxy changes.
    """
    address = _split(text.strip())
    if address is None or not _PATH.fullmatch(address.path) or _marks(text) or {".", ".."} & {*address.path.split("/")}:
        raise WrongSetting("public-url-form", name=name, text=text)
    return f"{address.scheme}://{address.netloc}{address.path.rstrip('/')}"


_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")


def _split(text: str) -> SplitResult | None:
    """Return the parts of an http(s) address with a host and without a user; None for any other text."""
    try:
        parts = urlsplit(text if text.isprintable() else "")  # it leaves out line breaks without a word
        is_whole = parts.port != 0
    except ValueError:
        return None
    host = _NETLOC.fullmatch(parts.netloc)
    return parts if parts.scheme in ("http", "https") and host and is_whole and _is_host(host[1]) else None


_NETLOC = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]+)(?::[0-9]{1,5})?")  # RFC 3986 section 3.2, without a user


def _marks(text: str) -> bool:
    """Return whether an address asks for something, or names a part, if only for an empty one."""
    return "?" in text or "#" in text


def _databases(name: str, text: str) -> tuple[str, ...]:
    named = tuple(text.split())  # an address may have commas
    for each in named:
        if not is_database(each):
            raise WrongSetting("replicas-form", name=name)
    return named


def _hosts(name: str, text: str) -> tuple[str, ...]:
    named = _listed(text)
    for host in named:
        if host != EVERYTHING and not _is_host(host):
            raise WrongSetting("hosts-form", name=name, text=host)
    return named


def _is_host(host: str) -> bool:
    """Return whether a request can name a host so: a name in ASCII, or an address, of IPv6 perhaps in brackets."""
    try:
        if host.startswith("[") and host.endswith("]"):
            ipaddress.IPv6Address(host[1:-1])
        else:
            ipaddress.ip_address(host)
    except ValueError:
        return host.isascii() and hostnames.is_formed(host.lower().removesuffix(".").split("."))
    return True


def _origins(name: str, text: str) -> tuple[str, ...]:
    named = _listed(text)
    for origin in named:
        address = _split(origin)
        is_origin = address is not None and address.path in ("", "/") and not _marks(origin)
        if origin != EVERYTHING and not is_origin:
            raise WrongSetting("embed-form", name=name, text=origin)
    return tuple(origin.rstrip("/") for origin in named)


def _listed(text: str) -> tuple[str, ...]:
    """Return what is named one by one, with commas or blanks between."""
    return tuple(text.replace(",", " ").split())


@dataclass(frozen=True)
class AccountRole:
    """A role that an account has of which a claim says, or lists, a value; `*` for any account."""

    claim: str
    value: str
    role: str

    def fits(self, claims: Mapping[str, Any]) -> bool:
        """Return whether claims say so; an e-mail address that the provider has not looked after says nothing."""
        if self.claim == "email" and claims.get("email_verified") is not True:
            return False
        told = claims.get(self.claim)
        return self.claim == "*" or told == self.value or (isinstance(told, list) and self.value in told)


def _account_roles(name: str, text: str) -> tuple[AccountRole, ...]:
    return tuple(_account_role(name, each) for each in _listed(text))


def _account_role(name: str, text: str) -> AccountRole:
    stated, _, role = text.rpartition("=")
    claim, _, value = stated.partition(":")
    if role not in ROLES or not claim or bool(value) == (claim == "*"):
        raise WrongSetting("account-roles-form", name=name, text=text[:100], known=tuple(ROLES.codes))
    return AccountRole(claim, value, role)


def _issuer(name: str, text: str) -> str:
    address = read_public_url(name, text)
    is_own = urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")
    if not address.startswith("https:") and not is_own:
        raise WrongSetting("issuer-form", name=name, text=text[:200])
    return address


@dataclass(frozen=True)
class Setting:
    """What an operator may set: the variable without its prefix, the option, what it means, and how it is read."""

    name: str
    option: str
    meaning: str
    read: Reader

    @property
    def variable(self) -> str:
        return product.VARIABLES + self.name.upper()


SETTINGS = (
    Setting("store", "--store", "the GeoPackage that keeps the records, or the address of a database", _text),
    Setting(
        "catalog",
        "--catalog",
        "from where answers come: memory, or postgis; else memory for up to 100,000 records, which the start says",
        OneOf(("memory", "postgis")),
    ),
    Setting("replicas", "", "databases that follow the store's, from which records are read too", _databases),
    Setting("behind", "", "seconds that answers from a database may be behind; 0: none", Whole(0, 60)),
    Setting("host", "--host", "address to listen on", _text),
    Setting("port", "--port", "port to listen on", Whole(0, 65_535)),
    Setting("workers", "--workers", "processes that share the store", Whole(1, 64)),
    Setting("public_url", "", "the address as visitors see it, behind a proxy; it may have a path", read_public_url),
    Setting("hosts", "", "further names and addresses by which the server is asked, or * for any", _hosts),
    Setting("embed", "", "sites that may show the map in a frame, such as https://example.org, or * for any", _origins),
    Setting("title", "", "what your instance is called on its pages", _title),
    Setting("contact", "", "where readers report an error: an e-mail address, or the address of a page", _contact),
    Setting("basemap", "--basemap", "a PMTiles file of vector tiles that lies under the projects", _text),
    Setting("overlays", "--overlays", "layers that readers may switch on: a TOML file, or the folder with it", _text),
    Setting("page_size", "", "records a page, unless limit asks for another number", Whole(1, MOST_FEATURES)),
    Setting("body_bytes", "", "bytes of a body at most", Whole(1_000, 2**30)),
    Setting("body_seconds", "", "seconds in which a body must arrive", Whole(1, HOUR)),
    Setting("header_seconds", "", "seconds in which the head of a request must arrive", Whole(1, HOUR)),
    Setting("send_seconds", "", "seconds after which an answer that nobody takes is given up", Whole(1, HOUR)),
    Setting("connections", "", "connections at a time; for a new one the oldest idle one is closed", Whole(8, 100_000)),
    Setting("client_connections", "", "connections of one address at a time", Whole(1, 100_000)),
    Setting("requests", "", "requests at work at a time; further ones get 503", Whole(1, 100_000)),
    Setting("reads", "", "reads of one client (address, or key) a minute; 0: any number", Whole(0, 10**9)),
    Setting("files", "", "files of one client a minute; 0: any number", Whole(0, 10**9)),
    Setting("writes", "", "changes of one client a minute; 0: any number", Whole(0, 10**9)),
    Setting("wrong_keys", "", "wrong keys of one address a minute; 0: any number", Whole(0, 10**9)),
    Setting("oidc_issuer", "", "whose accounts sign in here besides keys: an OpenID Connect provider", _issuer),
    Setting("oidc_client_id", "", "as what this server is known to that provider", _text),
    Setting("oidc_client_secret", "", "its secret there; without one it is a public client", _text),
    Setting("oidc_roles", "", "roles by claims: groups:editors=editor *=reader; else contributor", _account_roles),
    Setting("proposals", "", "who may propose: holders of keys, or anybody (open)", OneOf(("keys", "open"))),
    Setting(
        "proposed",
        "",
        "proposals of one address without a key a minute; 0: any number",
        Whole(0, 10**9),
    ),
    Setting("proxies", "", "addresses and networks of proxies whose X-Forwarded-For and -Proto count", _networks),
    Setting("keep_alive_seconds", "", "seconds that a connection is kept while nobody asks", Whole(1, HOUR)),
    Setting("shutdown_seconds", "", "seconds that requests have to end when the server ends", Whole(1, HOUR)),
    Setting("writers", "", "changes made at a time", Whole(1, 1_000)),
    Setting("writer_seconds", "", "seconds that a change waits for its turn", Whole(0, HOUR)),
    Setting("log", "--log", "form of the log: plain, or json", OneOf(("plain", "json"))),
    Setting("log_requests", "", "which requests the log has: all, failed, or none", OneOf(("all", "failed", "none"))),
    Setting("metrics", "", "addresses and networks that may read /metrics", _networks),
    Setting("check_seconds", "", "seconds from one check of the store to the next; 0: none", Whole(0, 720 * HOUR)),
    Setting("hook_networks", "", "networks of yours that web hooks may reach as well, such as 10.0.0.0/8", _networks),
    Setting("least_free_mib", "", "MiB that must be free on the store's disk for /readyz to say so", Whole(0, 2**30)),
)


@dataclass(frozen=True)
class Settings:
    """Settings of a server, with their defaults; `SETTINGS` says what they mean."""

    store: str = product.STORE_FILE
    catalog: Answers | None = None
    replicas: tuple[str, ...] = field(default=(), repr=False)
    behind: int = 1
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    public_url: str | None = None
    hosts: tuple[str, ...] = ()
    embed: tuple[str, ...] = ()
    title: str = product.NAME
    contact: str | None = None
    basemap: str | None = None
    overlays: str | None = None
    page_size: int = 100
    body_bytes: int = 2**20
    body_seconds: int = 30
    header_seconds: int = 10
    send_seconds: int = 30
    connections: int = 1_000
    client_connections: int = 100
    requests: int = 1_000
    reads: int = 6_000
    files: int = 60
    writes: int = 600
    wrong_keys: int = 30
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_roles: tuple[AccountRole, ...] = ()
    proposals: str = "keys"
    proposed: int = 60
    proxies: str = LOOPBACK
    keep_alive_seconds: int = 15
    shutdown_seconds: int = 10
    writers: int = 8
    writer_seconds: int = 5
    log: str = "plain"
    log_requests: str = "all"
    metrics: str = LOOPBACK
    check_seconds: int = HOUR
    hook_networks: str = ""
    least_free_mib: int = 100

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings that the variables state; raises WrongSetting."""
        texts = {setting: _stated(environment, setting.name.upper()) for setting in SETTINGS}
        stated = {setting.name: setting.read(setting.variable, text) for setting, text in texts.items() if text}
        return cls(**{"store": default_store(), **stated})

    @property
    def public_host(self) -> str:
        """The host of the address as visitors see it; "" where none is stated."""
        return urlsplit(self.public_url or "").hostname or ""

    @property
    def reading(self) -> Reading:
        """How records of a database are read."""
        return Reading(self.replicas, self.behind, self.catalog)

    @property
    def root(self) -> str:
        """The path of that address, below which all of this server is found; "" at the root of its host."""
        return urlsplit(self.public_url or "").path

    @property
    def site(self) -> Site:
        """What the pages say of this instance."""
        return Site(title=self.title, contact=self.contact, root=self.root, is_for_frames=bool(self.embed))


_FORMER_SETTINGS = ("STORE", "HOST", "PORT", "PUBLIC_URL")


def unknown_names(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for each variable that looks like a setting and is none."""
    known = [setting.variable for setting in SETTINGS]
    unknown = sorted(name for name in environment if name.startswith(product.VARIABLES) and name not in known)
    near = {name: difflib.get_close_matches(name, known, 1) for name in unknown}
    return [f"{name} is no setting" + (f"; did you mean {near[name][0]}?" if near[name] else ".") for name in unknown]


def former_names(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for each former name that is in use, with what to write instead."""
    former, now = product.FORMER_VARIABLES, product.VARIABLES
    used = [name for name in _FORMER_SETTINGS if environment.get(former + name) and not environment.get(now + name)]
    return [f"{former}{name} is now {now}{name}; the former name goes with the next release." for name in used]


def _stated(environment: Mapping[str, str], name: str) -> str | None:
    former = environment.get(product.FORMER_VARIABLES + name) if name in _FORMER_SETTINGS else None
    return environment.get(product.VARIABLES + name) or former or None


def is_store_stated(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether a variable states where the store is."""
    return _stated(environment, "STORE") is not None


def default_store() -> str:
    """Return the store's path where none is stated: a store made under the former name is still found."""
    is_former = Path(product.FORMER_STORE_FILE).exists() and not Path(product.STORE_FILE).exists()
    return product.FORMER_STORE_FILE if is_former else product.STORE_FILE
