"""The API definition: OpenAPI 3.0.3, which OGC API - Features and GDAL ask for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from api import hints, history_definition, parameters, proposals_definition, tiles_definition
from api.asked import FORMS_OF_CITATION, FORMS_OF_ITEM, forms_of_items
from api.changed import operation_of_changes
from api.collections import COLLECTIONS, OF_PROJECTS, Collection
from api.counted import operation_of_statistics
from api.crs import CONTENT_CRS
from api.filters import Parameter
from api.forms import AS_CSV, AS_HTML, AS_OPENAPI, AS_SCHEMA, DOCUMENT, Form
from api.hooks import definition as hooks_definition
from api.languages import PARAMETER as LANGUAGE
from api.links import API, CHANGES, COLLECTION, EVENTS, ITEMS
from api.problems import title_of
from api.responses import COLUMNS, GEOJSON, JSON
from api.shapes import ending_of, shapes
from geo.columns import PROJECTS, Columns
from geo.crs import SYSTEMS
from geo.formats.references import CSL
from geo.records.fields import ID_PATTERN

PROBLEM = "application/problem+json"


def document(server: str, title: str, page_size: int) -> dict[str, Any]:
    """Return the definition of the API of the server at this address.

    Its server is the API's root and its paths are relative to it, as OGC 17-069r4 names them (`/conformance`, ...).
    """
    return {
        "openapi": "3.0.3",
        "info": {
            "title": title,
            "version": "0.1.0",
            "description": "Lithium and battery projects of the world as GeoJSON, each claim with its source.",
            "license": {"name": "CC BY 4.0 (data)", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": f"{server}{API}"}],
        "paths": {path: _path(path, operations) for path, operations in _paths(server, page_size).items()},
        "components": {
            "schemas": shapes(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key."}},
        },
    }


def _paths(server: str, page_size: int) -> dict[str, dict[str, Any]]:
    read = functools.partial(_read, page_size)
    items, found = ITEMS.removeprefix(API), _of_the_api(read)
    for each in COLLECTIONS.values():
        _put_together(found, _of_collection(read, each))
    _put_together(found, {items: _editing_items(), f"{items}/{{featureId}}": _editing_item()})
    return {
        **found,
        **history_definition.paths(read, _write, items),
        **_of_projects(read),
        **_around(read),
        **tiles_definition.paths(read),
        **{path: {"servers": [{"url": server}], "get": operation} for path, operation in _beside(read).items()},
    }


def _of_the_api(read: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what tells of the API itself."""
    return {
        "/": {"get": read("landing", "The landing page", DOCUMENT)},
        "/conformance": {"get": read("conformance", "What the API conforms to", DOCUMENT)},
        "/openapi.json": {"get": read("definition", "This document", AS_OPENAPI)},
        "/docs": {"get": read("docs", "This document as a page", (AS_HTML,))},
        "/clients": {"get": read("clients", "What to type in programs that read this server", (AS_HTML,))},
        "/collections": {"get": read("collections", "The collections", DOCUMENT)},
        "/functions": {"get": read("functions", "Functions that a filter may call", DOCUMENT)},
    }


