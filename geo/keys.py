"""API keys: who may write. A key is shown once and kept as a hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from geo.audit import CONSOLE
from geo.countries import country_names
from geo.dates import is_date, now
from geo.errors import Misstated
from geo.folding import fold
from geo.permissions import WHOLE
from geo.vocabulary import ROLES

NOTED_EVERY = dt.timedelta(hours=1)
PREFIX = "ll_"
MOST_NAME = 100  # characters
_MOST_DAYS = 36_500
# Authors that no person may write as: of what is loaded from files, of what came of that and of others' changes, of the
# addresses of archived copies, of proposals without a name; who works where the store lies; and those taken from view.
DATASET, MERGE, ARCHIVE, ANONYMOUS = "dataset", "dataset, merged", "archive", "anonymous"
WITHHELD = "withheld"
# Letters of other scripts that look as Latin ones do.
_LOOKS = str.maketrans(
    "\u0430\u0432\u0433\u0435\u04bb\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441\u0455\u0442\u0443\u0445\u0501\u051b\u051d"
    "\u03b1\u03b2\u03b3\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9\u0251\u0261",
    "abrehijkmhopcstyxdqwabyeikvoptuxwag",
)

RESERVED = (DATASET, MERGE, ARCHIVE, ANONYMOUS, CONSOLE, WITHHELD)


def seen_as(name: str) -> str:
    """Return a name as eyes take it: without case, accents, blanks and unseen signs, in the Latin letters like them."""
    return "".join(fold(name).translate(_LOOKS).split())


@dataclass(frozen=True)
class Key:
    """A key as the store knows it, without its secret."""

    id: int
    name: str
    role: str
    created: str
    revoked: str | None = None
    expires: str | None = None  # from when on it opens nothing
    used: str | None = None  # about when it opened something last
    replaced: str | None = None  # when a new one took its name
    scope: tuple[str, ...] = ()  # the countries (ISO 3166-1 alpha-2) whose records it is for; none: all

    @property
    def concerns(self) -> tuple[str, ...]:
        """Which countries it is for, as `permissions.may` takes them: WHOLE where it is for all."""
        return self.scope or (WHOLE,)

    def is_use_due(self) -> bool:
        """Return whether its last use was kept so long ago that another one should be."""
        return self.used is None or self.used < (dt.datetime.now(dt.UTC) - NOTED_EVERY).isoformat()

    def is_active(self, time: str) -> bool:
        """Return whether it opens anything at a time."""
        return self.revoked is None and (self.expires is None or self.expires > time)


class KeyRing(Protocol):
    """The keys of a store; changes are durable before they return, and the audit log has `by` whom they were made."""

    def add(
        self,
        name: str,
        role: str,
        digest: bytes,
        expires: str | None = None,
        scope: Sequence[str] = (),
        by: str = CONSOLE,
    ) -> Key:
        """Keep a new key; raises StoreError when an active key has this name."""

    def replace(self, name: str, digest: bytes, expires: str | None, former_until: str, by: str = CONSOLE) -> Key:
        """Keep a new key in place of the one of this name, which ends then; raises StoreError when there is none.

        Role and scope stay.
        """

    def all(self) -> list[Key]:
        """Return every key, revoked ones included, oldest first."""

    def revoke(self, name: str, by: str = CONSOLE) -> Key:
        """Revoke the key of this name, and those that it replaced; raises StoreError when there is none."""

    def find(self, digest: bytes) -> Key | None:
        """Return the key with this digest that is not revoked; it may have expired."""

    def note_use(self, key: Key) -> None:
        """Keep that a key opened something, at most once in NOTED_EVERY."""


def create_key(
    ring: KeyRing,
    name: str,
    role: str,
    expires: str | None = None,
    scope: Sequence[str] = (),
    by: str = CONSOLE,
) -> tuple[Key, str]:
    """Make a key of 256 random bits and return it with its secret, which is kept nowhere.

    It opens nothing from `expires` (UTC, RFC 3339) on, and where `scope` names countries (ISO 3166-1 alpha-2) it is for
    their records alone. Raises StoreError for an unknown role or country, for a name that is taken, reserved or no
    name, and for a time that has passed.
    """
    if role not in ROLES:
        raise Misstated("no-role", role=role[:50], known=tuple(ROLES.codes))
    _check_scope(scope)
    if not name.strip() or len(name) > MOST_NAME or not name.isprintable():
        raise Misstated("key-name-form")
    if name.strip().lower() in RESERVED:
        raise Misstated("key-name-reserved", name=name)
    _check_expiry(expires)
    secret = _new_secret()
    return ring.add(name, role, digest(secret), expires, sorted(set(scope)), by), secret


def _check_scope(scope: Sequence[str]) -> None:
    for country in scope:
        if country not in country_names():
            raise Misstated("scope-country", country=country[:50])


def rotate_key(
    ring: KeyRing, name: str, former_until: str, expires: str | None = None, by: str = CONSOLE
) -> tuple[Key, str]:
    """Make a new key in place of one, which ends at `former_until` (UTC, RFC 3339), and return it with its secret.

    Where nothing is said of its end it lasts as long as the former one was to. Raises StoreError where there is no such
    key, and for a time of its end that has passed.
    """
    expires = expires or _as_long_as(ring, name)
    _check_expiry(expires)
    secret = _new_secret()
    return ring.replace(name, digest(secret), expires, former_until, by), secret


def _as_long_as(ring: KeyRing, name: str) -> str | None:
    former = [key for key in ring.all() if key.name == name and not key.revoked and not key.replaced]
    if not former or former[0].expires is None:
        return None
    lasts = dt.datetime.fromisoformat(former[0].expires) - dt.datetime.fromisoformat(former[0].created)
    return (dt.datetime.now(dt.UTC) + lasts).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _check_expiry(expires: str | None) -> None:
    if expires is not None and expires <= now():
        raise Misstated("key-ends-in-the-past", time=expires)


def read_end(text: str) -> str | None:
    """Return when something ends (UTC, RFC 3339): with a day, or so many days (`90d`) from now; None for no time."""
    days = re.fullmatch(r"(\d{1,5})d", text, re.ASCII)
    if days and int(days[1]) <= _MOST_DAYS:
        ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=int(days[1]))
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) and is_date(text):
        ends = dt.datetime.fromisoformat(f"{text}T23:59:59.999+00:00")
    else:
        return None
    return ends.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return the SHA-256 of a secret; a slow hash adds nothing to 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()
