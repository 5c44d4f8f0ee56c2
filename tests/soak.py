"""Many clients at once for a while, of which some write: is anybody turned away, is anything lost, does memory grow?

    PYTHONPATH=.:tests python tests/soak.py --clients 200 --seconds 600

A server of its own on the curated records; each client asks again as soon as it is answered, 19 times in 20 for
something to read. Prints what was answered, how long that took, and the memory of the server's process over time.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from conftest import Server
from made_up import made_up_feature

ITEMS = "/api/collections/projects/items"
READS = (
    f"{ITEMS}?limit=100",
    f"{ITEMS}?country=CL,AR&limit=50",
    f"{ITEMS}?q=salar&limit=20",
    f"{ITEMS}?bbox=-70,-30,-60,-10&status=operating",
    f"{ITEMS}?limit=1000",
    f"{ITEMS}/bo-rosatom-battery-factory",
    f"{ITEMS}?as_of=2022&limit=20",
    "/api/collections/projects/facets?kind=cell_factory",
    "/api/collections/projects/snapshot/drawn",
    "/api/collections/projects/snapshot/told",
    "/projects/bo-rosatom-battery-factory",
    "/",
)
SHARE_OF_WRITES = 0.05
LOOKS_EVERY = 30  # seconds


class Soak:
    """The clients of one server, and what they saw."""

    def __init__(self, server: Server, until: float, *, again: bool) -> None:
        parts = urlsplit(server.url)
        self._host, self._port, self._key, self._until = parts.hostname, parts.port, server.key, until
        self._again = again
        self.seen: collections.Counter[tuple[str, object]] = collections.Counter()
        self.took: dict[str, list[float]] = collections.defaultdict(list)
        self.written: list[str] = []

    async def client(self, number: int) -> None:
        """Ask again and again, over one connection as long as it lasts."""
        chance, connection = random.Random(number), None
        while time.monotonic() < self._until:
            is_write = chance.random() < SHARE_OF_WRITES
            is_another = is_write and self._again and number < len(self.written)
            method, path = ("POST", ITEMS) if is_write else ("GET", chance.choice(READS))
            if is_another:
                method, path = "PUT", f"{ITEMS}/{self.written[number]}"
            began = time.perf_counter()
            try:
                connection = connection or await asyncio.open_connection(self._host, self._port)
                status, connection = await self._ask(connection, method, path, number)
            except (OSError, asyncio.IncompleteReadError) as error:
                status, connection = type(error).__name__, None
            self.took[f"{method} {path if method == 'GET' else ITEMS}"].append(time.perf_counter() - began)
            self.seen[method, status] += 1

    async def _ask(self, connection, method, path, number):
        reader, writer = connection
        written = path.rpartition("/")[2] if method == "PUT" else None
        body = b"" if method == "GET" else self._record(number, written)
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
        if body:
            head += "If-Match: *\r\n" if method == "PUT" else ""
            head += f"X-API-Key: {self._key}\r\nContent-Type: application/geo+json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}\r\n".encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        answer = await reader.readexactly(int(headers.get("content-length", 0)))
        status = int(lines[0].split()[1])
        if status == 201:
            self.written.append(json.loads(answer)["id"])
        return status, None if headers.get("connection") == "close" else connection

    def _record(self, number: int, written: str | None) -> bytes:
        new = f"bo-soak-{number}-{len(self.written)}-{random.getrandbits(40):x}"
        return json.dumps(made_up_feature(written or new)).encode()


def resident(process: int) -> int:
    """Return how many MiB of memory a process has."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


async def soak(server: Server, clients: int, seconds: float, *, again: bool) -> Soak:
    """Let clients ask for so long."""
    seen, began = Soak(server, time.monotonic() + seconds, again=again), time.monotonic()
    working = [asyncio.create_task(seen.client(number)) for number in range(clients)]
    while time.monotonic() < began + seconds:
        print(
            f"after {time.monotonic() - began:4.0f} s: {resident(server.process.pid)} MiB, {len(seen.written)} written"
        )
        await asyncio.sleep(min(LOOKS_EVERY, began + seconds - time.monotonic()))
    await asyncio.gather(*working)
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--again", action="store_true", help="write a record for each client, then that one again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rates = {"reads": 0, "writes": 0}
        server = Server(Path(folder) / "ledger.gpkg", log_requests="none", **rates)
        try:
            seen = asyncio.run(soak(server, options.clients, options.seconds, again=options.again))
            print(f"at the end: {resident(server.process.pid)} MiB")
        finally:
            server.stop()
    print(", ".join(f"{method} {status}: {count}" for (method, status), count in sorted(seen.seen.items(), key=str)))
    for asked, took in sorted(seen.took.items()):
        middle, late = (sorted(took)[int(len(took) * share)] for share in (0.5, 0.99))
        print(f"p50 {middle:6.2f} s, p99 {late:6.2f} s, longest {max(took):6.2f} s: {asked}")
    return 0 if {status for _, status in seen.seen} <= {200, 201} else 1


if __name__ == "__main__":
    sys.exit(main())
