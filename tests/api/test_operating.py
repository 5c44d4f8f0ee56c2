"""What the operator of a server knows: its log, ids of requests, figures, and whether it is ready."""

import asyncio
import gzip
import http.server
import io
import json
import os
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from typing import ClassVar

import pytest
from conftest import client_of, copy_of, ledger_of, make_api, sql, wait_for
from fastapi import FastAPI
from made_up import made_up_feature
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient
from stored import written_by_another

from api import logs
from api.app import create_app
from api.services import Services
from api.settings import Settings
from geo.postgis.addresses import is_database

pytestmark = pytest.mark.slow

ITEMS = "/api/collections/projects/items"
ROUTE = "/api/collections/{collection_id}/items"


class Watched:
    """An application of a store, with all that it logs."""

    def __init__(self, store, form="json", requests="all", **settings):
        self._stream = io.StringIO()
        self.log = logs.Log(form, requests, logs.Lines(self._stream))
        self.services = Services(ledger_of(store), Settings(**settings), log=self.log)
        app: FastAPI = create_app(self.services)
        self.client = TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50_000))

    def lines(self):
        self.log.close()
        return self._stream.getvalue().splitlines()

    def told(self, event):
        return [told for line in self.lines() if (told := json.loads(line))["event"] == event]


@pytest.fixture
def watched(full_store):
    return Watched(full_store)


def test_every_request_is_a_line_of_json_with_the_id_that_its_answer_has(watched):
    answers = [watched.client.get(path) for path in (f"{ITEMS}?limit=1", "/nowhere")]
    first, second = watched.told("request")
    assert {"time", "level", "event", "status", "request_id", "method", "path", "ms", "client"} == set(first)
    assert ("GET", ITEMS, 200, "127.0.0.1") == tuple(first[name] for name in ("method", "path", "status", "client"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["time"])
    assert [a.headers["x-request-id"] for a in answers] == [first["request_id"], second["request_id"]]
    assert second["request_id"] == answers[1].json()["request_id"]
    assert first["request_id"] != second["request_id"]


def test_lines_for_people_have_one_line_each_whatever_was_sent(full_store):
    watched = Watched(full_store, "plain")
    watched.client.get("/a%0aINFO%20done%1b[31m")
    [line] = watched.lines()
    assert " info request status=404 " in line
    assert "\x1b" not in line


def test_no_key_and_no_body_is_ever_logged(full_store):
    api = make_api(full_store)
    secret = api.editor["Authorization"].split()[1]
    watched = Watched(full_store)
    body = json.dumps(made_up_feature("bo-in-the-body"))
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/geo+json"}
    assert 201 == watched.client.post(ITEMS, content=body, headers=headers).status_code
    watched.client.get(f"/{secret}")
    watched.client.get(f"{ITEMS}?key={secret}")
    watched.client.get(ITEMS, headers={"X-API-Key": f"{secret}x"})
    text = "\n".join(watched.lines())
    assert secret not in text
    assert "bo-in-the-body" not in text
    assert 4 == text.count('"event":"request"')
    assert 1 == text.count('"event":"key-refused"')


@pytest.mark.parametrize(("requests", "number"), [("all", 2), ("failed", 1), ("none", 0)])
def test_which_requests_are_logged_is_a_setting(full_store, requests, number):
    watched = Watched(full_store, requests=requests)
    watched.client.get("/api")
    watched.client.get("/nowhere")
    assert number == len(watched.told("request"))


def test_a_client_that_goes_away_in_the_midst_of_its_body_is_no_fault(tmp_path, serve):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), log="json")
    head = f"POST {ITEMS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.key}\r\n"
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(f"{head}Content-Type: application/geo+json\r\nContent-Length: 5000\r\n\r\n{{}}".encode())
    wait_for(lambda: any('"method":"POST"' in line for line in list(server.said)))
    [line] = [json.loads(line) for line in list(server.said) if '"method":"POST"' in line]
    assert (499, "info") == (line["status"], line["level"])
    assert "server-failed" not in "".join(server.said)


