"""Proposals in a store on an SQL database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from geo.audit import CONSOLE, Note
from geo.editing import Edit, Once
from geo.errors import AskedOtherwise, NoSuchProposal, ProposalMoved, ProposalsFull
from geo.folding import fold
from geo.keys import WITHHELD
from geo.proposals import (
    MOST_KEYLESS,
    MOST_OF_ORIGIN,
    MOST_REMARKS,
    MOST_UNDECIDED,
    UNDECIDED,
    Author,
    Draft,
    Proposal,
    ProposalPage,
    ProposalQuery,
    Remark,
    Removal,
    State,
)
from geo.records.project import Project
from geo.relational import audit
from geo.relational.authors import AUTHOR
from geo.relational.database import Connection, Database, Transaction
from geo.relational.edits import Prepared, Writing, next_of, prepare

_STATED = (
    *("kind", "project_id", "base", "record", "name", "folded", "country", "sources", "comment", "author", "key"),
    *("origin", "language", "alike", "token", "once_name", "once_content"),
)
_TOLD = f"id, version, state, time, updated, {', '.join(AUTHOR if name == 'author' else name for name in _STATED)}"
_ADD = (
    f"INSERT INTO proposals (version, state, time, updated, {', '.join(_STATED)}) "  # noqa: S608
    f"VALUES (1, 'open', ?, ?, {', '.join('?' * len(_STATED))}) RETURNING id"
)
_GET = f"SELECT {_TOLD} FROM proposals WHERE id = ?"  # noqa: S608
_IS_UNDECIDED = "state IN ('open', 'asked')"
_REMARKS = (
    f"SELECT text, {AUTHOR}, is_editor, state, time FROM proposal_remarks "  # noqa: S608
    "WHERE proposal_id = ? ORDER BY number"
)
_REVISIONS = "SELECT sequence FROM proposal_revisions WHERE proposal_id = ? ORDER BY sequence"
_BEHIND = (
    "SELECT sequence, proposal_id FROM proposal_revisions "
    "WHERE sequence IN (SELECT CAST(value AS BIGINT) FROM json_each(?)) ORDER BY sequence"
)
_MOVE = (
    "UPDATE proposals SET version = version + 1, state = ?1, updated = ?2, origin = CASE WHEN ?3 THEN origin END "
    "WHERE id = ?4 AND version = ?5 AND state IN ('open', 'asked')"
)
_SAY = (
    "INSERT INTO proposal_remarks (proposal_id, number, text, author, is_editor, state, time) "
    "VALUES (?1, (SELECT count(*) + 1 FROM proposal_remarks WHERE proposal_id = ?1), ?2, "
    "CASE WHEN ?4 THEN ?3 ELSE (SELECT author FROM proposals WHERE id = ?1) END, ?4, ?5, ?6)"
)


class StoredProposals:
    """`Proposals` in the store's tables."""

    def __init__(self, database: Database, transaction: Transaction) -> None:
        self._database, self._transaction = database, transaction

    def add(self, draft: Draft) -> Proposal:
        with self._transaction() as connection:
            number = _made(connection, draft.once) or _add(connection, draft)
            return _proposal(connection, number)

    def add_many(self, drafts: Sequence[Draft], note: Note | None = None) -> list[int]:
        with self._transaction() as connection:
            numbers = [_add(connection, draft) for draft in drafts]
            if note:
                audit.note(connection, note.actor, note.action, note.subject, **note.details)
            return numbers

    def get(self, number: int) -> Proposal:
        with self._database.reading() as connection:
            return _proposal(connection, number)

    def search(self, query: ProposalQuery) -> ProposalPage:
        order, beyond = ("DESC", "id < ?") if query.newest_first else ("ASC", "id > ?")
        where, values = _conditions(query)
        paged = f"{where} AND {beyond}" if query.after is not None else where
        after = () if query.after is None else (query.after,)
        rows = f"SELECT {_TOLD} FROM proposals WHERE {paged} ORDER BY id {order} LIMIT ?"  # noqa: S608
        with self._database.reading() as connection:
            counted = connection.execute(f"SELECT count(*) FROM proposals WHERE {where}", values)  # noqa: S608
            matched = int(counted.fetchone()[0])
            found = connection.execute(rows, (*values, *after, query.limit + 1)).fetchall()
        shown = [_of_row(row) for row in found[: query.limit]]
        return ProposalPage(shown, matched, shown[-1].id if len(found) > query.limit else None)

    def counts(self) -> dict[str, int]:
        with self._database.reading() as connection:
            return dict(map(tuple, connection.execute("SELECT state, count(*) FROM proposals GROUP BY state")))

    def remark(self, number: int, version: int, remark: Remark) -> Proposal:
        return self.decide(number, version, remark)

    def decide(self, number: int, version: int, remark: Remark, edits: Sequence[Edit] = ()) -> Proposal:
        prepared = [prepare(self._database, edit) for edit in edits]
        with self._transaction() as connection:
            _move(connection, number, version, remark)
            writing = Writing(connection, self._database)
            for each in prepared:
                sequence = writing.make(_by_its_author(connection, number, each)).sequence
                connection.execute("INSERT INTO proposal_revisions VALUES (?, ?)", (sequence, number))
            writing.end()
            if remark.is_editor:
                audit.note(connection, remark.author, "proposal_decided", str(number), state=remark.state)
            return _proposal(connection, number)

    def behind(self, sequences: Sequence[int]) -> dict[int, int]:
        with self._database.reading() as connection:
            rows = connection.execute(_BEHIND, (orjson.dumps(list(sequences)).decode(),))
            return dict(map(tuple, rows))

    def count_to_remove(self, removal: Removal) -> int:
        with self._database.reading() as connection:
            where, values = _removed(connection, removal)
            counted = connection.execute(f"SELECT count(*) FROM proposals WHERE {where}", values)  # noqa: S608
            return int(counted.fetchone()[0])

    def remove(self, removal: Removal, by: str = CONSOLE) -> int:
        with self._transaction() as connection:
            where, values = _removed(connection, removal)
            count = connection.execute(f"DELETE FROM proposals WHERE {where}", values).rowcount  # noqa: S608
            if count:
                like = None if removal.like is None else str(removal.like)
                audit.note(connection, by, "proposals_removed", like or "", count=count, since=removal.since)
            return count


