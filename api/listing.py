"""What a question asks of records, read once for all its pages, which differ by their marks alone."""

from __future__ import annotations

import dataclasses

from starlette.requests import Request

from api import crs
from api.collections import OF_PROJECTS, Collection
from api.links import ItemsLinks
from api.parameters import paged, parse_after, read_properties, read_query
from api.services import Services, base_url
from geo.query import Query


class Listing:
    """A question for records, as the address of any of its pages asks it; raises InvalidQuery."""

    def __init__(self, request: Request, given: Services, collection: Collection = OF_PROJECTS) -> None:
        params, columns = request.query_params, collection.columns
        self._query = read_query(params, paged(columns), given.settings.page_size, marked=False, columns=columns)
        self.collection, self.system = collection, crs.asked(params)
        self.properties = read_properties(params, collection.properties)
        self.links = ItemsLinks(base_url(request), collection, params)

    def query(self, after: str | None) -> Query:
        """Return what the page after a mark asks for; raises InvalidQuery."""
        return dataclasses.replace(self._query, after=None if after is None else parse_after(after))
