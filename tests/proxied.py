"""A proxy that answers below a path and takes it off, as nginx and Caddy do; what else it is asked for, it notes."""

from __future__ import annotations

import http.client
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_OF_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Proxy(ThreadingHTTPServer):
    """Hands on what lies below `path` to another server; anything else is 404 and kept in `astray`."""

    daemon_threads = True

    def __init__(self, path: str, keeps_path: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.path, self.keeps_path, self.target = path, keeps_path, ""
        self.url = f"http://127.0.0.1:{self.server_port}{path}"
        self.astray, self.failed = list[str](), list[str]()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _hand_on(self) -> None:
        proxy = self.server
        if not self.path.startswith(f"{proxy.path}/"):
            proxy.astray.append(self.path)
            self._answer(404, [], b"")
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path if proxy.keeps_path else self.path.removeprefix(proxy.path)
        kept = {name: told for name, told in self.headers.items() if name.lower() not in _OF_A_CONNECTION}
        behind = http.client.HTTPConnection(urllib.parse.urlsplit(proxy.target).netloc, timeout=60)
        try:
            behind.request(self.command, path, body or None, kept)
            answer = behind.getresponse()
            self._answer(answer.status, answer.getheaders(), answer.read())
        finally:
            behind.close()
        if answer.status >= 400:
            proxy.failed.append(f"{answer.status} {self.path}")

    do_GET = do_POST = do_HEAD = do_OPTIONS = _hand_on  # noqa: N815

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, told in headers:
            if name.lower() not in _OF_A_CONNECTION:
                self.send_header(name, told)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
