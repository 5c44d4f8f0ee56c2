"""The page on which a table is uploaded, compared with the ledger, and written or proposed. Plain forms, no script."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api import sessions
from api.auth import check_scope, require, require_asker
from api.filters import WrongParameter, once
from api.importing import working
from api.importing.jobs import MOST_UPLOAD, Job, Jobs, State
from api.importing.working import refusal_of
from api.languages import PARAMETER as LANGUAGE
from api.languages import language_of
from api.parameters import check_known, read_comment
from api.personal import OWN, personal_page
from api.posted import Posted, posted_by
from api.problems import Abandoned
from api.services import Services, ServicesDep, base_url
from api.views import named
from geo.bulk.analysis import Analysis
from geo.bulk.answers import ANSWERS, answer_of
from geo.bulk.confined import not_offered
from geo.bulk.files import FILE_FORMS
from geo.bulk.outcome import VERDICTS, Outcome
from geo.bulk.profile import MOST_BYTES, REPAIRS, Profile, checked, profile_of, profile_text
from geo.errors import DataFileError
from geo.permissions import Person, may
from web.imported import page
from web.imported.report import report_csv, report_json
from web.imported.told import EVERYWHERE, Telling

router = APIRouter(prefix="/import")

MOST_ROWS = 100  # on a page
MOST_FORM = MOST_UPLOAD + 2**20  # bytes of a form with its file
_ANSWER = re.compile(r"answer_\d{1,8}", re.ASCII)
_SOURCE = ("url", "title", "publisher", "published")
_READING = ("layer", "encoding", "crs")
_REPORTS = {"csv": (report_csv, "text/csv; charset=utf-8"), "json": (report_json, "application/json")}

PersonDep = Annotated[Person, Depends(require("propose"))]
UploadDep = Annotated[Posted, Depends(posted_by("propose", MOST_FORM, files=2))]
FormDep = Annotated[Posted, Depends(posted_by("propose"))]


def _jobs(given: Services) -> Jobs:
    return Jobs(given.store.path)


def _owner(person: Person) -> str:
    return f"{person.key_id}:{person.name}"


async def _place(
    request: Request, given: ServicesDep, person: Annotated[Person, Depends(require_asker("propose"))]
) -> AsyncIterator[None]:
    """Let a few send files at a time, and those alone who may keep one: others' are not read."""
    await run_in_threadpool(_jobs(given).check_place, _owner(person))

    async def look() -> None:
        if await request.is_disconnected():
            raise Abandoned("client-gone")

    async with given.uploads.one(look):
        yield


@router.get("")
def start_page(request: Request, given: ServicesDep, person: PersonDep) -> Response:
    """Answer the form that takes a file, and whoever asks their tables."""
    check_known(request.query_params, (LANGUAGE,))
    return _start(request, given, person)


@router.post("", dependencies=[Depends(_place, scope="function")])
def upload(request: Request, given: ServicesDep, form: UploadDep) -> Response:
    """Keep a file, and begin to compare it."""
    form.check_known(("file", "profile"))
    file, saved = form.file("file"), form.file("profile")
    if file is None:
        raise WrongParameter("file", "parameter-no-code", value="", known=tuple(FILE_FORMS))
    profile = profile_of(saved.file.read(MOST_BYTES + 1), saved.filename or "") if saved else Profile()
    job = _jobs(given).begin(_owner(form.person), file.filename or "", file.file)
    return _begin(request, given, job, replace(job.state(), profile=profile.model_dump()))


def _begin(request: Request, given: Services, job: Job, state: State) -> Response:
    """Let the job be worked on, and lead to its page."""
    job.save(replace(state, phase="waiting", done=0, total=0, error=[]))
    if lacking := not_offered():
        given.log.seldom("warning", "import-not-confined", open_to=lacking)
    working.begin(job, given.store.location)
    return _seen(request, given, f"/{job.id}")


def _seen(request: Request, given: Services, path: str = "") -> Response:
    asked = request.query_params.get(LANGUAGE)
    query = f"?{LANGUAGE}={language_of(request).code}" if asked else ""
    return RedirectResponse(f"{given.settings.root}/import{path}{query}", 303, OWN)


