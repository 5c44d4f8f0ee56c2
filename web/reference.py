"""The API's definition (OpenAPI 3.0) made ready to be read: what may be asked, with what, and what comes back."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

Schema = Mapping[str, Any]

_BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "format")
_METHODS = ("get", "post", "put", "patch", "delete", "options")
_ABOUT_PROJECTS = "/collections/projects"
_DEEPEST = 4  # of objects within objects that are told one by one


@dataclass(frozen=True)
class Kind:
    """What a value is: a word of JSON Schema, or the name of a shape that is told elsewhere, perhaps many of them."""

    word: str = ""
    shape: str = ""
    is_many: bool = False


@dataclass(frozen=True)
class Value:
    """A parameter, or a member of a shape: what it is called and is, what it means, and what it may hold."""

    name: str
    kind: Kind
    where: str = ""
    is_required: bool = False
    meaning: Markup = field(default_factory=Markup)
    codes: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True)
class Content:
    """What is sent or answered in a media type."""

    media_type: str
    kind: Kind


@dataclass(frozen=True)
class Answer:
    """An answer by its status."""

    status: str
    meaning: str
    contents: tuple[Content, ...]


@dataclass(frozen=True)
class Operation:
    """What may be done at an address: `url` as it is opened as it stands ("" where it cannot be), and by curl."""

    id: str
    method: str
    path: str
    summary: str
    needs_key: bool
    url: str
    command: str
    parameters: tuple[Value, ...]
    sent: tuple[Content, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Shape:
    """What an object that is sent or answered holds; several names have the same shape."""

    names: tuple[str, ...]
    meaning: Markup
    values: tuple[Value, ...]
    same: Kind | None = None


@dataclass(frozen=True)
class Reference:
    """The whole definition: operations in groups (`records`, `changes`, `rest`), and the shapes that they name."""

    title: str
    description: str
    groups: Mapping[str, list[Operation]]
    shapes: list[Shape]


def reference(definition: Mapping[str, Any]) -> Reference:
    """Return an OpenAPI document made ready for a page."""
    groups: dict[str, list[Operation]] = {"records": [], "changes": [], "rest": []}
    for each in _operations(definition):
        is_record = each.path.startswith(_ABOUT_PROJECTS)
        groups["changes" if each.needs_key else "records" if is_record else "rest"].append(each)
    info = definition["info"]
    return Reference(info["title"], info["description"], groups, _shapes(definition["components"]["schemas"]))


def _operations(definition: Mapping[str, Any]) -> Iterator[Operation]:
    for path, told in definition["paths"].items():
        server = told.get("servers", definition["servers"])[0]["url"]
        for method in _METHODS:
            if method in told:
                yield _operation(server, path, method, told[method], told.get("parameters", []))


def _operation(server: str, path: str, method: str, told: Schema, shared: list[Schema]) -> Operation:
    address = f"{server}{path}".removesuffix("/")
    sent = _contents(told.get("requestBody", {}))
    parameters = tuple(_parameter(each) for each in [*shared, *told.get("parameters", [])])
    needed = [each.name for each in parameters if each.where == "query" and each.is_required]
    is_open = method == "get" and "{" not in path and not needed
    asked = f"?{'&'.join(f'{name}={name.upper()}' for name in needed)}" if needed else ""
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        needs_key=bool(told.get("security")),
        url=address if is_open else "",
        command=_command(f"{address}{asked}", method, bool(told.get("security")), sent, parameters),
        parameters=parameters,
        sent=sent,
        answers=tuple(_answers(told["responses"])),
    )


def _command(
    address: str, method: str, needs_key: bool, sent: tuple[Content, ...], parameters: tuple[Value, ...]
) -> str:
    parts = ["curl"] if method == "get" else ["curl", "-X", method.upper()]
    parts += ["-H", '"Authorization: Bearer $KEY"'] if needs_key else []
    for each in parameters:
        if each.where == "header" and each.is_required:  # its value is the reader's: a variable of that name
            parts += ["-H", f'"{each.name}: ${re.sub("[^A-Z]", "_", each.name.upper())}"']
    parts += ["-H", shlex.quote(f"Content-Type: {sent[0].media_type}"), "-d", "@record.geojson"] if sent else []
    return " ".join([*parts, shlex.quote(address)])


def _answers(responses: Schema) -> Iterator[Answer]:
    for status, told in sorted(responses.items()):
        yield Answer(status, told["description"], _contents(told))


def _contents(told: Schema) -> tuple[Content, ...]:
    return tuple(Content(name, _kind(each["schema"])) for name, each in told.get("content", {}).items())


def _parameter(told: Schema) -> Value:
    return _value(told["name"], told["schema"], told.get("required", False), told.get("description", ""), told["in"])


def _value(name: str, schema: Schema, is_required: bool, meaning: str = "", where: str = "") -> Value:
    inner = schema.get("items", {}) if schema.get("type") == "array" else schema
    default = schema.get("default")
    return Value(
        name=name,
        kind=_kind(schema),
        where=where,
        is_required=is_required,
        meaning=_marked(meaning or schema.get("description", "")),
        codes=tuple(map(str, inner.get("enum", ()))),
        bounds=tuple(f"{bound}: {each[bound]}" for each in _each(schema, inner) for bound in _BOUNDS if bound in each),
        default="" if default in (None, [], "") else str(default),
    )


def _each(schema: Schema, inner: Schema) -> Iterable[Schema]:
    return (schema,) if inner is schema else (schema, inner)


def _kind(schema: Schema) -> Kind:
    if "$ref" in schema:
        return Kind(shape=schema["$ref"].rpartition("/")[2])
    if schema.get("type") == "array":
        inner = _kind(schema.get("items", {}))
        return Kind(inner.word or "array" * (not inner.shape), inner.shape, is_many=True)
    choices = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf") or ()
    named = [each["$ref"] for each in choices if "$ref" in each]
    return Kind(shape=named[0].rpartition("/")[2]) if named else Kind(schema.get("type", "object"))


def _shapes(schemas: Mapping[str, Schema]) -> list[Shape]:
    """Return the shapes by name; those that are the same are told once."""
    told: list[tuple[Schema, list[str]]] = []
    for name, schema in schemas.items():
        alike = next((names for each, names in told if each == schema), None)
        if alike is None:
            told.append((schema, [name]))
        else:
            alike.append(name)
    return [_shape(tuple(names), schema) for schema, names in told]


def _shape(names: tuple[str, ...], schema: Schema) -> Shape:
    parts = schema.get("allOf", [schema])
    members = [member for part in parts for member in _members(part)]
    same = next((_kind(part) for part in parts if "$ref" in part), None)
    return Shape(names, _marked(schema.get("description", "")), tuple(members), same)


def _members(schema: Schema, before: str = "", depth: int = 0) -> Iterator[Value]:
    """Yield what an object holds; what is within an object within it has the names of both."""
    required = schema.get("required", ())
    for name, told in schema.get("properties", {}).items():
        yield _value(f"{before}{name}", told, name in required)
        is_many = told.get("type") == "array"
        inner = told.get("items", {}) if is_many else told
        if depth < _DEEPEST:
            yield from _members(inner, f"{before}{name}{'[]' if is_many else ''}.", depth + 1)


def _marked(text: str) -> Markup:
    """Return a description with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # escaped before it is marked
