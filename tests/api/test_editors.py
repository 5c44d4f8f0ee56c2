"""Fifty editors over several workers change and decide the same things at once: every change is there, once."""

import collections
import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from made_up import made_up, made_up_feature

from geo.editing import Edit
from geo.keys import create_key
from geo.proposals import Author, Draft

pytestmark = pytest.mark.slow
EDITORS = 50
SHARED = [f"bo-shared-{number}" for number in range(5)]
ITEMS, PROPOSALS = "/api/collections/projects/items", "/api/proposals"
GEOJSON, PATCH, JSON = "application/geo+json", "application/merge-patch+json", "application/json"


def event_of(who):
    return {"date": "2025-01-01", "type": "other", "summary": f"Seen by {who}.", "sources": ["s1"]}


class Editor:
    """Who changes a record of their own and one that ten others change too, and decides what another decides too."""

    def __init__(self, url, number, key):
        self.url, self.number, self.key = url, number, key
        self.name, self.own, self.shared = f"Editor {number}", f"bo-own-{number}", SHARED[number % len(SHARED)]
        self.acknowledged = []  # the record and the revision that each change came to
        self.decided, self.refused, self.overtaken = [], [], 0

    def ask(self, method, path, body=None, kind=JSON, **headers):
        """Return the status, the tag and the document of an answer; who finds no turn to write comes again."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind, **headers}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode() if body else None, headers)
        request.method = method
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return answer.status, answer.headers["etag"], json.load(answer)
            except urllib.error.HTTPError as refused:
                with refused:
                    if refused.code != 503:
                        return refused.code, None, json.load(refused)

    def work(self, begins):
        begins.wait(60)
        self.change_own()
        self.change_shared()
        self.decide()

    def change_own(self):
        path = f"{ITEMS}/{self.own}"
        _, tag, _ = self.ask("GET", path)
        patch = {"properties": {"name": f"{self.own} patched"}}
        status, tag, told = self.ask("PATCH", path, patch, PATCH, **{"If-Match": tag})
        self.acknowledge(status, told)
        whole = made_up_feature(self.own, name=f"{self.own} replaced")
        status, _, told = self.ask("PUT", path, whole, GEOJSON, **{"If-Match": tag})
        self.acknowledge(status, told)

    def change_shared(self):
        """Say something of a record and give it a name; who is overtaken sends what is offered, with their name."""
        path = f"{ITEMS}/{self.shared}"
        _, tag, there = self.ask("GET", path)
        stated = there["properties"]
        patch = {"properties": {"name": self.name, "events": [*stated["events"], event_of(self.name)]}}
        status, _, told = self.ask("PATCH", path, patch, PATCH, **{"If-Match": tag})
        while status == 412:
            self.overtaken += 1
            offered = told["merged"]
            offered["properties"]["name"] = self.name
            status, _, told = self.ask("PUT", path, offered, GEOJSON, **{"If-Match": told["etag"]})
        self.acknowledge(status, told)

    def acknowledge(self, status, told):
        assert 200 == status, told
        self.acknowledged.append((told["id"], told["properties"]["revision"]))

    def decide(self):
        """Accept what one other editor accepts as well."""
        number = 1 + self.number % (EDITORS // 2)
        decision = {"decision": "accept", "version": 1, "seen": 1}
        status, _, told = self.ask("POST", f"{PROPOSALS}/{number}/decision", decision)
        while told.get("rule") in ("proposal-record-moved", "revision-changed"):
            decision["seen"] = told["values"]["current"]
            status, _, told = self.ask("POST", f"{PROPOSALS}/{number}/decision", decision)
        (self.decided if status == 200 else self.refused).append((number, told))


@pytest.fixture
def ledger(store):
    """The records, keys and proposals of all editors: half of these of new records, half of what is shared."""
    ids = [*SHARED, *(f"bo-own-{number}" for number in range(EDITORS))]
    store.write([Edit(each, made_up(each), None, "test") for each in ids])
    for number in range(1, EDITORS // 2 + 1):
        store.proposals.add(proposed(number))
    return store


def proposed(number):
    who = f"Proposer {number}"
    if number % 2:
        project, base = made_up(f"bo-new-{number}"), None
    else:
        stated = made_up_feature(SHARED[number % len(SHARED)])["properties"]["events"]
        project, base = made_up(SHARED[number % len(SHARED)], events=[*stated, event_of(who)]), 1
    said = ("create" if number % 2 else "change", project.id, base, project, who, "BO", ["s1"], "So.")
    return Draft(*said, Author(who, who))


@pytest.fixture
def editors(ledger, serve):
    """All of them, when they have worked."""
    keys = [create_key(ledger.keys, f"Editor {number}", "editor")[1] for number in range(EDITORS)]
    server = serve(ledger.location, "--workers", "3")
    editors = [Editor(server.url, number, key) for number, key in enumerate(keys)]
    begins = Barrier(EDITORS)
    with ThreadPoolExecutor(EDITORS) as pool:
        list(pool.map(lambda editor: editor.work(begins), editors))
    return editors


def test_no_change_of_fifty_editors_over_several_workers_is_lost(ledger, editors):
    assert sum(editor.overtaken for editor in editors) > 0, "or nobody was overtaken, and this shows nothing"
    accepted = [ledger.proposals.get(number) for editor in editors for number, _ in editor.decided]
    every_change_is_in_the_history_once(ledger, editors, accepted)
    for shared in SHARED:
        everybody_s_words_are_there_once(ledger, editors, accepted, shared)
    each_proposal_was_decided_once(ledger, editors, accepted)


def every_change_is_in_the_history_once(ledger, editors, accepted):
    told = [(*each, editor.name) for editor in editors for each in editor.acknowledged]
    history = {each.sequence: each for each in ledger.changes_since(len(SHARED) + EDITORS)}
    of_proposals = [(history.pop(*each.revisions).author, each.draft.author.name) for each in accepted]
    assert sorted(told) == sorted((each.project_id, each.number, each.author) for each in history.values())
    assert 3 * EDITORS == len(told)
    assert all(author == proposer for author, proposer in of_proposals)


def everybody_s_words_are_there_once(ledger, editors, accepted, shared):
    by_editors = [editor.name for editor in editors if editor.shared == shared]
    by_proposers = [each.draft.author.name for each in accepted if each.draft.project_id == shared]
    expected = collections.Counter(["Said so.", *(f"Seen by {who}." for who in (*by_editors, *by_proposers))])
    assert expected == collections.Counter(each.summary for each in ledger.head(shared).project.properties.events)


def each_proposal_was_decided_once(ledger, editors, accepted):
    """One of two editors was told that it is so, the other one that somebody was quicker."""
    numbers = [*range(1, EDITORS // 2 + 1)]
    refused = [(number, told["status"], told["rule"]) for editor in editors for number, told in editor.refused]
    assert numbers == sorted(each.id for each in accepted)
    assert [(number, 409, "proposal-moved") for number in numbers] == sorted(refused)
    told = [int(each.subject) for each in ledger.audit.entries() if each.action == "proposal_decided"]
    assert numbers == sorted(told)
