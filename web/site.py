"""What an instance says of itself on every page, and where its addresses lead."""

from __future__ import annotations

from dataclasses import dataclass

from geo.product import COMMAND, NAME
from web.published.data import DATA


@dataclass(frozen=True)
class Site:
    """The title that an institution gives its instance; `product` is the software's own name.

    `contact` is what the link to report an error leads to; names of files that are taken away begin with `files`.
    `root` is the path below which all addresses of this server are, such as `/ledger`; "" at the root of its host.
    `is_for_frames` says whether other sites may show the map in a frame. One that `is_published` consists of files and
    has no server to ask; its pages are in `languages`, the first of which lies at its root.
    """

    title: str = NAME
    contact: str | None = None
    product: str = NAME
    files: str = COMMAND
    root: str = ""
    is_for_frames: bool = False
    is_published: bool = False
    languages: tuple[str, ...] = ()  # all that there are, on a server

    def folder(self, language: str) -> str:
        """Return the folder of a language's pages on a published site, with a slash at its end; "" for the root."""
        return f"{language}/" if language in self.languages[1:] else ""

    def at(self, path: str) -> str:
        """Return where the data at a path of a server are: there, or in the file that stands for it."""
        return self.root + (DATA.get(path, path) if self.is_published else path)
