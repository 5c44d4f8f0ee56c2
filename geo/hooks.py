"""Web hooks: who is told of changes by a program, of which, and how far they have been told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal, Protocol

State = Literal["active", "given_up"]

SECRET_BYTES = 32


@dataclass(frozen=True)
class Hook:
    """An address that messages are sent to.

    `question` is the part of an address that asks for its records (`country=BO`), `base` the server's address in its
    messages, `cursor` the sequence of the last change that has arrived, or was none of its records'. `answer` is what
    came of the last message (`200`, `no answer in time`).
    """

    id: str
    owner: str
    address: str
    question: str
    base: str
    language: str
    secret: bytes
    created: str
    cursor: int
    state: State = "active"
    failures: int = 0  # since a message arrived last
    failing_since: str | None = None
    next_attempt: str | None = None
    answer: str | None = None
    delivered: str | None = None  # when a message arrived last


class Hooks(Protocol):
    """The hooks of a store; changes are durable before they return. Several processes may ask, one sends."""

    def add(self, hook: Hook) -> None:
        """Keep a new hook, and in the audit log that its owner has made it."""

    def all(self) -> list[Hook]:
        """Return every hook, oldest first."""

    def get(self, hook_id: str) -> Hook | None:
        """Return a hook; None where there is none of this id."""

    def remove(self, hook_id: str, by: str) -> bool:
        """Remove a hook, keep in the audit log by whom, and return whether there was one."""

    def note_arrived(self, hook_id: str, cursor: int, answer: str | None) -> bool:
        """Keep that all changes up to a cursor have arrived, by a message (`answer`) or because none was meant.

        Returns whether the hook is still there.
        """

    def note_failed(self, hook_id: str, answer: str, next_attempt: str | None) -> bool:
        """Keep that a message did not arrive, and when it is sent again; None gives the hook up."""

    def resume(self, hook_id: str) -> bool:
        """Let a hook be told again from where it was, at once; returns whether there is one."""


def new_id() -> str:
    """Return an id that nobody guesses: messages name it."""
    return f"hook_{secrets.token_hex(8)}"


def new_secret() -> bytes:
    """Return what the messages of a hook are signed with."""
    return secrets.token_bytes(SECRET_BYTES)