@router.get("/{job_id}")
def job_page(request: Request, given: ServicesDep, person: PersonDep, job_id: str) -> Response:
    """Answer how far a table is, or what its rows are."""
    check_known(request.query_params, (LANGUAGE, "is", "row"))
    job = _jobs(given).find(job_id, _owner(person))
    return _page(request, given, person, job)


@router.post("/{job_id}")
def act(request: Request, given: ServicesDep, form: FormDep, job_id: str) -> Response:
    """Compare again, with another profile or with answers, write, or take away."""
    job = _jobs(given).find(job_id, _owner(form.person))
    state = job.state()
    match form.text("do"):
        case "cancel":
            form.check_known(("do",))
            job.remove()
            return _seen(request, given)
        case "compare" if not state.is_at_work:
            _jobs(given).check_room()
            return _compare(request, given, job, replace(state, profile=_profile(form, state).model_dump(), asked={}))
        case "answer" if not state.is_at_work and state.phase != "written":
            _jobs(given).check_room()
            return _begin(request, given, job, replace(state, answers=_answers(form, state), asked={}))
        case "write" if state.phase == "compared":
            form.check_known(("do", "comment", "leave_out"))
            return _write(request, given, form, job, state)
        case _:
            return _page(request, given, form.person, job)


def _compare(request: Request, given: Services, job: Job, state: State) -> Response:
    """Compare again as the state's profile says; where that is not right, its page says what is not."""
    try:
        checked(Profile(**state.profile))
    except DataFileError as error:
        job.save(replace(state, phase="refused", tally={}, error=refusal_of(error)))
        return _seen(request, given, f"/{job.id}")
    return _begin(request, given, job, state)


def _write(request: Request, given: Services, form: Posted, job: Job, state: State) -> Response:
    person, is_direct = form.person, may(form.person, "import")
    check_scope(request, person, "import" if is_direct else "propose", state.tally["countries"])
    asked = {
        "do": "write",
        "author": person.name,
        "comment": read_comment(QueryParams({"comment": form.text("comment")})) or f"imported from {state.file}",
        "leave_out": bool(form.text("leave_out")),
        "propose": not is_direct,
        "lang": language_of(request).code,
    }
    return _begin(request, given, job, replace(state, asked=asked))


def _profile(form: Posted, state: State) -> Profile:
    """Return the profile that the form states, which may be wrong."""
    names = [f"column_{at}" for at in range(len(state.columns))]
    sources, fixed = [f"source_{name}" for name in _SOURCE], [f"fixed_{name}" for name in EVERYWHERE]
    form.check_known(("do", *names, *sources, *fixed, *_READING, "header", "repair", "doubtful"))
    before = Profile(**state.profile)
    columns = {column: form.text(name) for column, name in zip(state.columns, names, strict=True)}
    header = form.text("header")
    stated = {
        "columns": {column: target for column, target in columns.items() if target} or before.columns,
        "fixed": {
            **{name: cell for name, cell in before.fixed.items() if name not in EVERYWHERE},
            **{name: cell for name in EVERYWHERE if (cell := form.text(f"fixed_{name}"))},
        },
        "repairs": tuple(each for each in form.texts("repair") if each in REPAIRS),
        "source": {name: text for name in _SOURCE if (text := form.text(f"source_{name}"))},
        "header": int(header) if re.fullmatch("[1-9]|1[0-9]|20", header) else None,
        "doubtful": "new" if form.text("doubtful") else "ask",
        **{name: form.text(name)[:200] or None for name in _READING},
    }
    return before.model_copy(update=stated)


def _answers(form: Posted, state: State) -> dict[str, str]:
    """Return what was answered of doubtful rows, now and before."""
    sent = {name: form.text(name) for name in form.names() if _ANSWER.fullmatch(name)}
    form.check_known(("do", *sent))
    wrong = next((name for name, said in sent.items() if said and answer_of(said) is None), None)
    if wrong is not None:
        raise WrongParameter(wrong, "parameter-no-code", value=sent[wrong][:100], known=ANSWERS)
    found = {**state.answers, **{name.removeprefix("answer_"): said for name, said in sent.items()}}
    return {row: said for row, said in found.items() if said}


