"""What the chapter lets an operator type for a cluster, typed: places, `sudo`, `systemctl` and `docker` are others."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from clusters.installed import as_ordinary_user
from clusters.shipped import NAMES, SHIPPED, Shipped

ROOT = SHIPPED.parents[2]
CHAPTER = (SHIPPED.parent / "README.md").read_text()
_DATA = "/var/lib/postgresql/15/main"
_SUDO = """
shift 3
exec {ordinary} "$@"
"""
# What is begun here outlasts whoever types, so that it has to be stopped in the same way.
_SYSTEMCTL = """
case $1 in
    start) exec {ordinary} pg_ctl start --silent --wait --pgdata {data} --log {log} --options "{options}" ;;
    stop) {ordinary} pg_ctl stop --silent --mode fast --pgdata {data} || true ;;
esac
"""
_DOCKER = """
shift
case $1 in
    exec)
        case $2 in {ports} esac
        export PGPORT PGHOST={folder}/$2
        shift 2
        exec {ordinary} "$@" ;;
    run)
        while [ "$1" != restore ]; do shift; done
        cd {root}
        exec {python} -m api "$@" ;;
esac
"""


def blocks(*words: str) -> list[str]:
    """Return the chapter's blocks of commands that have these words."""
    found = re.findall(r"^```\w*\n(.*?)^```$", CHAPTER, re.DOTALL | re.MULTILINE)
    return [each for each in found if all(word in each for word in words)]


def block(*words: str) -> str:
    """Return the one block that has these words."""
    [found] = blocks(*words)
    return found


def typed(running: Shipped, name: str, text: str) -> subprocess.CompletedProcess[str]:
    """Type commands on the host of a database, each in its turn, whatever became of the one before it."""
    data, environment = running.folder / name / "data", running.environment(name)
    for program, said in _instead(running, name).items():
        file = running.folder / "typed" / program
        file.parent.mkdir(0o755, exist_ok=True)
        file.write_text(f"#!/bin/sh{said}")
        file.chmod(0o755)
    text = re.sub(r"--config-file \S+", "", running.at_ports(text)).replace(_DATA, str(data))
    text = text.replace("/usr/lib/postgresql/15/bin/", "").replace("api/running/cluster/", f"{running.ours}/")
    environment |= {"PATH": f"{running.folder}/typed:{environment['PATH']}", "PGDATABASE": "postgres"}
    environment |= {"PGHOST": str(data.parent), "PYTHONPATH": str(ROOT)}
    return subprocess.run(["bash", "-c", text], env=environment, capture_output=True, text=True, cwd="/")


def _instead(running: Shipped, name: str) -> dict[str, str]:
    """Return what the programs do that are not here, or would do it to this machine."""
    ordinary, folder = " ".join(as_ordinary_user()), running.folder / name
    places = {"ordinary": ordinary, "data": folder / "data", "log": folder / "typed.log"}
    options = f"-c cluster_name={name} -c primary_slot_name={name} -c unix_socket_directories={folder}"
    ports = " ".join(f"{each}) PGPORT={running.ports[each]} ;;" for each in NAMES)
    return {
        "sudo": _SUDO.format(ordinary=ordinary),
        "systemctl": _SYSTEMCTL.format(**places, options=options),
        "docker": _DOCKER.format(
            ordinary=ordinary, ports=ports, folder=running.folder, root=ROOT, python=Path(sys.executable)
        ),
        "lithium-ledger-role": f'\nexec sh {running.ours}/role.sh "$@"\n',
    }
