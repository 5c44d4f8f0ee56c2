"""What stood at a time (RFC 7089, Memento): asked for by Accept-Datetime, or by the parameter `at`."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from api.auth import client_of, key_of
from api.collections import OF_PROJECTS
from api.filters import WrongParameter, once
from api.links import item_path
from api.problems import FilesWaiting, RequestError
from api.services import Services, base_url
from geo.errors import NotFound
from geo.store import Revision

LINK_FORMAT = "application/link-format"
TIMEMAP = "/api/releases/timemap"
_ASKED = "accept-datetime"
_HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"  # RFC 9110 section 5.6.7, the one form that is sent
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class NoAcceptDatetime(RequestError):
    """An Accept-Datetime that is no date of HTTP."""


class BeforeTheFirst(RequestError):
    """A time at which nothing was there yet."""

    status = HTTPStatus.NOT_FOUND


class Moment(NamedTuple):
    """The newest revision at a time, by its sequence, and when it was made."""

    sequence: int
    time: str


def is_asked(request: Request) -> bool:
    """Return whether a time is asked for, by header or parameter."""
    return _ASKED in request.headers or "at" in request.query_params


def moment_of(given: Services, params: QueryParams) -> Moment | None:
    """Return which moment the parameter names, by a release or a time; None where it is not there.

    Raises InvalidQuery, and BeforeTheFirst.
    """
    text = once(params, "at")
    if text is None:
        return None
    named = next((each for each in given.store.releases() if each.name == text), None)
    return _moment(given, named.sequence if named else given.store.sequence_at(_end_of(text)))


def _end_of(text: str) -> str:
    """Return the last millisecond that a time or a day names."""
    full = f"{text}T23:59:59Z" if _DAY.fullmatch(text) else text
    try:
        if not _TIME.fullmatch(full):
            raise ValueError
        dt.datetime.fromisoformat(full)
    except ValueError:
        raise WrongParameter("at", "at-form") from None
    seconds, _, part = full.removesuffix("Z").partition(".")
    return f"{seconds}.{part.ljust(3, '0') if part else '999'}Z"


def _moment(given: Services, sequence: int) -> Moment:
    revision = given.store.change(max(sequence, 1))
    if sequence == 0 or revision is None:
        raise BeforeTheFirst("before-the-first", since=revision.time if revision else "now")
    return Moment(sequence, revision.time)


def time_of(given: Services, sequence: int) -> str:
    """Return the time of what stood after a change, as `Memento-Datetime` of it has it."""
    return _moment(given, sequence).time


def _wished(request: Request) -> str | None:
    """Return the last millisecond of the second that Accept-Datetime names; raises NoAcceptDatetime."""
    text = request.headers.get(_ASKED)
    if text is None:
        return None
    try:
        wished = dt.datetime.strptime(text.strip()[:40], _HTTP_DATE)
    except ValueError:
        raise NoAcceptDatetime("accept-datetime-form") from None
    return f"{wished.isoformat()}.999Z"


def http_date(time: str) -> str:
    """Return a time as headers of HTTP have it, to the second."""
    return email.utils.format_datetime(dt.datetime.fromisoformat(time), usegmt=True)


def led_back(request: Request, given: Services) -> Response | None:
    """Lead whoever sends Accept-Datetime to the address of all records as they stood; None for whoever does not."""
    wished = _wished(request)
    if wished is None:
        return None
    moment = _moment(given, given.store.sequence_at(wished))
    return _found(request, _address(request, moment.time), moment.time, TIMEMAP)


def led_to_revision(request: Request, given: Services, project_id: str, page: bool = False) -> Response:
    """Lead whoever asks for a time to the revision of a record that stood then; raises NotFound and BeforeTheFirst."""
    wished = _wished(request)
    if wished is None:
        moment = moment_of(given, request.query_params)
        sequence = moment.sequence if moment else given.store.latest_sequence()
    else:
        sequence = given.store.sequence_at(wished)
    found = given.store.revision_at(project_id, sequence)
    if found is None:
        first = given.store.revisions(project_id, limit=1)
        raise BeforeTheFirst("before-the-first", since=first[0].time) if first else NotFound(project_id)
    path = f"/projects/{quote(project_id, safe='')}" if page else item_path(OF_PROJECTS, project_id)
    return _found(request, f"{base_url(request)}{path}/revisions/{found.number}", found.time, timemap_of(project_id))


def _found(request: Request, address: str, time: str, timemap: str) -> Response:
    links = (
        f'{_links(request, _address(request, None), timemap)}, <{address}>; rel="memento"; datetime="{http_date(time)}"'
    )
    headers = {"Location": address, "Link": links, "Vary": "Accept, Accept-Datetime", "Cache-Control": "no-cache"}
    return Response(status_code=302, headers=headers)


def timemap_of(project_id: str) -> str:
    """Return the path of the list of all states of a record."""
    return f"{item_path(OF_PROJECTS, project_id)}/timemap"


def _address(request: Request, at: str | None) -> str:
    """Return the address that asks the same of another time; None is now."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "at"]
    query = urlencode([*asked, *([("at", at)] if at else [])], safe=",/:")
    return f"{base_url(request)}{quote(request.scope['path'])}{'?' if query else ''}{query}"


def _links(request: Request, original: str, timemap: str) -> str:
    own = f'<{original}>; rel="original timegate"'
    return f'{own}, <{base_url(request)}{timemap}>; rel="timemap"; type="{LINK_FORMAT}"'


def standing(request: Request, given: Services, moment: Moment) -> Services:
    """Return the services with answers as of a moment, which counts as a file where it has to be made ready.

    Raises SelectionTooLarge, FilesWaiting and TooMany.
    """
    if not given.pasts.has(moment.sequence):
        given.rates.take("files", client_of(request, key_of(request)))
    try:
        return given.with_catalog(given.pasts.at(moment.sequence))
    except TimeoutError:
        raise FilesWaiting("files-waiting") from None


def stamped(request: Request, answer: Response, moment: Moment) -> Response:
    """Return an answer of all records as they stood, with what Memento says of it (RFC 7089 section 4.2)."""
    return _stamped(answer, moment.time, _links(request, _address(request, None), TIMEMAP))


def stamped_revision(request: Request, answer: Response, revision: Revision, original: str) -> Response:
    """Return an answer of a revision likewise; `original` is the path of the record, in the same form."""
    links = _links(request, f"{base_url(request)}{original}", timemap_of(revision.project_id))
    return _stamped(answer, revision.time, links)


def _stamped(answer: Response, time: str, links: str) -> Response:
    answer.headers["Memento-Datetime"] = http_date(time)
    told = answer.headers.get("Link")
    answer.headers["Link"] = f"{told}, {links}" if told else links
    return answer


def timemap(original: str, own: str, mementos: Iterable[tuple[str, str]]) -> bytes:
    """Return a list of states, each by its address and time, as RFC 7089 section 5 has it (RFC 6690)."""
    lines = [f'<{original}>; rel="original timegate"', f'<{own}>; rel="self"; type="{LINK_FORMAT}"']
    lines += [f'<{address}>; rel="memento"; datetime="{http_date(time)}"' for address, time in mementos]
    return ",\n".join(lines).encode()
