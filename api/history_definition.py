"""What the API's definition says of revisions, of releases, and of what stood at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api import parameters
from api.asked import FORMS_OF_ITEM
from api.forms import DOCUMENT
from api.mementos import LINK_FORMAT
from api.problems import PROBLEM, title_of
from api.releases import AFTER, FORMS_OF_REPORT, FROM, TO

IN_PATH: dict[str, Any] = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": 10**15 - 1},
    "description": "The number of a revision.",
}
_PAGE = 50  # records of a report
Operation = Callable[..., dict[str, Any]]


def paths(read: Operation, write: Operation, items: str) -> dict[str, dict[str, Any]]:
    """Return the operations; `read` and `write` make one of what it is called and answers."""
    of_record = f"{items}/{{featureId}}"
    revisions = f"{of_record}/revisions"
    listed = read("revisions", "A record's history", DOCUMENT, ("limit",), failures=(404,))
    listed["parameters"].append(parameters.REVISION.openapi())
    as_it_was = read("revision", "A record as it was", FORMS_OF_ITEM, (), "feature", (404, 410))
    back = write("revert", "Make a record what it was at a revision", 200, (404, 410, 412, 428))
    states = read("timemap", "Where each state of a record is", LINK_FORMAT, failures=(404,))
    return {
        revisions: {"get": listed},
        f"{revisions}/{{number}}": {"get": as_it_was},
        f"{revisions}/{{number}}/revert": {"post": back},
        f"{of_record}/timemap": {"get": states},
        "/releases": {"get": read("releases", "Moments that have names", DOCUMENT)},
        "/releases/timemap": {"get": read("releasesTimemap", "Where all records are as they stood", LINK_FORMAT)},
        "/releases/changes": {"get": _report(read)},
    }


def _report(read: Operation) -> dict[str, Any]:
    """Return what compares two releases, the one of which has to be named."""
    operation = read("releaseChanges", "What changed between two releases", FORMS_OF_REPORT)
    told = [each.openapi() for each in (FROM, TO, AFTER, parameters.limit_parameter(_PAGE))]
    operation["parameters"] += [{**told[0], "required": True}, *told[1:]]
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}
    operation["responses"] |= {str(each): {"description": title_of(each), "content": content} for each in (404, 413)}
    return operation