@router.get("/{job_id}/report")
def report(request: Request, given: ServicesDep, person: PersonDep, job_id: str) -> Response:
    """Answer what every row is, as CSV or JSON, each with a link to its place on the page."""
    check_known(request.query_params, (LANGUAGE, "f"))
    job = _jobs(given).find(job_id, _owner(person))
    form = once(request.query_params, "f") or "csv"
    if form not in _REPORTS or not job.state().tally:
        raise WrongParameter("f", "parameter-no-code", value=form[:100], known=tuple(_REPORTS))
    make, media_type = _REPORTS[form]
    language = language_of(request)
    telling = Telling(language, page.shown_on(base_url(request), job.id, language))
    headers = {**OWN, "Content-Disposition": f'attachment; filename="import-report.{form}"'}
    parts = _parts(job, lambda analysis: make(analysis.outcomes(), telling))
    return StreamingResponse(parts, media_type=media_type, headers=headers)


def _parts(job: Job, make: Any) -> Iterator[bytes]:
    with contextlib.closing(job.analysis(job.state())) as analysis:
        yield from make(analysis)


@router.get("/{job_id}/profile")
def profile(request: Request, given: ServicesDep, person: PersonDep, job_id: str) -> Response:
    """Answer how the table is read, to be saved and used again."""
    check_known(request.query_params, (LANGUAGE,))
    state = _jobs(given).find(job_id, _owner(person)).state()
    headers = {**OWN, "Content-Disposition": 'attachment; filename="profile.toml"'}
    return Response(profile_text(Profile(**state.profile)), 200, headers, "application/toml")


def _start(request: Request, given: Services, person: Person) -> Response:
    jobs = [(job.id, state) for job, state in _jobs(given).of(_owner(person))]
    said = {"jobs": jobs, "csrf": sessions.token_of(request), "mib": MOST_UPLOAD // 2**20}
    return personal_page(request, page.start_page(given.settings.site, said, language_of(request)))


def _page(request: Request, given: Services, person: Person, job: Job) -> Response:
    state, verdict = job.state(), once(request.query_params, "is") or ""
    if verdict and verdict not in VERDICTS:
        raise WrongParameter("is", "parameter-no-code", value=verdict[:100], known=VERDICTS)
    rows, more = _rows(job, state, verdict, _first(request.query_params)) if state.tally else ([], None)
    said = {
        "id": job.id,
        "state": state,
        "csrf": sessions.token_of(request),
        "rows": rows,
        "names": _names(given, rows),
        "more": more,
        "verdict": verdict,
        "proposes": not may(person, "import"),
    }
    return personal_page(request, page.job_page(given.settings.site, said, language_of(request)))


def _names(given: Services, rows: Sequence[Outcome]) -> dict[str, str]:
    """Return the names of the records that rows look like, by their ids."""
    ids = {each for row in rows for each in row.alike if not each.startswith("#")}
    return {each: str(known["name"]) for each, known in named(given, ids).items()}


def _first(params: Mapping[str, str]) -> int:
    said = params.get("row", "1")
    if not (said.isascii() and said.isdecimal() and len(said) < 9):
        raise WrongParameter("row", "parameter-no-code", value=said[:100], known=("1", "2", "…"))
    return int(said)


def _rows(job: Job, state: State, verdict: str, first: int) -> tuple[list[Outcome], int | None]:
    """Return the rows of a page, and with which the next one begins."""
    with contextlib.closing(job.analysis(state)) as analysis:
        found = list(itertools.islice(_wanted(analysis, verdict, first), MOST_ROWS + 1))
    return found[:MOST_ROWS], found[MOST_ROWS].row if len(found) > MOST_ROWS else None


def _wanted(analysis: Analysis, verdict: str, first: int) -> Iterator[Outcome]:
    return (each for each in analysis.outcomes() if each.row >= first and verdict in ("", each.verdict))
