"""What people propose and editors decide, over HTTP."""

from __future__ import annotations

import collections
import json
import urllib.request
from typing import Any

from killing.over_http import Http
from killing.path import START_SECONDS, Say
from made_up import made_up_feature


class Propose(Http):
    """Clients who propose, are asked, answer and are accepted; of each that was acknowledged nothing is undone."""

    name = "proposals, decisions, 2 workers"
    workers = 2
    made = "p2"

    def write(self, address: str, key: str, made: str, most: int, say: Say) -> None:
        proposals = f"{address}/api/proposals"
        feature = made_up_feature(made, name=f"{made} proposed")
        body = {"kind": "create", "feature": feature, "comment": "So."}
        number = self.ask_for(proposals, key, body)["id"]
        say(made, number, "open")
        decisions = [("ask", "asked"), ("answer", "open"), ("accept", "accepted")]
        for version, (decision, state) in enumerate(decisions[: most - 1], 1):
            said = {"decision": decision, "version": version, "text": f"{decision} {version}"}
            self.ask_for(f"{proposals}/{number}/decision", key, said)
            say(made, number, state)

    def ask_for(self, address: str, key: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(address, json.dumps(body).encode(), headers, method="POST")
        with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
            return json.load(answer)

    def check(self, acknowledged: list[list[Any]]) -> None:
        known: dict[tuple[str, int], list[str]] = collections.defaultdict(list)
        for made, number, state in acknowledged:
            if not number:
                self.faults.append(f"kill {self.kills}: {made} was answered {state}")
            else:
                known[made, number].append(state)
        with self.opened() as store:
            for (made, number), states in known.items():
                found = store.proposals.get(number)
                history = ["open", *(remark.state for remark in found.remarks)]
                self.expect(found.draft.name == f"{made} proposed" and history[: len(states)] == states, made)
                is_there = found.state == "accepted"
                self.expect(is_there == (store.proposals.behind(found.revisions) != {}), f"the revision of {made}")
                if is_there:
                    written = [revision.sequence for revision in store.revisions(made)]
                    self.expect(written == [*found.revisions], f"{made} as accepted")


class Decide(Propose):
    """Clients of whom each accepts a new record, merges another into it, corrects it, declines and withdraws."""

    name = "accept, merge, decline, 2 workers"
    made = "d2"

    def write(self, address: str, key: str, made: str, most: int, say: Say) -> None:
        kept = made_up_feature(made, name=f"{made} proposed")
        twin = made_up_feature(f"{made}-twin", name=f"{made} proposed", other_names=[f"{made} twin"])
        corrected = made_up_feature(made, name=f"{made} corrected", other_names=[f"{made} proposed", f"{made} twin"])
        corrected["properties"]["sources"].append({"id": "s2", "url": f"https://example.org/{made}", "title": "News"})
        other = made_up_feature(f"{made}-other", name=f"{made} proposed")
        steps: list[tuple[dict[str, Any], dict[str, Any], str]] = [
            ({"kind": "create", "feature": kept}, {"decision": "accept"}, "accepted"),
            ({"kind": "create", "feature": twin}, {"decision": "merge", "into": made, "seen": 1}, "merged"),
            (
                {"kind": "change", "project": made, "revision": 2, "feature": corrected},
                {"decision": "accept", "seen": 2},
                "accepted",
            ),
            ({"kind": "create", "feature": other}, {"decision": "decline", "text": "No."}, "declined"),
            ({"kind": "create", "feature": other}, {"decision": "withdraw"}, "withdrawn"),
        ]
        for body, decision, state in steps:
            number = self.ask_for(f"{address}/api/proposals", key, {**body, "comment": "So."})["id"]
            say(made, number, "open")
            self.ask_for(f"{address}/api/proposals/{number}/decision", key, {**decision, "version": 1})
            say(made, number, state)

    def check(self, acknowledged: list[list[Any]]) -> None:
        known: dict[int, str] = {}
        for made, number, state in acknowledged:
            if not number:
                self.faults.append(f"kill {self.kills}: {made} was answered {state}")
            known[number] = state  # that of the decision comes last
        with self.opened() as store:
            for number, state in known.items():
                if number:
                    self.look_at(store, store.proposals.get(number), state)

    def look_at(self, store: Any, found: Any, acknowledged: str) -> None:
        """What was acknowledged is so; what was not is decided with all that comes of it, or not at all."""
        self.expect(acknowledged in ("open", found.state), f"proposal {found.id}, {acknowledged}")
        said = [remark.state for remark in found.remarks]
        self.expect(said == ([] if found.state == "open" else [found.state]), f"what was said of proposal {found.id}")
        written = [store.change(sequence) for sequence in found.revisions]
        self.expect(len(written) == (found.state in ("accepted", "merged")), f"the revision of proposal {found.id}")
        for revision in written:
            into = found.draft.project_id.removesuffix("-twin") if found.state == "merged" else found.draft.project_id
            self.expect(revision is not None and revision.project_id == into, f"{into} as {found.state}")
