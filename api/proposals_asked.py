"""Which proposals are asked for, by the parameters of the API and of the pages alike."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.datastructures import QueryParams

from api import parameters
from api.filters import WrongParameter, once, parse_flag
from api.proposals_definition import MOST_LISTED, PARAMETERS
from geo.filter import MOST_TEXT
from geo.proposals import ProposalQuery
from geo.vocabulary import PROPOSAL_KINDS, PROPOSAL_STATES


def read_proposals(params: QueryParams, page_size: int, others: Iterable[str]) -> ProposalQuery:
    """Return which proposals are asked for; `others` are parameters that may be there too. Raises InvalidQuery."""
    parameters.check_known(params, (*PARAMETERS, *others))
    after = once(params, "after")
    if after is not None and not re.fullmatch(r"\d{1,15}", after, re.ASCII):
        raise WrongParameter("after", "no-page-mark")
    keyed = once(params, "signed_in")
    return ProposalQuery(
        states=_listed(once(params, "state"), "state", PROPOSAL_STATES.codes),
        kinds=_listed(once(params, "kind"), "kind", PROPOSAL_KINDS.codes),
        countries=tuple((once(params, "country") or "").split(",")) if "country" in params else (),
        project_id=once(params, "project"),
        text=_text(once(params, "q") or ""),
        is_keyless=None if keyed is None else not parse_flag("signed_in", keyed),
        newest_first=_listed(once(params, "sortby"), "sortby", ["time", "-time"]) == ("-time",),
        after=int(after) if after else None,
        limit=min(parameters.read_limit(once(params, "limit"), page_size), MOST_LISTED),
    )


def _text(words: str) -> str:
    """Return words that are looked for: each is one more condition, of which there may only be so many."""
    if len(words) > MOST_TEXT:
        raise WrongParameter("q", "value-too-long", name="q", most=MOST_TEXT)
    return words


def _listed(text: str | None, name: str, known: list[str]) -> tuple[str, ...]:
    found = tuple(text.split(",")) if text else ()
    for each in found:
        if each not in known:
            raise WrongParameter(name, "parameter-no-code", value=each[:50], known=tuple(known))
    return found
