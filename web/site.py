"""What an instance says of itself on every page."""

from __future__ import annotations

from dataclasses import dataclass

from geo.product import COMMAND, NAME


@dataclass(frozen=True)
class Site:
    """The title that an institution gives its instance; `product` is the software's own name.

    `contact` is what the link to report an error leads to; names of files that are taken away begin with `files`.
    `root` is the path below which all addresses of this server are, such as `/ledger`; "" at the root of its host.
    `is_for_frames` says whether other sites may show the map in a frame.
    """

    title: str = NAME
    contact: str | None = None
    product: str = NAME
    files: str = COMMAND
    root: str = ""
    is_for_frames: bool = False
