"""A process that keeps itself from files, hosts and other programs before it reads what a stranger made.

Files by Landlock, the rest by a seccomp filter: neither takes a privilege, and both hold until the process ends. Their
numbers are Linux's own (include/uapi/linux/landlock.h, seccomp.h, filter.h); Python has no functions for them.
"""

from __future__ import annotations

import ctypes
import mimetypes
import os
import platform
import signal
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/usr/share/zoneinfo")
_KINDS = mimetypes.knownfiles  # openpyxl reads them
_END_WITH_PARENT, _NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 1, 38, 22, 2  # prctl

# Landlock
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, the same on every machine
_ASK_VERSION, _BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_OF_ONE_FILE = 0b111 | 1 << 14  # what may be granted of one that is no folder: execute, write, read, truncate
_RIGHTS = (0, 13, 14, 15, 15, 16)  # how many rights over files there are, by version
_WITH_TCP, _WITH_SCOPES = 4, 6  # versions

# seccomp: of each machine its name as audit has it, and the system calls that are refused
_MACHINES = {
    # socket, execve, ptrace, process_vm_readv, process_vm_writev, execveat, io_uring_setup, pidfd_getfd
    "x86_64": (0xC000003E, (41, 59, 101, 310, 311, 322, 425, 438)),
    "aarch64": (0xC00000B7, (198, 221, 117, 270, 271, 281, 425, 438)),
}
_LOAD, _IS_EQUAL, _IS_LEAST, _END = 0x20, 0x15, 0x35, 0x06
_AT_NUMBER, _AT_MACHINE = 0, 4  # in seccomp_data
_FIRST_OF_X32 = 0x40000000
_ALLOWED, _REFUSED = 0x7FFF0000, 0x00050000 | 13  # EACCES


def confine(reads: Iterable[Path], writes: Iterable[Path]) -> tuple[str, ...]:
    """Keep this process to reading these files, Python and the system's libraries, and to writing into these folders.

    It cannot open a socket, run a program or look into another process either. Returns what could not be kept from it,
    since the system does not offer that: "files", "network".
    """
    if sys.platform != "linux":
        return "files", "network"
    linux = ctypes.CDLL(None, use_errno=True)
    if linux.prctl(_NO_NEW_PRIVILEGES, *map(ctypes.c_ulong, (1, 0, 0, 0))):
        return "files", "network"
    has_files = _without_files(linux, [*reads], [*writes])
    has_network = _without_network(linux)
    return tuple(name for name, is_kept in (("files", has_files), ("network", has_network)) if not is_kept)


def not_offered() -> tuple[str, ...]:
    """Return what this system cannot keep from a process, as `confine` names it."""
    has_filter = sys.platform == "linux" and platform.machine() in _MACHINES
    return tuple(name for name, has in (("files", landlock_version()), ("network", has_filter)) if not has)


def end_with(parent: int) -> None:
    """Have this process end as soon as its parent does, also when that is killed; at once where it has already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_END_WITH_PARENT, *map(ctypes.c_ulong, (signal.SIGKILL, 0, 0, 0)))
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)


def landlock_version() -> int:
    """Return the version of Landlock that the system has, 0 where it has none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)))


def _without_files(linux: ctypes.CDLL, reads: list[Path], writes: list[Path]) -> bool:
    version = landlock_version()
    if not version:
        return False
    every = (1 << _RIGHTS[min(version, len(_RIGHTS) - 1)]) - 1
    tcp, scopes = (0b11 if version >= _WITH_TCP else 0), (0b11 if version >= _WITH_SCOPES else 0)
    about = struct.pack("QQQ", every, tcp, scopes)[: 24 if scopes else 16 if tcp else 8]
    rules = linux.syscall(_CREATE, about, ctypes.c_size_t(len(about)), 0)
    if rules < 0:
        return False
    try:
        reading = _READ_FILE | _READ_DIR
        granted = [(path, reading) for path in (*_of_python(), *map(Path, (*_LIBRARIES, *_KINDS)), *reads)]
        granted += [(_PACKAGE.parent, _READ_DIR), *((path, every) for path in writes)]
        is_granted = all(_grant(linux, rules, path, rights & every) for path, rights in granted)
        return is_granted and not linux.syscall(_RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _of_python() -> set[Path]:
    paths = sysconfig.get_paths()
    return {_PACKAGE, *(Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib"))}


def _grant(linux: ctypes.CDLL, rules: int, path: Path, rights: int) -> bool:
    if not path.exists():
        return True
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = rights if path.is_dir() else rights & _OF_ONE_FILE
        return not linux.syscall(_ADD, rules, _BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _without_network(linux: ctypes.CDLL) -> bool:
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    code = _filter(*machine)
    held = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(held)))
    return not linux.prctl(_SET_SECCOMP, ctypes.c_ulong(_FILTER), program)


def _filter(machine: int, refused: tuple[int, ...]) -> bytes:
    """Return a filter (classic BPF) that refuses these system calls, and all that are made as another machine's."""
    last = len(refused) + 5
    steps = [
        (_LOAD, 0, 0, _AT_MACHINE),
        (_IS_EQUAL, 0, last - 2, machine),
        (_LOAD, 0, 0, _AT_NUMBER),
        (_IS_LEAST, last - 4, 0, _FIRST_OF_X32),
        *((_IS_EQUAL, last - at - 1, 0, number) for at, number in enumerate(refused, 4)),
        (_END, 0, 0, _ALLOWED),
        (_END, 0, 0, _REFUSED),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
