"""How a list of things is shown: as a table for people, as CSV or JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import click
import orjson
from rich.table import Column, Table

from api.commands.terminal import out, plain
from geo.formats.csv_table import rows_as_csv
from geo.text import UNWANTED, visible

Value = str | int | None
Row = Mapping[str, Value]

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    show_default=True,
    help="Its form.",
)
_NOTHING: Mapping[str, str] = MappingProxyType({})


def show(
    form: str, names: Sequence[str], rows: Sequence[Row], nothing: str, blank: Mapping[str, str] = _NOTHING
) -> None:
    """Show rows by the names of their columns; `nothing` says that there are none.

    For people a cell without a value says what `blank` has for its column.
    """
    if form == "json":
        click.echo(json_text([{name: row[name] for name in names} for row in rows]))
    elif form == "csv":
        for part in rows_as_csv(names, [[[_cell(row[name]) for name in names] for row in rows]]):
            click.echo(part, nl=False)
    elif rows:
        out.print(_table(names, rows, blank))
    else:
        out.print(nothing, highlight=False)


def _cell(value: Value) -> Value:
    return visible(value) if isinstance(value, str) else value


def _table(names: Sequence[str], rows: Sequence[Row], blank: Mapping[str, str]) -> Table:
    table = Table(*(Column(name.replace("_", " ").capitalize(), overflow="fold") for name in names))
    for row in rows:
        table.add_row(*(plain(blank.get(name, "") if row[name] in (None, "") else row[name]) for name in names))
    return table


def json_text(document: object) -> str:
    """Return JSON whose strings carry no control character raw, those beyond ASCII included."""
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    return UNWANTED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