def test_all_that_a_server_says_is_json_where_programs_read_it(tmp_path, serve):
    server = serve(tmp_path / "ledger.gpkg", "--create", log="json")
    server.stop()
    events = [json.loads(line) for line in server.said]
    said = [each["message"] for each in events if each["event"] == "said"]
    assert [True, True] == [any(line.startswith(word) for line in said) for word in ("The map: ", "Stopped.")]
    assert {"time", "level", "event"} <= set.intersection(*map(set, events))


def test_a_fault_of_ours_is_logged_with_where_it_is_and_not_shown(watched, monkeypatch):
    monkeypatch.setattr(type(watched.services.catalog), "search", lambda *_: 1 // 0)
    answer = watched.client.get(ITEMS)
    [failed] = watched.told("server-failed")
    assert (500, "server-failed") == (answer.status_code, answer.json()["rule"])
    assert "ZeroDivisionError" in failed["error"]
    assert "in items" in failed["trace"]
    assert failed["request_id"] == answer.headers["x-request-id"]
    assert "Zero" not in answer.text


def test_a_fault_of_the_store_is_said_once_with_the_words_of_its_engine_and_when_it_is_over(
    watched, full_store, monkeypatch
):
    monkeypatch.setattr("api.health.LOOKS_EVERY", 0.05)
    with watched.client:
        with sql(full_store.location) as connection:
            connection.execute("ALTER TABLE revisions RENAME TO lost")
            assert {503} == {watched.client.get(f"{ITEMS}/bo-nobody/revisions").status_code for _ in range(5)}
            connection.execute("ALTER TABLE lost RENAME TO revisions")
        wait_for(lambda: not watched.services.health._causes)
    [fault] = watched.told("store-fault")
    assert re.search('no such table: revisions|relation "revisions" does not exist', fault["reason"])
    assert ("error", 1) == (fault["level"], fault["times"])
    [again] = watched.told("store-works-again")
    assert 5 <= again["times"]


def test_limits_that_are_reached_are_said_now_and_then_and_counted_always(full_store):
    watched = Watched(full_store, reads=1, metrics="0.0.0.0/0")
    refused = [watched.client.get("/api").status_code for _ in range(10)].count(429)
    figures = read_figures(watched.client)
    assert refused == figures["lithium_ledger_refused_total", ("rule", "too-many-reads")]
    [said] = watched.told("bound-reached")
    assert ("too-many-reads", "127.0.0.1") == (said["rule"], said["client"])


def read_figures(client):
    """Every figure by its name and its labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {(sample.name, *sorted(sample.labels.items())): sample.value for each in families for sample in each.samples}


def test_figures_are_of_routes_not_of_addresses(watched):
    for path in (f"{ITEMS}/made-up-1", f"{ITEMS}/made-up-2", f"{ITEMS}/nobody", "/a", "/b", f"{ITEMS}?limit=3"):
        watched.client.get(path)
    watched.client.request("BREW", "/api")
    figures = read_figures(watched.client)
    counted = [(dict(labels), n) for (name, *labels), n in figures.items() if name.endswith("http_requests_total")]
    by_route = Counter()
    for labels, number in counted:
        by_route[labels["route"]] += number
    assert {f"{ROUTE}/{{feature_id}}": 3, ROUTE: 1, "none": 2, "/api": 1} == by_route
    assert {"GET", "other"} == {labels["method"] for labels, _ in counted}


def test_figures_tell_how_much_there_is_and_how_new_it_is(watched, full_store):
    before = read_figures(watched.client)
    assert 400 == before["lithium_ledger_records",]
    assert full_store.latest_sequence() == before["lithium_ledger_revision",]
    assert full_store.room().size == before["lithium_ledger_store_bytes",] > 100_000
    assert 0 == before["lithium_ledger_overlay_records",]
    assert 1 == before["lithium_ledger_ready",]
    assert full_store.room().free is None or before["lithium_ledger_store_free_bytes",] > 0
    api = make_api(full_store)
    headers = {**api.editor, "Content-Type": "application/geo+json"}
    watched.client.post(ITEMS, content=json.dumps(made_up_feature()), headers=headers)
    after = read_figures(watched.client)
    changed = 0 if is_database(full_store.location) else 1  # PostGIS's tables are written with the records
    assert (401, changed) == (after["lithium_ledger_records",], after["lithium_ledger_overlay_records",])


def test_figures_are_for_those_whom_the_operator_names(full_store):
    client = client_of(full_store, Settings(metrics="10.0.0.0/8"))
    assert (403, "metrics-refused") == (client.get("/metrics").status_code, client.get("/metrics").json()["rule"])


@pytest.mark.stores("geopackage")
def test_ready_is_more_than_alive(watched, full_store, monkeypatch):
    assert (200, "ready") == (watched.client.get("/readyz").status_code, watched.client.get("/readyz").json()["status"])
    monkeypatch.setattr("api.health._AS_NEW_SECONDS", 0)
    with written_by_another(full_store.location):
        answer = watched.client.get("/readyz")
        assert (503, "failed") == (answer.status_code, answer.json()["checks"]["store_writable"])
        assert 200 == watched.client.get("/healthz").status_code
    assert 200 == watched.client.get("/readyz").status_code


@pytest.mark.slow
@pytest.mark.stores("geopackage")
def test_what_is_not_ready_is_said_once_and_when_it_is_again(watched, full_store, monkeypatch):
    monkeypatch.setattr("api.health._AS_NEW_SECONDS", 0)
    with written_by_another(full_store.location):
        for _ in range(3):
            watched.client.get("/readyz")
    watched.client.get("/readyz")
    events = [json.loads(line) for line in watched.lines()]
    told = [(each["event"], each["check"]) for each in events if "check" in each]
    assert [("not-ready", "store_writable"), ("ready-again", "store_writable")] == told


def test_damage_that_is_found_turns_ready_red_whatever_kind_it_is(full_store, monkeypatch):
    monkeypatch.setattr("api.health._AS_NEW_SECONDS", 3600)
    watched = Watched(full_store)
    assert 200 == watched.client.get("/readyz").status_code
    with sql(full_store.location) as connection:
        if is_database(full_store.location):
            connection.execute("ALTER TABLE projects DISABLE TRIGGER USER")
            connection.execute("UPDATE projects SET geom = ST_Translate(geom, 1, 0) WHERE geom IS NOT NULL")
        else:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("UPDATE projects SET geom = substr(geom, 1, length(geom) - 5) WHERE geom IS NOT NULL")
    watched.services.health.verify()
    assert 503 == watched.client.get("/readyz").status_code, "what a check finds counts at once"
    assert watched.told("store-damaged")


@pytest.mark.slow
def test_a_check_that_fails_is_no_end_of_checks(full_store, monkeypatch):
    monkeypatch.setattr("api.health.LOOKS_EVERY", 0.02)
    monkeypatch.setattr("api.health._AS_NEW_SECONDS", 3600)
    watched = Watched(full_store, check_seconds=1)
    fails = [True]
    monkeypatch.setattr(full_store, "verify", lambda **_: [] if not fails else 1 // 0)
    with watched.client:
        wait_for(lambda: watched.services.health._faults)
        assert 503 == watched.client.get("/readyz").status_code
        fails.clear()
        wait_for(lambda: 200 == watched.client.get("/readyz").status_code)


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_figures_are_for_no_page_of_a_stranger(watched, headers):
    assert watched.client.get("/metrics", headers=headers).status_code in (403, 421)


@pytest.mark.stores("geopackage")
def test_a_full_disk_is_not_ready(full_store):
    client = client_of(full_store, Settings(least_free_mib=2**30))
    answer = client.get("/readyz")
    assert (503, "failed") == (answer.status_code, answer.json()["checks"]["disk_free"])
    assert "MiB" not in answer.text, "figures are for the log"


@pytest.mark.stores("geopackage")
def test_a_store_that_vanished_is_not_ready_and_alive_no_longer(watched, tmp_path):
    os.replace(tmp_path / "store.gpkg", tmp_path / "elsewhere.gpkg")
    assert [503, 503] == [watched.client.get(path).status_code for path in ("/healthz", "/readyz")]
    assert watched.client.get("/metrics").status_code == 200


def test_a_reader_of_the_log_that_has_stopped_keeps_nobody_waiting(monkeypatch):
    class Full(io.StringIO):
        def write(self, text):
            time.sleep(60)

    monkeypatch.setattr(logs, "_MOST_WAITING", 1_000)
    monkeypatch.setattr(logs, "_END_SECONDS", 0)
    log = logs.Log("json", "all", logs.Lines(Full()))

    async def many():
        began = time.monotonic()
        for _ in range(1_000):
            log.request(200, path="/")
        assert time.monotonic() - began < 30

    asyncio.run(many())
    assert log._lines._lost > 900
    log.close()


@pytest.mark.slow
def test_the_server_itself_logs_in_the_form_that_is_set(tmp_path, serve):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), log="json")
    with urllib.request.urlopen(f"{server.url}{ITEMS}?limit=1") as answer:
        request_id = answer.headers["x-request-id"]
    assert 0 == server.stop()
    told = [json.loads(line) for line in server.said if line.startswith("{")]
    [quick] = [each for each in told if each.get("request_id") == request_id]
    assert (200, ITEMS, "127.0.0.1") == (quick["status"], quick["path"], quick["client"])


@pytest.mark.slow
def test_a_believed_proxy_may_name_the_request_and_nobody_else(tmp_path, serve):
    servers = [serve(copy_of("south_america", tmp_path / f"{n}.gpkg"), proxies=n) for n in ("127.0.0.1", "none")]
    for address in (f"{ITEMS}?limit=1", "/api", "/nowhere"):
        told = [request_id_of(f"{server.url}{address}", "from-the-proxy.1") for server in servers]
        assert "from-the-proxy.1" == told[0] != told[1]
        assert "no spaces" != request_id_of(f"{servers[0].url}{address}", "no spaces")


def request_id_of(url, told):
    headers = {"X-Request-ID": told, "X-Forwarded-For": "203.0.113.7"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.headers["x-request-id"]
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.headers["x-request-id"]


@pytest.mark.slow
def test_the_figures_of_all_workers_are_added_up(tmp_path, serve):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), "--workers", "2")
    for _ in range(40):  # each by a connection of its own, which either worker may take
        with urllib.request.urlopen(f"{server.url}{ITEMS}?limit=1") as answer:
            answer.read()
    with urllib.request.urlopen(f"{server.url}/metrics") as answer:
        text = answer.read().decode()
    [counted] = re.findall(rf'http_requests_total{{[^}}]*route="{re.escape(ROUTE)}"[^}}]*}} (\d+)', text)
    assert 40 == int(counted)


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes what OpenTelemetry sends."""

    spans: ClassVar[list[Span]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path == "/v1/traces":
            sent = ExportTraceServiceRequest.FromString(body)
            self.spans.extend(s for r in sent.resource_spans for scope in r.scope_spans for s in scope.spans)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.mark.slow
def test_whoever_collects_traces_gets_them_of_every_request(tmp_path, serve, monkeypatch):
    """Those too that are answered at once otherwise; they are sent at the latest when the server ends."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as collector:
        threading.Thread(target=collector.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
        server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"))
        with urllib.request.urlopen(f"{server.url}{ITEMS}?limit=1") as answer:
            answer.read()
        assert 0 == server.stop()
        collector.shutdown()
    assert f"GET {ROUTE}" in {span.name for span in Collector.spans}
