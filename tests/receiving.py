"""A receiver of web hooks, which answers as a test wants, and keeps what it was sent."""

from __future__ import annotations

import base64
import contextlib
import hmac
import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Message(NamedTuple):
    """A message as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    @property
    def changes(self) -> list[dict[str, Any]]:
        changes: list[dict[str, Any]] = self.told["data"].get("changes", [])
        return changes

    @property
    def sequences(self) -> list[int]:
        return [each["sequence"] for each in self.changes]

    def is_signed(self, secret: str) -> bool:
        """Whether it is signed with a secret, as Standard Webhooks has it."""
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        return self.headers["webhook-signature"] == f"v1,{digest}"


class Receiver:
    """`statuses` are those of the next answers, 200 after them; while `held` is not set nobody is answered."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/told?token=secret"
        self.messages: list[Message] = []
        self.statuses: list[int] = []
        self.held = threading.Event()
        self.held.set()

    @property
    def sequences(self) -> list[int]:
        """The changes of all messages that were taken."""
        return [each for message in self.messages for each in message.sequences]

    def take(self, message: Message) -> int:
        self.held.wait(60)
        status = self.statuses.pop(0) if self.statuses else 200
        if 200 <= status < 300:
            self.messages.append(message)
        return status


def listen() -> socket.socket:
    """Return a socket on a port of the system's choice, on which receivers listen, one after the other."""
    return socket.create_server(("127.0.0.1", 0), backlog=100)


def server(
    listener: socket.socket, take: Callable[[Message], int], answered: Callable[[], None] = lambda: None
) -> http.server.HTTPServer:
    """Return a server that lets every message be taken, answers with the status that comes of it, and says when."""

    class Taking(http.server.BaseHTTPRequestHandler):
        timeout = 5

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = take(Message({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", f"http://{self.headers['Host']}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            answered()

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError, ValueError, TypeError):  # who sent it has gone, or was killed
                super().handle()

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taking, bind_and_activate=False)
    made.socket.close()
    made.socket, made.daemon_threads = listener, True
    return made


@contextlib.contextmanager
def serving(made: http.server.HTTPServer) -> Iterator[None]:
    """Let a server answer in this process."""
    thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield
    made.shutdown()
    thread.join()


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver in this process."""
    with listen() as listener:
        receiver = Receiver(listener.getsockname()[1])
        with serving(server(listener, receiver.take)):
            yield receiver
            receiver.held.set()
