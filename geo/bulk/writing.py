"""What an analysis would change, written at once: as revisions in one transaction, or as proposals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from geo.audit import Note
from geo.bulk.analysis import Analysis
from geo.bulk.comparing import Change
from geo.editing import Edit
from geo.errors import ImportRefused
from geo.proposals import UNDECIDED, Author, Draft, ProposalQuery
from geo.store import Store

_EVERY = 200


def write(
    analysis: Analysis,
    store: Store,
    author: str,
    comment: str,
    *,
    leaving_out: bool = False,
    watched: Callable[[int], None] = lambda _: None,
) -> int:
    """Write every new and changed record in one transaction, or none, and return how many.

    Raises ImportRefused where rows are refused or doubtful, unless they are left out, and RevisionConflict or
    AlreadyExists where the store has changed since the analysis.
    """
    _refuse_rest(analysis, leaving_out)
    if analysis.tally.to_write:
        note = Note(author, "imported", comment, {"count": analysis.tally.to_write})
        store.write_many(_edits(analysis, author, comment, watched), note)
    return analysis.tally.to_write


def _refuse_rest(analysis: Analysis, leaving_out: bool) -> None:
    tally = analysis.tally
    if tally.left_out and not leaving_out:
        counts = {name: tally.verdicts[name] for name in ("refused", "doubtful")}
        raise ImportRefused("rows-not-taken", **counts)


def _edits(analysis: Analysis, author: str, comment: str, watched: Callable[[int], None]) -> Iterator[Edit]:
    for done, change in enumerate(analysis.changes()):
        if done % _EVERY == 0:
            watched(done)
        yield Edit(change.project.id, change.project, change.expected, author, comment)
    watched(analysis.tally.to_write)


def propose(
    analysis: Analysis, store: Store, author: Author, comment: str, *, leaving_out: bool = False, language: str = "en"
) -> list[int]:
    """Propose every new and changed record, all or none, and return the numbers of the proposals.

    What is proposed already, and not decided, is not proposed again. Raises ImportRefused as `write` does, and
    ProposalsFull.
    """
    _refuse_rest(analysis, leaving_out)
    drafts = [
        _draft(change, author, comment, language) for change in analysis.changes() if not _is_proposed(change, store)
    ]
    note = Note(author.name, "imported", comment, {"count": len(drafts)})
    return store.proposals.add_many(drafts, note) if drafts else []


def _draft(change: Change, author: Author, comment: str, language: str) -> Draft:
    project, kind = change.project, "create" if change.expected is None else "change"
    properties = project.properties
    return Draft(
        kind="create" if kind == "create" else "change",
        project_id=project.id,
        base=change.expected,
        project=project,
        name=properties.name,
        country=properties.country,
        sources=[source.id for source in properties.sources],
        comment=comment,
        author=author,
        language=language,
    )


def _is_proposed(change: Change, store: Store) -> bool:
    page = store.proposals.search(ProposalQuery(states=UNDECIDED, project_id=change.project.id))
    return any(each.draft.project == change.project for each in page.proposals)
