"""Signing in with an account of an institution's own directory: OpenID Connect Core 1.0, the code flow with PKCE.

What a sign-in has to come back with lies in a cookie of the browser that began it: a state, a nonce, and the verifier
of RFC 7636. Nobody can end in one browser what was begun in another.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.problems import RequestError, ServerBusy
from api.settings import AccountRole, Settings
from geo.keys import MOST_NAME, RESERVED
from geo.permissions import Person
from geo.sessions import Sessions
from geo.vocabulary import ROLES

DEFAULT_ROLE = "contributor"
_SECONDS = 10  # in which the provider has to answer
MOST_WAITING = 8  # who sign in at a time: a provider that does not answer takes no more threads from readers
_KEPT_SECONDS = 3_600  # for which what it says of itself is taken as it was
_SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]


class AccountRefused(RequestError):
    """The provider did not say, in the way that was asked for, who signs in."""


@dataclass(frozen=True)
class Begun:
    """A sign-in that was begun: what its end has to bring, and where it leads."""

    state: str
    nonce: str
    verifier: str
    to: str

    @classmethod
    def now(cls, to: str) -> Begun:
        """Return one of 256 random bits each."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, to)


class Accounts:
    """The provider of accounts that the settings name. It is asked when somebody signs in, and not before."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: tuple[float, dict[str, Any], Any] | None = None
        self._guard = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST_WAITING)

    @property
    def are_there(self) -> bool:
        """Whether there are any."""
        return bool(self._settings.oidc_issuer and self._settings.oidc_client_id)

    def address(self, begun: Begun, back: str) -> str:
        """Return where somebody signs in, to come back to an address of ours; raises AccountRefused and ServerBusy."""
        with self._place():
            told, _ = self._provider()
        address, _ = self._client(back).create_authorization_url(
            told["authorization_endpoint"], state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
        )
        return str(address)

    def person(self, sessions: Sessions, begun: Begun, came: Mapping[str, str], back: str) -> Person:
        """Return who has signed in, from what came back with them; raises AccountRefused and ServerBusy."""
        with self._place():
            return self._person(sessions, begun, came, back)

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise ServerBusy("server-busy")
        try:
            yield
        finally:
            self._room.release()

    def _person(self, sessions: Sessions, begun: Begun, came: Mapping[str, str], back: str) -> Person:
        told, _ = self._provider()
        if not secrets.compare_digest(came.get("state", "").encode(), begun.state.encode()):
            raise AccountRefused("account-not-begun-here")
        if came.get("iss", told["issuer"]) != told["issuer"] or "code" not in came:
            raise AccountRefused("account-refused", reason=came.get("error", "no code")[:100])
        claims = self._claims(begun, came, back)
        name = sessions.name_of(told["issuer"], claims["sub"], _name(claims))
        return Person(name, role_of(claims, self._settings.oidc_roles))

    def _claims(self, begun: Begun, came: Mapping[str, str], back: str) -> dict[str, Any]:
        """Return what the provider says of somebody, in its signed token and besides (OIDC Core, 3.1.3.7 and 5.3)."""
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError
        from requests import RequestException

        told, keys = self._provider()
        try:
            client = self._client(back)
            address = f"{back}?{urlencode(came)}"
            token = client.fetch_token(
                told["token_endpoint"],
                authorization_response=address,
                state=begun.state,
                code_verifier=begun.verifier,
                timeout=_SECONDS,
            )
            claims = self._signed(token, keys, begun.nonce, told["issuer"])
            if "userinfo_endpoint" in told:
                besides = client.get(told["userinfo_endpoint"], timeout=_SECONDS).json()
                claims = {**besides, **claims} if besides.get("sub") == claims["sub"] else claims
        except (AuthlibBaseError, JoseError, RequestException, ValueError, LookupError, TypeError) as error:
            raise AccountRefused("account-refused", reason=str(error)[:200] or type(error).__name__) from error
        return claims

    def _signed(self, token: Mapping[str, Any], keys: Any, nonce: str, issuer: str) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt

        read = jwt.decode(token["id_token"], keys, algorithms=_SIGNED_BY)
        client = self._settings.oidc_client_id
        options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client}}
        params = {"nonce": nonce, "client_id": client, "access_token": token.get("access_token")}
        claims = CodeIDToken(read.claims, read.header, options, params)
        claims.validate(leeway=60)
        return dict(claims)

    def _client(self, back: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        settings = self._settings
        return OAuth2Session(
            settings.oidc_client_id,
            settings.oidc_client_secret,
            scope="openid profile email",
            redirect_uri=back,
            code_challenge_method="S256",
        )

    def _provider(self) -> tuple[dict[str, Any], Any]:
        """Return what the provider says of itself (OpenID Connect Discovery 1.0), and its keys."""
        with self._guard:
            if self._known is None or time.monotonic() - self._known[0] > _KEPT_SECONDS:
                self._known = (time.monotonic(), *self._asked())
            return self._known[1:]

    def _asked(self) -> tuple[dict[str, Any], Any]:
        import requests
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        issuer = self._settings.oidc_issuer
        try:
            told = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=_SECONDS).json()
            if told["issuer"].rstrip("/") != issuer:
                raise AccountRefused("account-refused", reason=f"issuer {told['issuer']}"[:200])
            keys = KeySet.import_key_set(requests.get(told["jwks_uri"], timeout=_SECONDS).json())
        except (requests.RequestException, JoseError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise AccountRefused("account-unreachable", reason=str(error)[:200]) from error
        return told, keys


def role_of(claims: Mapping[str, Any], roles: tuple[AccountRole, ...]) -> str:
    """Return the highest role that what is said of somebody gives them, the default one for none of them."""
    given = [each.role for each in roles if each.fits(claims)]
    return max(given, key=ROLES.position, default=DEFAULT_ROLE)


def _name(claims: Mapping[str, Any]) -> str:
    """Return by what name somebody wants to be known; an address of theirs is no name, since names are public."""
    wished = (claims.get(each) for each in ("name", "preferred_username", "nickname", "sub"))
    for name in wished:
        shown = "".join(sign for sign in str(name or "") if sign.isprintable()).strip()[: MOST_NAME - 10]
        if shown and "@" not in shown and shown.lower() not in RESERVED:
            return shown
    return DEFAULT_ROLE
