"""A receiver of web hooks in this process, which answers as a test wants, and keeps what it was sent."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
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
    def sequences(self) -> list[int]:
        return [each["sequence"] for each in self.told["data"].get("changes", ())]


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


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a port of the system's choice."""

    class Taking(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.held.wait(60)
            status = receiver.statuses.pop(0) if receiver.statuses else 200
            if 200 <= status < 300:
                receiver.messages.append(Message({k.lower(): v for k, v in self.headers.items()}, body))
            with contextlib.suppress(ConnectionError):
                self.send_response(status)
                if status in (301, 302, 307, 308):
                    self.send_header("Location", receiver.url)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        receiver = Receiver(server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield receiver
        receiver.held.set()
        server.shutdown()
        thread.join()
