"""The server of the Model Context Protocol: its tools, its resources, and what it says of itself.

The tools take the parameters of the API, as `api.parameters` has them; what they answer is made in `answers.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Annotated, Any

import orjson
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field
from starlette.datastructures import QueryParams

from api.assistants import answers
from api.assistants.answers import Answer
from api.counting import COUNTING
from api.parameters import check_known, parameters_of
from api.services import Services
from geo import product
from geo.columns import PROJECTS
from geo.errors import LedgerError

URI = f"{product.COMMAND}://projects/{{project_id}}"
_INSTRUCTIONS = f"""{product.NAME}: an open, sourced map of the world's lithium and battery projects, from salt flat to
recycling. Find records with `search`, read one with all its claims and their sources with `item`, count with
`statistics`, and look up what a code means with `vocabulary`.

{answers.HONESTY}
Give the record's address, and the source of each claim that you repeat. Claims that contradict each other stand side by
side: say so. A record whose place is known to a country only is no place on a map.
{answers.STRANGERS}"""
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_PARTED = ("code", "country", "ids", "integer", "number")  # kinds of columns that take several values
# Python has a word `from`, which no parameter of a function can be called.
_CALLED = {"from": "from_date", "to": "to_date"}
_MEANT = {called: name for name, called in _CALLED.items()}
_COUNTING = {_CALLED.get(each.name, each.name): each for each in COUNTING if each.name != "limit"}
_PARAMETERS = {**parameters_of(PROJECTS), **_COUNTING}
Given = str | bool | int | float | list[str] | None


def server_of(given: Services, base: str) -> MCPServer[Any]:
    """Return the server that answers from these services; addresses of records begin with `base`."""
    server = _Server(
        product.COMMAND,
        title=given.settings.title,
        instructions=_INSTRUCTIONS,
        website_url=base,
        version=version(product.COMMAND),
        log_level="WARNING",
    )

    def search(**asked: Given) -> Answer:
        return _answered(lambda: answers.search(given, base, _texts(asked)))

    def item(
        id: Annotated[str, Field(description="The id of a record, as search tells it.", max_length=200)],
    ) -> Answer:
        return _answered(lambda: answers.item(given, base, id))

    def statistics(**asked: Given) -> Answer:
        return _answered(lambda: answers.statistics(given, base, _texts(asked)))

    def vocabulary(name: Annotated[list[str] | None, Field(description=_NAMES)] = None) -> Answer:
        return _answered(lambda: answers.vocabularies(name or ()))

    _take(search, answers.SEARCHED)
    _take(statistics, (*_COUNTING, *answers.CHOOSING))
    for tool, title, description in (
        (search, "Find records", _SEARCH),
        (item, "Read a record with its sources", _ITEM),
        (statistics, "Count records", _STATISTICS),
        (vocabulary, "What codes mean", _VOCABULARY),
    ):
        server.add_tool(tool, title=title, description=description, annotations=_READS)
    _add_records(server, lambda project_id: answers.item(given, base, project_id))
    return server


class _Server(MCPServer[Any]):
    """Refuses arguments that a tool does not have, which the package leaves out: more records would be answered."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        for tool in await self.list_tools():
            if tool.name == name:
                _check_known(arguments, tool.input_schema["properties"])
        return await super().call_tool(name, arguments, context)


def _check_known(arguments: dict[str, Any], known: Iterable[str]) -> None:
    try:
        check_known(QueryParams(dict.fromkeys(arguments, "")), known)
    except LedgerError as error:
        raise ToolError(str(error)) from error


_SEARCH = (
    "Find lithium and battery projects. Each record comes in short with its stage, what the stage's date is, its "
    "capacity with basis and unit, and its address; `number_matched` says how many there are, and `after` asks for "
    "the next ones. Filters are those of the HTTP API; several values mean any of them."
)
_ITEM = "Read one record: every event, capacity, owner and place with the sources that say so, and how to cite it."
_STATISTICS = (
    "Count the records that match by up to three properties (`by`), add up their capacities by unit and by whether "
    "they are planned or built (`sum=capacity`), and with `interval=year` or `month` give the state after each. "
    "Each group has the address of exactly its records."
)
_VOCABULARY = "What the codes of a record mean: kinds, stages, bases of dates and capacities, types of sources."
_NAMES = "Vocabularies, such as kind, status or capacity_basis; all of them where none is named."


def _answered(make: Callable[[], Answer]) -> Answer:
    """Return an answer; what cannot be asked, or is not there, is told to the asker as a sentence."""
    try:
        return make()
    except LedgerError as error:
        raise ToolError(str(error)) from error


def _texts(asked: dict[str, Given]) -> dict[str, str]:
    """Return what was asked for as the API has it."""
    return {_MEANT.get(name, name): _text(value) for name, value in asked.items() if value is not None}


def _text(value: Given) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _take(tool: Callable[..., Answer], names: tuple[str, ...]) -> None:
    """Have a tool take parameters of the API by name."""
    taken = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_form(name)) for name in names
    ]
    tool.__signature__ = inspect.Signature(taken, return_annotation=Answer)  # type: ignore[attr-defined]


def _form(name: str) -> Any:
    """Return the type of a parameter, with what it means."""
    if name in _COUNTING:
        is_list = _PARAMETERS[name].schema["type"] == "array"
        return Annotated[
            (str | list[str] | None) if is_list else (str | None), Field(description=_PARAMETERS[name].description)
        ]
    if name == "limit":
        said = f"Records at most, {answers.USUALLY_FOUND} unless said, {answers.MOST_FOUND} at most."
        return Annotated[int | None, Field(description=said)]
    kind = PROJECTS[name].kind if name in PROJECTS else "text"
    codes = PROJECTS[name].codes if name in PROJECTS else None
    said = _PARAMETERS[name].description + (f" One or more of: {', '.join(codes)}." if codes else "")
    if kind == "flag":
        return Annotated[bool | None, Field(description=said)]
    if kind in ("integer", "number"):
        return Annotated[str | int | float | None, Field(description=said)]
    return Annotated[(str | list[str] | None) if kind in _PARTED else (str | None), Field(description=said)]


def _add_records(server: MCPServer[Any], read: Callable[[str], Answer]) -> None:
    @server.resource(URI, title="A record with its sources", mime_type="application/json")
    def project(project_id: str) -> str:
        """A record: every claim with the sources that say so, as the tool `item` answers it."""
        try:
            return orjson.dumps(read(project_id)).decode()
        except LedgerError as error:
            raise ResourceNotFoundError(str(error)) from error
