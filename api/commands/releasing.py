"""Commands on releases: of the dataset, what changed from one to the next; of a store, how what it holds is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from api.commands.options import STORE
from api.commands.stores import open_ledger_of, place_of
from api.commands.terminal import out, plain, say
from geo.countries import country_names
from geo.curated.changes import Changes, changes, records_of_release
from geo.curated.files import projects_folder, read_projects
from geo.curated.release import Retired, keep, read_release, read_retired
from geo.paths import data_folder
from geo.records.project import Project


@click.command(name="changes")
@click.option("--from", "former", help="A release that is kept, a data folder or a file. [default: the release before]")
@click.option("--to", "now", help="Likewise. [default: the dataset of this version]")
@click.option(
    "--keep", "is_kept", is_flag=True, help="Keep this version's release whole, to compare the next one with."
)
def changes_(former: str | None, now: str | None, is_kept: bool) -> None:
    """Tell what changed from one release of the data to another, as a section of `data/CHANGELOG.md`.

    New records, records that moved their stage, that were corrected, extended, merged or deleted, each by its id.
    """
    release = read_release()
    if is_kept:
        say(f"Kept: {keep(read_projects(projects_folder(data_folder())), release.name)}")
        return
    found = changes(records_of_release(former or release.former), records_of_release(now or str(data_folder())))
    title = Path(now).name if now else release.name
    out.print("\n".join([f"## {title}", "", *_section(found, read_retired())]), soft_wrap=True, markup=False)


@click.command()
@STORE
@click.argument("name")
def release(store: str, name: str) -> None:
    """Name what the store holds now, such as `2026.12`: it can be read as it was, and compared with, by this name.

    The command `changes` tells what changed between releases of the dataset that the store may be filled from.
    """
    named = open_ledger_of(store, existing=True).store.name_release(name)
    say(f"Named: {plain(named.name)}, the change {named.sequence} of {place_of(store)}")


def _section(found: Changes, retired: dict[str, Retired]) -> Iterator[str]:
    yield from _list(f"New: {len(found.new)}", _by_country(found.new))
    moved = (f"`{i}`: {before} → {after}" for i, (before, after) in sorted(found.moved.items()))
    yield from _list(f"Moved stage: {len(found.moved)}", moved)
    corrected = (f"`{i}`: {', '.join(parts)}" for i, parts in sorted(found.corrected.items()))
    yield from _list(f"Corrected: {len(found.corrected)}", corrected)
    extended = (f"`{i}`: {', '.join(parts)}" for i, parts in sorted(found.extended.items()))
    yield from _list(f"Told more of: {len(found.extended)}", extended)
    yield from _list(f"Merged or deleted: {len(found.gone)}", (_gone(i, retired.get(i)) for i in found.gone))
    reworded = [", ".join(f"`{i}`" for i in sorted(found.reworded))] if found.reworded else []
    yield from _list(f"In other words, or from other sources: {len(found.reworded)}", reworded)


def _list(title: str, lines: Iterable[str]) -> list[str]:
    told = [f"- {line}" for line in lines]
    return [f"### {title}", "", *told, ""] if told else []


def _by_country(projects: Iterable[Project]) -> Iterator[str]:
    by_country: dict[str, list[str]] = defaultdict(list)
    for project in projects:
        by_country[country_names()[project.properties.country]].append(f"`{project.id}`")
    return (f"{country} ({len(ids)}): {', '.join(sorted(ids))}" for country, ids in sorted(by_country.items()))


def _gone(project_id: str, retired: Retired | None) -> str:
    if retired is None:
        return f"`{project_id}`"
    return f"`{project_id}`" + (f" → `{retired.successor}`" if retired.successor else "") + f": {retired.reason}"
