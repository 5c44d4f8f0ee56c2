"""What a proposal states, whoever hands it in, as a draft that can be kept; every fault at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

from pydantic import Field, ValidationError

from geo import vocabulary
from geo.addresses.counting import faults_of_proposed_sources
from geo.countries import country_names
from geo.editing import Feature, broken_links, differences, stating
from geo.errors import InvalidProposal, InvalidRecord, NotFound
from geo.faults import Fault, fault
from geo.keys import ANONYMOUS, RESERVED, seen_as
from geo.proposals import MOST_COMMENT, Author, Draft
from geo.records.fields import Code, Line, Paragraph, ProjectId
from geo.records.geometry import geometry_errors
from geo.records.ids import proposed_ids
from geo.records.parts import Part, Source
from geo.records.project import Project
from geo.records.refused import refused_faults
from geo.reviewing import is_there
from geo.store import Store

_MOST_SOURCES, _MOST_ALIKE = 50, 20


class _Stated(Part):
    """The members of a proposal."""

    kind: Annotated[str, Code(vocabulary.PROPOSAL_KINDS)]
    feature: dict[str, Any] | None = None
    project: ProjectId | None = None
    revision: Annotated[int, Field(gt=0, le=2**53)] | None = None
    comment: Annotated[str, Paragraph(MOST_COMMENT)]
    sources: Annotated[list[Any], Field(max_length=_MOST_SOURCES, default_factory=list)]
    author: Annotated[str, Line(100)] | None = None
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] = "en"
    alike: Annotated[
        dict[ProjectId, Annotated[str, Code(vocabulary.ALIKE_ANSWERS)]],
        Field(max_length=_MOST_ALIKE, default_factory=dict),
    ]


# What else belongs to a proposal of each kind, and must be there.
_NEEDED = {"create": ("feature",), "change": ("feature", "project", "revision"), "delete": ("project", "revision")}


def draft_of(stated: Any, store: Store, key: str | None = None) -> Draft:
    """Return what a proposal states, by the holder of a key or by somebody who says a name, or none.

    Raises InvalidProposal with every fault, whose pointers are into the proposal.
    """
    if not isinstance(stated, dict):
        raise InvalidProposal([fault("", "not-an-object")])
    try:
        told = _Stated.model_validate(stated)
    except ValidationError as error:
        raise InvalidProposal(refused_faults(error)) from error
    faults = [*_member_faults(told), *_author_faults(told.author, store, key)]
    if faults:
        raise InvalidProposal(faults)
    author = Author(key or told.author or ANONYMOUS, key)
    return _of_new(told, store, author) if told.kind == "create" else _of_record(told, store, author)


def _member_faults(told: _Stated) -> Iterator[Fault]:
    needed = _NEEDED[told.kind]
    for name in ("feature", "project", "revision"):
        if getattr(told, name) is None and name in needed:
            yield fault(f"/{name}", "missing")
        elif getattr(told, name) is not None and name not in needed:
            yield fault(f"/{name}", "proposal-member-unfit", kind=told.kind)


def _author_faults(name: str | None, store: Store, key: str | None) -> Iterator[Fault]:
    """Nobody without a key may be taken for somebody who has one or an account, or for what no person is."""
    if name is None or key is not None:
        return
    taken = (*RESERVED, *(each.name for each in store.keys.all()), *store.sessions.names())
    if seen_as(name) in set(map(seen_as, taken)):
        yield fault("/author", "author-name-taken", name=name)


def _of_new(told: _Stated, store: Store, author: Author) -> Draft:
    feature = told.feature or {}
    properties = feature.get("properties")
    proposed = next(proposed_ids(properties if isinstance(properties, dict) else {}))
    project = _within_feature(feature if feature.get("id") is not None else {**feature, "id": proposed}, None)
    _check_links(project, None, store)
    _check_sources(project, None)
    sources = [source.model_dump(exclude_defaults=True) for source in project.properties.sources]
    return _draft(told, author, project, project, None, sources)


def _of_record(told: _Stated, store: Store, author: Author) -> Draft:
    before = _before(told, store)
    sources, faults = _sources(told.sources, before)
    if faults:
        raise InvalidProposal(faults)
    if told.kind == "delete":
        faults = _twin_faults(told, store) + ([] if sources else [fault("/sources", "proposal-without-source")])
        if faults:
            raise InvalidProposal(faults)
        return _draft(told, author, None, before, told.revision, sources)
    feature = told.feature or {}
    if feature.get("id", before.id) != before.id:
        raise InvalidProposal([fault("/feature/id", "proposal-of-another", project=before.id)])
    project = _within_feature({**feature, "id": before.id}, before)
    _check_links(project, before, store)
    _check_sources(project, before)
    if not differences(before.to_feature(), project.to_feature()):
        raise InvalidProposal([fault("/feature", "proposal-changes-nothing")])
    known = {source.id for source in before.properties.sources}
    new = [source.id for source in project.properties.sources if source.id not in known]
    if not (sources or new):
        raise InvalidProposal([fault("/sources", "proposal-without-source")])
    return _draft(told, author, project, before, told.revision, [*sources, *new])


def _before(told: _Stated, store: Store) -> Project:
    """Return the record that is to be changed or removed, as it was read; raises InvalidProposal, NotFound."""
    project_id, number = told.project or "", told.revision or 0
    head = store.head(project_id)
    try:
        found = store.revisions(project_id, after=number - 1, limit=1)
    except NotFound:
        found = []
    if not found or found[0].number != number or found[0].project is None:
        raise InvalidProposal([fault("/revision", "proposal-no-such-revision", project=project_id, newest=head.number)])
    return found[0].project


def _sources(stated: list[Any], before: Project) -> tuple[list[Any], list[Fault]]:
    """Return the sources that are named beside the record, by id or as they are, and what is wrong with them."""
    known = {source.id for source in before.properties.sources}
    found: list[Any] = []
    faults: list[Fault] = []
    for index, source in enumerate(stated):
        if isinstance(source, str) and source in known:
            found.append(source)
        elif isinstance(source, str):
            faults.append(fault(f"/sources/{index}", "source-unknown", known=tuple(sorted(known)[:20])))
        else:
            try:
                given = {**source, "id": "s1"} if isinstance(source, dict) else source
                found.append(Source.model_validate(given).model_dump(exclude_defaults=True, exclude={"id"}))
                refusals = faults_of_proposed_sources([source])
                faults += [
                    dataclasses.replace(each, pointer=f"/sources/{index}/url")
                    for each in refusals
                    if each.severity == "error"
                ]
            except ValidationError as error:
                faults += refused_faults(error, f"/sources/{index}")
    return found, faults


def as_far_as_said(stated: Any) -> Feature | None:
    """Return what can be told of a new record that is not whole yet, as a feature; None where it says no name or place.

    What is wrong is left out: it is said elsewhere.
    """
    feature = stated.get("feature") if isinstance(stated, dict) and stated.get("kind") == "create" else None
    p = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(p, dict):
        return None
    geometry = feature.get("geometry")
    geometry = geometry if isinstance(geometry, dict) and not geometry_errors(geometry) else None
    name = _line(p.get("name"))
    if not name and geometry is None:
        return None
    owners = [_line(each.get("name")) for each in _some(p.get("owners")) if isinstance(each, dict)]
    said = {
        "name": name,
        "other_names": [text for each in _some(p.get("other_names")) if (text := _line(each))],
        "owners": [{"name": owner} for owner in owners if owner],
    }
    known = {
        "country": country_names(),
        "kind": vocabulary.KINDS.codes,
        "location_accuracy": vocabulary.LOCATION_ACCURACIES.codes,
    }
    codes = {name: code for name in known if isinstance(code := p.get(name), str) and code in known[name]}
    return {"id": "", "geometry": geometry, "properties": {**said, **codes}}


def _line(text: Any) -> str:
    return text.strip()[:200] if isinstance(text, str) else ""


def _some(parts: Any) -> list[Any]:
    return parts[:_MOST_ALIKE] if isinstance(parts, list) else []


def _within_feature(feature: Feature, before: Project | None) -> Project:
    """Return the record that a feature states; faults point into the proposal."""
    try:
        return stating(feature, before)
    except InvalidRecord as error:
        raise InvalidProposal(within_feature(error.faults)) from None


def within_feature(faults: list[Fault]) -> list[Fault]:
    """Return faults of a proposed record as those of the proposal."""
    return [dataclasses.replace(each, pointer=f"/feature{each.pointer}") for each in faults]


def _twin_faults(told: _Stated, store: Store) -> list[Fault]:
    """What goes because another record is the same leads to that one, which has to be there."""
    same = [each for each, answer in told.alike.items() if answer == "same"]
    itself = [fault(f"/alike/{each}", "link-to-itself") for each in same if each == told.project]
    return itself + [fault(f"/alike/{each}", "broken-link", project=each) for each in same if not is_there(store, each)]


def _check_links(project: Project, before: Project | None, store: Store) -> None:
    if faults := broken_links(project, before, partial(is_there, store)):
        raise InvalidProposal(within_feature(faults))


def _check_sources(project: Project, before: Project | None) -> None:
    """Refuse sources that are none; those that the record has already are not the author's."""
    known = {source.url for source in before.properties.sources} if before else set()
    stated = [source.model_dump() for source in project.properties.sources]
    found = faults_of_proposed_sources([{} if source["url"] in known else source for source in stated])
    if errors := [each for each in found if each.severity == "error"]:
        raise InvalidProposal(within_feature(errors))


def _draft(
    told: _Stated,
    author: Author,
    project: Project | None,
    shown: Project,
    base: int | None,
    sources: list[Any],
) -> Draft:
    """Return the draft; `shown` is the record by whose name and country it is found."""
    return Draft(
        kind=told.kind,  # type: ignore[arg-type]
        project_id=shown.id,
        base=base,
        project=project,
        name=(project or shown).properties.name,
        country=(project or shown).properties.country,
        sources=sources,
        comment=told.comment,
        author=author,
        language=told.language,
        alike=told.alike,  # type: ignore[arg-type]
    )
