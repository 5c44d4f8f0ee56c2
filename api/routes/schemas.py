"""Schemas of a collection: what its features hold, by what they are sorted, and what a record that is sent may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parameters
from api.collections import OF_PROJECTS, ROOT, Collection, CollectionDep
from api.documents import document, shown
from api.forms import AS_SCHEMA
from api.services import Services, ServicesDep, base_url
from api.tags import static_tag
from geo import schemas
from geo.records.schema import feature_schema

router = APIRouter(prefix=ROOT)


@router.get("/{collection_id}/schema")
def schema(request: Request, given: ServicesDep, collection: CollectionDep) -> Response:
    """Answer the flat schema of features (OGC 23-058r2, /req/returnables-and-receivables/op)."""
    return _answer(request, given, "api.schema", lambda address: returnables(address, collection))


@router.get("/{collection_id}/schema/feature")
def schema_of_feature(request: Request, given: ServicesDep, collection: CollectionDep) -> Response:
    """Answer the schema of a feature as GeoJSON has it, by which GDAL types the columns."""
    return _answer(
        request, given, "api.schema_feature", lambda address: schemas.served(address, returnables("", collection))
    )


@router.get(f"/{OF_PROJECTS.id}/schema/record")
def schema_of_record(request: Request, given: ServicesDep) -> Response:
    """Answer the schema of a record as it is sent, with every rule that a schema can say."""
    return _answer(request, given, "api.schema_record", lambda address: {"$id": address, **feature_schema()})


@router.get("/{collection_id}/sortables")
def sortables(request: Request, given: ServicesDep, collection: CollectionDep) -> Response:
    """Answer the properties by which features are sorted (/req/sortables/op)."""
    title = f"Sortables of {collection.title.lower()}"
    return _answer(
        request, given, "api.sortables", lambda address: schemas.sortables(address, title, collection.columns)
    )


def returnables(address: str, collection: Collection) -> schemas.Schema:
    """Return the flat schema of a collection."""
    return schemas.returnables(
        address, collection.title, collection.columns, collection.parts(), spatial=collection.is_spatial
    )


def _answer(request: Request, given: Services, title: str, make: Callable[[str], dict[str, Any]]) -> Response:
    parameters.check_known(request.query_params, parameters.FORMED)
    address = f"{base_url(request)}{request.scope['path']}"
    return document(request, given, static_tag(request, given), lambda: make(address), shown(title), AS_SCHEMA)