def _add(connection: Connection, draft: Draft) -> int:
    _check_room(connection, draft.author)
    time = next_of(connection).time
    return int(connection.execute(_ADD, (time, time, *_values(draft))).fetchone()["id"])


def _values(draft: Draft) -> tuple[object, ...]:
    record = None if draft.project is None else orjson.dumps(draft.project.to_feature()).decode()
    sources, alike = orjson.dumps(list(draft.sources)).decode(), orjson.dumps(dict(draft.alike)).decode()
    said = (draft.kind, draft.project_id, draft.base, record, draft.name, fold(draft.name), draft.country, sources)
    author = (draft.comment, draft.author.name, draft.author.key, draft.author.origin, draft.language, alike)
    return (*said, *author, draft.token, *((draft.once.name, draft.once.content) if draft.once else (None, None)))


def _by_its_author(connection: Connection, number: int, prepared: Prepared) -> Prepared:
    """Return what an edit writes: that of an author who was taken from view is theirs as any other is."""
    if prepared.edit.author != WITHHELD:
        return prepared
    author = connection.execute("SELECT author FROM proposals WHERE id = ?", (number,)).fetchone()["author"]
    return replace(prepared, edit=replace(prepared.edit, author=author))


def _made(connection: Connection, once: Once | None) -> int | None:
    if once is None:
        return None
    known = connection.execute("SELECT id, once_content FROM proposals WHERE once_name = ?", (once.name,)).fetchone()
    if known is not None and known["once_content"] != once.content:
        raise AskedOtherwise("asked-otherwise")
    return None if known is None else int(known["id"])


