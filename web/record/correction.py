"""Where a reader tells the operator that a record is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote


def correction_address(contact: str | None, subject: str, lines: Sequence[str]) -> str | None:
    """Return the address of the link to the operator: a message begun, or the operator's page as it is; None for none.

    `contact` is the operator's own setting, checked when it was read; subject and lines may hold a stranger's text.
    """
    if contact is None or not contact.startswith("mailto:"):
        return contact
    body = "%0D%0A".join(quote(_one_line(line), safe="") for line in lines)  # CR LF, as RFC 6068 asks for
    return f"{contact}?subject={quote(_one_line(subject), safe='')}&body={body}"


def _one_line(text: str) -> str:
    """Return a text in which nothing ends a line, so that none can begin another header of the message."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
