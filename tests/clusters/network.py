"""Hosts with a network of their own between them, which can be cut: Linux's network namespaces, a bridge, a cable each.

Nothing of it has a name in the system. Each host is a namespace that a process holds open which dies with us, and the
kernel removes a namespace with its last process, and the cables with the namespace.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence

from clusters.installed import Unavailable
from clusters.server import SECONDS

SUBNET = "10.77.0"


@contextlib.contextmanager
def network(hosts: Sequence[str]) -> Iterator[Network]:
    """Connect hosts of these names; raises Unavailable for whoever is not root, and where Linux's `ip` is missing."""
    if os.geteuid() != 0:
        raise Unavailable("network namespaces are made by root alone")
    if shutil.which("ip") is None:
        raise Unavailable("ip is not installed: Debian's iproute2")
    with contextlib.ExitStack() as held:
        switch, *spaces = (held.enter_context(_space()) for _ in range(len(hosts) + 1))
        connected = Network(switch, dict(zip(hosts, spaces, strict=True)))
        connected.connect()
        yield connected


@contextlib.contextmanager
def _space() -> Iterator[int]:
    """Make a namespace for networks, and yield the process that holds it open."""
    command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sleep", "infinity"]
    holding = subprocess.Popen(command, start_new_session=True)
    try:
        _wait_until_apart(holding)
        yield holding.pid
    finally:
        holding.kill()
        holding.wait()


def _wait_until_apart(holding: subprocess.Popen[bytes]) -> None:
    ours, until = os.readlink("/proc/self/ns/net"), time.monotonic() + SECONDS
    while os.readlink(f"/proc/{holding.pid}/ns/net") == ours:
        if holding.poll() is not None or time.monotonic() > until:
            raise Unavailable("no network namespace can be made here")
        time.sleep(0.005)


class Network:
    """Hosts by name, each with an address, and a switch between them."""

    def __init__(self, switch: int, spaces: dict[str, int]) -> None:
        self._switch, self._spaces = switch, spaces
        self.addresses = {host: f"{SUBNET}.{number}" for number, host in enumerate(spaces, 1)}

    def inside(self, host: str) -> list[str]:
        """Return what stands before a command so that it runs on a host, as the same process."""
        return _inside(self._spaces[host])

    def space(self, host: str) -> int:
        """Return the process that holds a host's network."""
        return self._spaces[host]

    def connect(self) -> None:
        self._ip(self._switch, "link add switch type bridge")
        self._ip(self._switch, "link set switch up")
        for host, pid in self._spaces.items():
            self._ip(self._switch, f"link add {host} type veth peer name cable netns {pid}")
            self._ip(self._switch, f"link set {host} master switch up")
            self._ip(pid, f"addr add {self.addresses[host]}/24 dev cable")
            self._ip(pid, "link set cable up")
            self._ip(pid, "link set lo up")

    def cut(self, host: str) -> None:
        """Pull a host's cable out of the switch."""
        self._ip(self._switch, f"link set {host} down")

    def mend(self, host: str) -> None:
        self._ip(self._switch, f"link set {host} up")

    def _ip(self, space: int, words: str) -> None:
        subprocess.run([*_inside(space), "ip", *words.split()], check=True)


def _inside(space: int) -> list[str]:
    return ["nsenter", f"--net=/proc/{space}/ns/net"]
