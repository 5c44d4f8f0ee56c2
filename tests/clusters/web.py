"""One server of ours on a host of a network: `python -m api serve` on a cluster, killed and begun again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from clusters.installed import Unavailable
from clusters.network import Network

PORT = 9900
SECONDS = 120  # to start, on a busy machine
_ASK = f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{PORT}/healthz', timeout=5)"
ROOT = Path(__file__).resolve().parents[2]


class Web:
    """A server of ours, which reads from all servers of a cluster and keeps what is its own in a folder."""

    def __init__(self, connected: Network, host: str, folder: Path, **settings: str) -> None:
        """Say what it will be; settings are those of the environment, without the product's name."""
        self.host, self.address = host, connected.addresses[host]
        self._inside, self._folder = connected.inside(host), folder
        self._settings = settings
        self.log = folder / f"{host}.log.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it. When the thread that called this ends, the kernel ends the server."""
        command = [*self._inside, "setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "api", "serve", "--create"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self._environment(), stdout=log, stderr=log)

    def _environment(self) -> dict[str, str]:
        ours = {
            "host": "0.0.0.0",
            "port": str(PORT),
            "hosts": "*",
            "reads": "0",
            "writes": "0",
            "log_requests": "failed",
            "check_seconds": "0",
            **self._settings,
        }
        named = {f"LEDGER_{name.upper()}": value for name, value in ours.items()}
        return {**os.environ, **named, "XDG_CACHE_HOME": str(self._folder / f"{self.host}-cache")}

    def wait(self) -> None:
        """Wait until it answers; raises Unavailable with its last words."""
        until = time.monotonic() + SECONDS
        asked = [*self._inside, sys.executable, "-c", _ASK]
        while subprocess.run(asked, capture_output=True).returncode:
            if not self.is_running() or time.monotonic() > until:
                raise Unavailable(f"our server on {self.host} did not start: {self.last_words()}")
            time.sleep(0.05)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
