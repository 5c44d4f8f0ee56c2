"""The folder that a site is put into: ours alone, each file there whole, unchanged ones left as they are."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from api.commands.stores import CommandRefused
from geo.unfinished import Taken, path_of, unfinished

try:
    import fcntl
except ImportError:  # on Windows, where nothing keeps two runs apart but that each file is whole
    fcntl = None  # type: ignore[assignment]

MARKER = "published.json"  # tells that a folder is one of ours, and what was put there
FOR_EVERYONE = 0o644
_NAME = re.compile(r"[\w.@-]+(/[\w.@-]+)*", re.ASCII)
_CHUNK = 2**18


class Folder:
    """A folder that is being published into, by one command at a time; counts what it does.

    What the marker names is ours: of that, what is not put there again goes.
    """

    def __init__(self, root: Path, former: dict[str, Any]) -> None:
        self.root, self.tags = root, dict[str, str](former.get("tags", {}))
        self._ours = {name for name in former.get("files", []) if _is_name(name)}
        self._put: set[str] = set()
        self._made: set[Path] = set()
        self.written = self.unchanged = self.removed = self.bytes = 0

    def begin(self, names: Iterable[str]) -> None:
        """Note which files there will be, so that none is left by a run that ends before its end."""
        self._note({"tags": self.tags, "files": sorted(self._ours.union(names))})

    def put(self, name: str, body: bytes) -> None:
        """Have a file hold these bytes; one that has them already keeps its time.

        It takes its place whole, but nobody waits until it is on disk, which for thousands of files takes minutes: what
        a failing power supply takes, the next run finds missing and puts back.
        """
        path = self._path(name)
        if path.is_file() and path.stat().st_size == len(body) and path.read_bytes() == body:
            self.unchanged += 1
        else:
            path_of(path).write_bytes(body)
            os.chmod(path_of(path), FOR_EVERYONE)
            os.replace(path_of(path), path)
            self.written += 1
        self._count(name, len(body))

    def keep(self, name: str) -> None:
        """Leave a file of a former run as it is."""
        self._count(name, self.size(name))
        self.unchanged += 1

    def has(self, name: str) -> bool:
        """Return whether a file of ours is there."""
        return name in self._ours and (self.root / name).is_file()

    def size(self, name: str) -> int:
        """Return how many bytes a file has."""
        return (self.root / name).stat().st_size

    @contextlib.contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """Yield a large file to write in parts; one that is there with the same bytes keeps its time."""
        path = self._path(name)
        with contextlib.suppress(_Same), unfinished(path) as out:
            yield out
            out.flush()
            if path.is_file() and _digest(path) == _digest(path_of(path)):
                self.unchanged += 1
                raise _Same
            os.chmod(out.fileno(), FOR_EVERYONE)
            self.written += 1
        self._count(name, self.size(name))

    def finish(self, told: dict[str, Any]) -> None:
        """Remove what was ours and is no more, and say in the marker what there is."""
        for name in sorted(self._ours - self._put):
            self._remove(name)
        tags = {name: tag for name, tag in sorted(self.tags.items()) if name in self._put}
        self._note({**told, "tags": tags, "files": sorted(self._put)})

    def _path(self, name: str) -> Path:
        """Return where a file goes, below folders that are there."""
        assert _is_name(name), name
        path = self.root / name
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        return path

    def _count(self, name: str, size: int) -> None:
        self._put.add(name)
        self.bytes += size

    def _remove(self, name: str) -> None:
        path = self.root / name
        with contextlib.suppress(OSError):
            path.unlink()
            self.removed += 1
            for folder in path.relative_to(self.root).parents:
                (self.root / folder).rmdir()  # fails where something is left

    def _note(self, told: dict[str, Any]) -> None:
        with unfinished(self.root / MARKER) as out:
            out.write(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
            os.chmod(out.fileno(), FOR_EVERYONE)


class _Same(Exception):
    """A file is there already, with the same bytes."""


@contextlib.contextmanager
def publishing_into(root: Path) -> Iterator[Folder]:
    """Yield a folder to publish into, which is made where there is none; raises CommandRefused.

    One that has other things in it is nobody's to overwrite.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _locked(root):
            former = _read(root / MARKER)
            if former is None and any(root.iterdir()):
                raise CommandRefused("folder-not-ours", folder=str(root), marker=MARKER)
            yield Folder(root, former or {})
    except (Taken, BlockingIOError):
        raise CommandRefused("folder-being-published", folder=str(root)) from None
    except OSError as error:
        raise CommandRefused("folder-not-written", folder=str(root), reason=str(error.strerror)) from error


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    if fcntl is None:
        yield
        return
    descriptor = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _is_name(name: object) -> bool:
    """Return whether a text names a file below a folder, and no other."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None and not {".", ".."} & {*name.split("/")}


def _read(file: Path) -> dict[str, Any] | None:
    """Return what a marker says; None for what is not there, or none of ours."""
    try:
        told = orjson.loads(file.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
    return told if isinstance(told, dict) and isinstance(told.get("files"), list) else None


def _digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "blake2b").digest()
