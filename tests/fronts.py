"""nginx and Caddy before a server, with the configurations that we ship: only addresses and certificates are others."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

RUNNING = Path(__file__).resolve().parent.parent / "api" / "running"
PATHS = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
VISITOR = "127.0.0.2"  # an address that is not the proxy's
NOBODY = 65_534
_SECONDS = 60
# The shipped files, each with the name of its site and the path of the ledger there.
SITES = {
    "nginx": ("nginx.conf", "ledger.example.org", ""),
    "nginx below a path": ("below-a-path.nginx.conf", "example.org", "/ledger"),
    "caddy": ("Caddyfile", "ledger.example.org", ""),
    "caddy below a path": ("below-a-path.Caddyfile", "example.org", "/ledger"),
}


class Answer(NamedTuple):
    """What curl got."""

    status: int
    version: str  # of HTTP: "1.1" or "2"
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> object:
        return json.loads(self.body)


def installed(name: str) -> str | None:
    return shutil.which(name, path=PATHS)


class Front:
    """A proxy in a process of its own, as an ordinary user; visitors come by its name, from an address of theirs."""

    def __init__(self, kind: str, file: str, folder: Path, upstream: str, host: str) -> None:
        """Start `kind` (nginx or caddy) with a shipped `file` in a folder that everyone may enter."""
        self.kind, self.folder, self.host = kind, folder, host
        self.ports = {"http": _free_port(), "https": _free_port()}
        self.log = folder / "proxy.log"
        text = (RUNNING / file).read_text()
        command = self._nginx(text, upstream) if kind == "nginx" else self._caddy(text, upstream)
        self.log.touch()
        if os.geteuid() == 0:
            for each in [folder, *folder.rglob("*")]:
                os.chown(each, NOBODY, NOBODY)
        ordinary = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        environment = {"PATH": PATHS, "XDG_DATA_HOME": str(folder), "LEDGER_SITE": host, "LEDGER_UPSTREAM": upstream}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, cwd=folder, stderr=log, stdout=log, **ordinary)
        self._wait()

    def _nginx(self, text: str, upstream: str) -> list[str]:
        """Write the configuration around the shipped one: a site's own, which compresses whatever passes."""
        _make_certificate(self.folder, self.host)
        text = re.sub(r" *listen \[::\].*\n", "", text)
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.ports['http']};")
        text = text.replace("listen 443 ", f"listen 127.0.0.1:{self.ports['https']} ")
        text = text.replace("127.0.0.1:8000", "; server ".join(upstream.split()))
        text = re.sub(r"/etc/letsencrypt/live/[\w.]+/", f"{self.folder}/", text)
        temporary = "".join(
            f"{each}_temp_path {self.folder}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"pid {self.folder}/pid;\nerror_log {self.log} warn;\nevents {{}}\n"
            f"http {{\naccess_log off;\ngzip on;\ngzip_types *;\n{temporary}{text}}}\n"
        )
        where = [
            "-p",
            str(self.folder),
            "-c",
            str(self.folder / "nginx.conf"),
            "-g",
            "daemon off;",
            "-e",
            str(self.log),
        ]
        return [str(installed("nginx")), *where]

    def _caddy(self, text: str, upstream: str) -> list[str]:
        ports = f"http_port {self.ports['http']}\nhttps_port {self.ports['https']}\ndefault_bind 127.0.0.1"
        ours = f"{{\nadmin off\nlocal_certs\nskip_install_trust\n{ports}\n"
        (self.folder / "Caddyfile").write_text(re.sub(r"^\{\n", ours, text, count=1, flags=re.MULTILINE))
        return [str(installed("caddy")), "run", "--config", str(self.folder / "Caddyfile"), "--adapter", "caddyfile"]

    @property
    def authority(self) -> Path:
        """The certificate of whoever vouches for this proxy."""
        of_caddy = self.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        return self.folder / "fullchain.pem" if self.kind == "nginx" else of_caddy

    def _wait(self) -> None:
        ends = time.monotonic() + _SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > ends:
                self.process.kill()
                raise RuntimeError(f"{self.kind} did not begin: {self.log.read_text()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        if not self.authority.exists():
            return False
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            self.ask("/healthz")
            return True
        return False

    def command(self, path: str, *options: str, scheme: str = "https") -> list[str]:
        """Return the curl command of a visitor who asks for a path, or a whole address, of this host."""
        address = path if "://" in path else f"{scheme}://{self.host}{path}"
        through = ["--connect-to", f"{self.host}:443:127.0.0.1:{self.ports['https']}"]
        through += ["--connect-to", f"{self.host}:80:127.0.0.1:{self.ports['http']}"]
        trusted = ["--cacert", str(self.authority), "--interface", VISITOR, "--noproxy", "*"]
        return ["curl", "-sS", "--max-time", str(_SECONDS), "--path-as-is", *trusted, *through, *options, address]

    def ask(self, path: str, *options: str, scheme: str = "https", content: bytes | None = None) -> Answer:
        """Ask as a visitor does; raises CalledProcessError where no answer came."""
        sent = ["--data-binary", "@-"] if content is not None else []
        command = self.command(path, "-D", "-", *sent, *options, scheme=scheme)
        done = subprocess.run(command, input=content or b"", capture_output=True, check=True)
        rest = done.stdout
        while True:  # 100 Continue has a head of its own
            head, _, rest = rest.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            if " 100" not in first:
                break
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return Answer(int(first.split()[1]), first.split()[0].removeprefix("HTTP/"), headers, rest)

    def statuses(self, addresses: list[str]) -> list[int]:
        """Return how each of these addresses is answered, asked on one connection."""
        nowhere = [part for _ in addresses for part in ("-o", "/dev/null")]
        *options, _ = self.command("/", *nowhere, "-w", "%{http_code}\n")
        done = subprocess.run([*options, *addresses], capture_output=True, check=True, text=True)
        return [int(status) for status in done.stdout.split()]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(_SECONDS)


@contextlib.contextmanager
def front(kind: str, file: str, folder: Path, upstream: str, host: str) -> Iterator[Front]:
    """A proxy that ends with the block."""
    started = Front(kind, file, folder, upstream.removeprefix("http://"), host)
    try:
        yield started
    finally:
        started.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _make_certificate(folder: Path, host: str) -> None:
    """Vouch for oneself: `fullchain.pem` and `privkey.pem`."""
    made = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"), "-days", "2", "-nodes"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    named = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    subprocess.run(["openssl", "req", "-x509", *kind, *made, *named], check=True, capture_output=True)