def _check_room(connection: Connection, author: Author) -> None:
    undecided = f"SELECT count(*) FROM proposals WHERE {_IS_UNDECIDED}"  # noqa: S608
    if connection.execute(undecided).fetchone()[0] >= MOST_UNDECIDED:
        raise ProposalsFull("proposals-full", most=MOST_UNDECIDED)
    if author.origin is None:
        return
    keyless = "SELECT count(*) FROM proposals WHERE origin IS NOT NULL"  # which is forgotten of those that are decided
    if connection.execute(keyless).fetchone()[0] >= MOST_KEYLESS:
        raise ProposalsFull("proposals-full-of-keyless", most=MOST_KEYLESS)
    if connection.execute(f"{undecided} AND origin = ?", (author.origin,)).fetchone()[0] >= MOST_OF_ORIGIN:
        raise ProposalsFull("proposals-full-of-one", most=MOST_OF_ORIGIN)


def _move(connection: Connection, number: int, version: int, remark: Remark) -> None:
    time, stays = next_of(connection).time, remark.state in UNDECIDED
    if connection.execute(_MOVE, (remark.state, time, stays, number, version)).rowcount == 0:
        moved = _proposal(connection, number)
        raise ProposalMoved(number, moved.version, moved.state)
    if connection.execute("SELECT count(*) FROM proposal_remarks WHERE proposal_id = ?", (number,)).fetchone()[0] >= (
        MOST_REMARKS if stays else MOST_REMARKS + 1
    ):
        raise ProposalsFull("remarks-full", most=MOST_REMARKS)
    connection.execute(_SAY, (number, remark.text, remark.author, remark.is_editor, remark.state, time))


def _proposal(connection: Connection, number: int) -> Proposal:
    row = connection.execute(_GET, (number,)).fetchone() if abs(number) < 2**63 else None
    if row is None:
        raise NoSuchProposal("no-such-proposal", number=number)
    remarks = tuple(
        Remark(each["text"], each["author"], bool(each["is_editor"]), each["state"], each["time"])
        for each in connection.execute(_REMARKS, (number,))
    )
    return _of_row(row, remarks, tuple(each[0] for each in connection.execute(_REVISIONS, (number,))))


def _of_row(row: Any, remarks: tuple[Remark, ...] = (), revisions: tuple[int, ...] = ()) -> Proposal:
    draft = Draft(
        kind=row["kind"],
        project_id=row["project_id"],
        base=row["base"],
        project=Project.from_stored(orjson.loads(row["record"])) if row["record"] else None,
        name=row["name"],
        country=row["country"],
        sources=orjson.loads(row["sources"]),
        comment=row["comment"],
        author=Author(row["author"], row["key"], row["origin"]),
        language=row["language"],
        alike=orjson.loads(row["alike"]),
        token=row["token"],
    )
    state: State = row["state"]
    return Proposal(row["id"], row["version"], state, draft, row["time"], row["updated"], remarks, revisions)


def _conditions(query: ProposalQuery) -> tuple[str, tuple[object, ...]]:
    """Return a condition of fixed words, and the values in their order."""
    listed = {"state": query.states, "kind": query.kinds, "country": query.countries}
    parts = [f"{name} IN (SELECT value FROM json_each(?))" for name, values in listed.items() if values]  # noqa: S608
    values: list[object] = [orjson.dumps(list(each)).decode() for each in listed.values() if each]
    if query.project_id is not None:
        parts.append("project_id = ?")
        values.append(query.project_id)
    if query.is_keyless is not None:
        parts.append("key IS NULL" if query.is_keyless else "key IS NOT NULL")
    for word in fold(query.text).split():
        parts.append("instr(folded, ?) > 0")
        values.append(word)
    return " AND ".join(parts) or "1 = 1", tuple(values)


def _removed(connection: Connection, removal: Removal) -> tuple[str, tuple[object, ...]]:
    parts, values = [_IS_UNDECIDED], list[object]()
    if removal.is_keyless:
        parts.append("key IS NULL")
    if removal.like is not None:
        like = _proposal(connection, removal.like).draft.author
        parts.append("origin = ?" if like.key is None else "key = ?")
        values.append(like.origin if like.key is None else like.key)
    if removal.since is not None:
        parts.append("time >= ?")
        values.append(removal.since)
    for word in fold(removal.text).split():
        parts.append("instr(folded, ?) > 0")
        values.append(word)
    return " AND ".join(parts), tuple(values)
