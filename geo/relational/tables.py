"""The tables that make up a store, column by column: what goes with it wherever it is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table that every kind of database has, its rows told apart by the columns of its `key`."""

    name: str
    key: tuple[str, ...]
    others: tuple[str, ...]
    flags: tuple[str, ...] = ()  # true or false, for which SQLite has numbers
    is_numbered: bool = False  # the database gives each row a number, and none again of one that has gone

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *self.others)


REVISION_COLUMNS = (
    *("sequence", "project_id", "number", "action", "author", "comment"),
    *("successor", "time", "created", "replaces", "record"),
)
REVISIONS = Table("revisions", ("sequence",), REVISION_COLUMNS[1:])

_SAID = (
    *("version", "state", "kind", "project_id", "base", "record", "name", "folded", "country", "sources", "comment"),
    *("author", "key", "origin", "language", "alike", "token", "once_name", "once_content", "time", "updated"),
)
_DELIVERED = ("cursor", "state", "failures", "failing_since", "next_attempt", "answer", "delivered")

# Each after those that its rows name rows of.
OTHERS = (
    Table("store_secret", ("id",), ("secret",)),
    Table("named_releases", ("name",), ("sequence", "time")),
    Table("asked_once", ("name",), ("content", "sequence", "time")),
    Table(
        "api_keys",
        ("id",),
        ("name", "role", "digest", "created", "revoked", "expires", "used", "replaced", "scope"),
        is_numbered=True,
    ),
    Table("sessions", ("digest",), ("key_id", "name", "role", "created", "expires")),
    Table("accounts", ("issuer", "subject"), ("name",)),
    Table("audit_log", ("sequence",), ("revision", "time", "actor", "action", "subject", "details"), is_numbered=True),
    Table("hidden_authors", ("name",), ("time",)),
    Table("hidden_authors_moves", ("id",), ("moves",)),
    Table("proposals", ("id",), _SAID, is_numbered=True),
    Table(
        "proposal_remarks", ("proposal_id", "number"), ("text", "author", "is_editor", "state", "time"), ("is_editor",)
    ),
    Table("proposal_revisions", ("sequence",), ("proposal_id",)),
    Table("hooks", ("id",), ("owner", "address", "question", "base", "language", "secret", "created", *_DELIVERED)),
    Table("loaded_dataset", ("id",), ("fingerprint", "time", "release")),
    Table("last_backup", ("id",), ("time", "sequence")),
)
ALL = (REVISIONS, *OTHERS)

# What a store has of its own, or makes again of the others.
OWN = (
    "store_identity",  # by which it is told from its copies
    "copied_from",
    "projects",
    "derived_columns",
    "claim_keys",
    "store_migrations",
    "committed",
)
