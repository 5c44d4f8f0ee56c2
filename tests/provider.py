"""An OpenID Connect provider in a process of its own, for tests: `python tests/provider.py`, which says its port.

It is oidc-provider-mock's, which does not hold clients to PKCE; that is added here, as RFC 7636 has it.
"""

import base64
import hashlib
import io
import logging
import sys
import warnings
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

warnings.simplefilter("ignore")  # of the provider's own use of Authlib

from oidc_provider_mock import app  # noqa: E402
from oidc_provider_mock._storage import User  # noqa: E402

USERS = [
    User(sub="1", claims={"name": "Ana Zyx", "groups": ["ledger-editors", "all"]}),
    User(sub="2", claims={"name": "Ana Zyx", "groups": ["all"]}),
    User(sub="3", claims={"name": "dataset", "preferred_username": "ben"}),
    User(sub="4", claims={"groups": "ledger-admins", "name": "x@example.org", "nickname": "Carla"}),
]


class WithPkce:
    """Keeps the challenge of each code, and lets only the verifier of it have a token."""

    def __init__(self, inner):
        self.inner, self.challenges = inner, {}

    def __call__(self, environ, start):
        if environ["PATH_INFO"] == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(body)
            told = parse_qs(body.decode())
            verified = hashlib.sha256(told.get("code_verifier", [""])[0].encode()).digest()
            challenge = base64.urlsafe_b64encode(verified).decode().rstrip("=")
            if self.challenges.pop(told.get("code", [""])[0], None) != challenge:
                start("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant"}']
        asked = parse_qs(environ.get("QUERY_STRING", ""))

        def keep(status, headers, *rest):
            for name, value in headers:
                if name.lower() == "location":
                    code = parse_qs(urlsplit(value).query).get("code")
                    if code and asked.get("code_challenge_method") == ["S256"]:
                        self.challenges[code[0]] = asked["code_challenge"][0]
            return start(status, headers, *rest)

        return self.inner(environ, keep)


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


if __name__ == "__main__":
    logging.disable()
    server = make_server("127.0.0.1", 0, WithPkce(app(user_claims=USERS)), handler_class=Silent)
    print(server.server_port, flush=True)
    try:
        server.serve_forever(0.05)
    except KeyboardInterrupt:
        sys.exit()
