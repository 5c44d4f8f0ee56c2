"""Who is signed in with a browser, over HTTP."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.parse
import urllib.request
from typing import Any

from killing.over_http import Http
from killing.path import START_SECONDS, Say

from api.sessions import COOKIE
from geo.keys import digest

_BOUNDARY = "between-the-parts-of-a-form"


class Browser:
    """Keeps cookies, follows redirects, and sends forms as the pages have them."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self._opener.addheaders = [("Accept", "text/html")]
        self._token = ""

    def sign_in(self, key: str) -> str:
        """Return the secret of the session."""
        self.send("/sign-in", key=key, to="")
        self._token = self.session()["csrf"]
        return next(str(cookie.value) for cookie in self.cookies if cookie.name == COOKIE)

    def session(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.read("/session"))
        return told

    def read(self, path: str) -> str:
        return self._ask(path)[1]

    def send(self, path: str, **fields: str) -> str:
        """Send a form, and return the path to which it led."""
        body = urllib.parse.urlencode({"csrf": self._token, **fields}).encode()
        return self._ask(path, body, "application/x-www-form-urlencoded")[0]

    def upload(self, path: str, **files: tuple[str, bytes]) -> str:
        """Send files by their names and contents, and return the path to which it led."""
        said = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name="
        parts = [f'{said}"csrf"\r\n\r\n{self._token}'.encode()]
        for field, (name, content) in files.items():
            parts.append(f'{said}"{field}"; filename="{name}"\r\n\r\n'.encode() + content)
        body = b"\r\n".join((*parts, f"--{_BOUNDARY}--\r\n".encode()))
        return self._ask(path, body, f"multipart/form-data; boundary={_BOUNDARY}")[0]

    def _ask(self, path: str, body: bytes | None = None, kind: str = "") -> tuple[str, str]:
        request = urllib.request.Request(f"{self.address}{path}", body, {"Content-Type": kind} if body else {})
        with self._opener.open(request, timeout=START_SECONDS) as answer:
            return urllib.parse.urlsplit(answer.geturl()).path, answer.read().decode()


class Session(Http):
    """Clients who sign in, ask who they are, and every other time sign out."""

    name = "sign in, sign out, 2 workers"
    workers = 2
    made = "s2"

    def write(self, address: str, key: str, made: str, most: int, say: Say) -> None:
        browser = Browser(address)
        secret, leaves = browser.sign_in(key), most == 3
        say(secret, 1, browser.session()["person"]["name"], leaves)
        if leaves:
            browser.send("/sign-out")
            say(secret, 2, "", leaves)

    def check(self, acknowledged: list[list[Any]]) -> None:
        ended = {secret for secret, step, *_ in acknowledged if step == 2}
        with self.opened() as store:
            for secret, step, name, *leaves in acknowledged:
                if not step:
                    self.faults.append(f"kill {self.kills}: {secret} was answered {name}")
                elif step == 1:
                    found = store.sessions.find(digest(secret))
                    self.expect(found is None or found.name == name, f"whose session is that of {name}")
                    is_right = found is None if secret in ended else found is not None or leaves == [True]
                    self.expect(is_right, f"the {'end' if secret in ended else 'beginning'} of a session of {name}")