def _of_projects(read: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what is asked of projects alone."""
    collection = COLLECTION.removeprefix(API)
    return {
        EVENTS.removeprefix(API): {
            "get": read(
                "events",
                "What happened, newest first",
                (*DOCUMENT, AS_CSV),
                parameters.PAGED_EVENTS,
                "eventCollection",
            )
        },
        f"{collection}/facets": {
            "get": read("facets", "Counts by kind, status, country", DOCUMENT, parameters.MATCHING)
        },
        f"{collection}/statistics": {"get": operation_of_statistics(read)},
        f"{collection}/snapshot": {"get": read("snapshot", "Records as columns", JSON, parameters.MATCHING)},
        f"{collection}/snapshot/{{part}}": {
            "get": read("snapshotPart", "A part of the columns, as the map reads it", COLUMNS, parameters.MATCHING)
        },
        f"{collection}/schema/record": {
            "get": read("schemaRecord", "JSON Schema of a record as it is sent", AS_SCHEMA)
        },
    }


def _around(read: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what is asked of changes and proposals, and while a record is described."""
    changes = {CHANGES.removeprefix(API): {"get": operation_of_changes(read)}}
    return {**proposals_definition.paths(read), **changes, **hooks_definition.paths(), **hints.paths(read)}


def _put_together(found: dict[str, dict[str, Any]], more: Mapping[str, dict[str, Any]]) -> None:
    """Add operations to those that a path has."""
    for path, operations in more.items():
        found[path] = {**found.get(path, {}), **operations}


def _of_collection(read: Callable[..., dict[str, Any]], each: Collection) -> dict[str, dict[str, Any]]:
    """Return what every collection answers; the operations of other collections than projects are named for them."""
    path, items = each.path.removeprefix(API), each.items.removeprefix(API)
    of = ending_of(each)
    listed, columns = parameters.paged(each.columns), each.columns
    names = tuple(name for name in listed if name not in parameters.FORMED)
    return {
        path: {"get": read(f"collection{of}", f"The collection: {each.title}", DOCUMENT)},
        f"{path}/queryables": {"get": read(f"queryables{of}", "What a filter may ask", AS_SCHEMA)},
        items: {
            "get": read(
                f"items{of}", each.title, forms_of_items(each), names, f"featureCollection{of}", (413,), columns
            ),
            "options": _options(f"items{of}Options"),
        },
        f"{path}/schema": {"get": read(f"schema{of}", "What the records hold", AS_SCHEMA)},
        f"{path}/schema/feature": {"get": read(f"schemaFeature{of}", "JSON Schema of a record in GeoJSON", AS_SCHEMA)},
        f"{path}/sortables": {"get": read(f"sortables{of}", "By what records are sorted", AS_SCHEMA)},
        f"{items}/{{featureId}}": {
            "get": read(
                f"item{of}", f"One of {each.title.lower()}", FORMS_OF_ITEM, _of_item(each), f"feature{of}", (404, 410)
            ),
            "options": _options(f"item{of}Options", (404, 410)),
        },
    }


def _of_item(each: Collection) -> tuple[str, ...]:
    return ("at", "crs") if each is OF_PROJECTS else ("crs",)


def _editing_items() -> dict[str, Any]:
    return {"post": _write("create", "Add a record", 201, (409,))}


def _editing_item() -> dict[str, Any]:
    return {
        "put": _write("replace", "Replace a record", 200, (404, 410, 412, 428)),
        "patch": _write("update", "Change a record", 200, (404, 410, 412, 428)),
        "delete": _write("delete", "Delete a record", 204, (404, 410, 412, 428)),
    }


def _beside(read: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what the server answers beside the API's root."""
    return {
        "/cite": read("citeSelection", "How records are cited", FORMS_OF_CITATION, parameters.MATCHING),
        "/projects/{featureId}/cite": read(
            "citeRecord", "How a record is cited", FORMS_OF_CITATION, failures=(404, 410)
        ),
        "/healthz": read("healthz", "Whether the server works", JSON),
        "/readyz": read("readyz", "Whether all that is asked of the server can be done now", JSON),
        "/metrics": read("metrics", "Figures of the server, as Prometheus reads them", "text/plain", failures=(403,)),
    }


_FILE = {"type": "string", "format": "binary"}


def _path(path: str, operations: dict[str, Any]) -> dict[str, Any]:
    in_paths = _IN_PATHS if "projects" in path else [{**_IN_PATHS[0], "schema": _NAME}, *_IN_PATHS[1:]]
    described = [parameter for parameter in in_paths if f"{{{parameter['name']}}}" in path]
    return {"parameters": described, **operations} if described else operations


_NAME = {"type": "string", "maxLength": 100}
_IN_PATHS: list[dict[str, Any]] = [
    {
        "name": "featureId",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": ID_PATTERN, "maxLength": 100},
        "description": "A record's id.",
    },
    {
        "name": "part",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": ["drawn", "told"]},
        "description": "What the map's first picture needs, or the rest.",
    },
    proposals_definition.IN_PATH,
    hooks_definition.IN_PATH,
    history_definition.IN_PATH,
    *tiles_definition.IN_PATHS,
]


def _read(
    page_size: int,
    name: str,
    summary: str,
    forms: tuple[Form, ...] | str,
    names: tuple[str, ...] = (),
    schema: str | None = None,
    failures: tuple[int, ...] = (),
    columns: Columns = PROJECTS,
) -> dict[str, Any]:
    """Return an operation that reads: in one of several forms, or in the one media type that there is.

    `schema` is the shape of its own form, which is the first one.
    """
    shown = {"$ref": f"#/components/schemas/{schema}"} if schema else None
    headers = _ETAG | _CONTENT_CRS if "crs" in names else _ETAG
    found = {"description": summary, "headers": headers, "content": _content(forms, shown)}
    answers: dict[str, Any] = {"200": found, "304": {"description": "You have it: If-None-Match named its ETag"}}
    several = () if isinstance(forms, str) else (406,)
    if 410 in failures:
        answers["301"] = {"description": "It was taken into the record whose address Location names"}
    if "at" in names:
        answers["302"] = {"description": "Location names what stood at the time that was asked for"}
    if forms == FORMS_OF_ITEM:
        answers["303"] = {"description": "Location names the page on which people read it"}
    told = [_parameter(each, page_size, columns) for each in names] + _of_forms(forms)
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [each.openapi() for each in told],
        "responses": answers | _problems((400, *failures, *several, 421, 429, 500, 503)),
    }


def _content(forms: tuple[Form, ...] | str, shown: dict[str, Any] | None) -> dict[str, Any]:
    types = [forms] if isinstance(forms, str) else [form.media_type for form in forms]
    first = shown or _shape_of(types[0])
    return {
        types[0]: {"schema": first},
        **{each: {"schema": _shape_of(each)} for each in types[1:] if each != types[0]},
    }


def _shape_of(media_type: str) -> dict[str, Any]:
    if media_type == CSL:
        return {"type": "array"}
    if media_type.endswith("json") or "json;" in media_type or media_type in (JSON, COLUMNS):
        return {"type": "object"}
    return {"type": "string"} if media_type.startswith("text/") else _FILE


def _of_forms(forms: tuple[Form, ...] | str) -> list[Parameter]:
    """Return the parameters that choose a form, and the language of what is read in words."""
    if isinstance(forms, str):
        return []
    names = [name for form in forms for name in form.names]
    chosen = Parameter("f", _FORM, {"type": "string", "enum": names})
    return [chosen, parameters.PARAMETERS[LANGUAGE]]


_FORM = (
    "The form of the answer; where it is not there, Accept decides. Of records, geojson (or json) and html come in "
    "pages, each other one is a file of all, or of as many as limit names (geojsonfile is GeoJSON as such a file)."
)


def _parameter(name: str, page_size: int, columns: Columns) -> Parameter:
    if name == "limit":
        return parameters.limit_parameter(page_size)
    return parameters.parameters_of(columns)[name]


_ETAG = {"ETag": {"description": "A strong tag of this answer", "schema": {"type": "string"}}}
_CONTENT_CRS = {
    CONTENT_CRS: {
        "description": "The URI, in angle brackets, of the coordinate reference system of the geometries",
        "schema": {"type": "string", "enum": [f"<{uri}>" for uri in SYSTEMS]},
    }
}


def _write(name: str, summary: str, status: int, failures: tuple[int, ...]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "security": [{"key": []}],
        "parameters": [parameters.PARAMETERS["comment"].openapi(), parameters.ONCE if name == "create" else _IF_MATCH],
        "responses": {str(status): _written(status)}
        | _problems((400, 401, 403, *_BODY[name], *failures, 421, 429, 500, 503)),
    }
    if name not in ("delete", "revert"):
        schema = {"type": "object"} if name == "update" else {"$ref": "#/components/schemas/newFeature"}
        media_types = _PATCH_TYPES if name == "update" else (GEOJSON, JSON)
        described["parameters"].append(_STATED_CRS)
        example = {"example": proposals_definition.NEW_RECORD} if name == "create" else {}
        content = {"schema": schema, **example}
        described["requestBody"] = {"required": True, "content": dict.fromkeys(media_types, content)}
    return described


# A change with a body may also fail for the body's sake.
_BODY = dict.fromkeys(("create", "replace", "update"), (408, 413, 415, 422)) | {"delete": (), "revert": ()}
_PATCH_TYPES = ("application/merge-patch+json", GEOJSON, JSON)

_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the revision that is changed.",
    "schema": {"type": "string"},
}
_STATED_CRS = {
    "name": CONTENT_CRS,
    "in": "header",
    "description": "The coordinate reference system of the body's geometry; without it, it is CRS84.",
    "schema": _CONTENT_CRS[CONTENT_CRS]["schema"],
}


def _written(status: int) -> dict[str, Any]:
    if status == 204:
        return {"description": "Deleted"}
    content = {GEOJSON: {"schema": {"$ref": "#/components/schemas/writtenFeature"}}}
    headers = _ETAG | _CONTENT_CRS
    if status == 201:
        headers["Location"] = {"description": "Address of the new record", "schema": {"type": "string"}}
    return {
        "description": "The record as it is now, and what about it looks wrong",
        "headers": headers,
        "content": content,
    }


def _options(name: str, failures: tuple[int, ...] = ()) -> dict[str, Any]:
    allow = {"Allow": {"description": "Methods that this request's key may use", "schema": {"type": "string"}}}
    return {
        "operationId": name,
        "summary": "Methods allowed here",
        "responses": {"200": {"description": "See the Allow header", "headers": allow}}
        | _problems((*failures, 421, 429, 500, 503)),
    }


def _problems(statuses: tuple[int, ...]) -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}
    return {str(status): {"description": title_of(status), "content": content} for status in statuses}
