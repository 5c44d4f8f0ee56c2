"""Archived copies of sources, by a stand-in that answers as the Internet Archive's availability API does."""

import json
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from made_up import made_up_feature

from api.commands.main import main
from geo.curated.files import read_features
from geo.editing import Edit
from geo.opening import open_ledger
from geo.records.project import Project

pytestmark = pytest.mark.slow

COPY = "http://web.archive.org/web/20240326044612/https://example.org/1"


def closest(url=COPY, *, available=True, status="200"):
    snapshot = {"available": available, "url": url, "timestamp": "20240326044612", "status": status}
    return 200, {"archived_snapshots": {"closest": snapshot}}


NOTHING = 200, {"archived_snapshots": {}}


@pytest.fixture
def internet_archive():
    """Answers each address by what the test says, in turn; `asked` holds the questions."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            self.server.asked.append(asked)
            if self.server.before_answer:
                act, self.server.before_answer = self.server.before_answer, None
                act()
            answers = self.server.answers.get(asked["url"], [NOTHING])
            status, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answers, server.before_answer = [], {}, None
    server.address = f"http://127.0.0.1:{server.server_port}/wayback/available"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def source(number, **more):
    text = {"id": f"s{number}", "url": f"https://example.org/{number}", "title": "A text", "type": "news"}
    return {**text, **more}


def record(*sources):
    cited = [each["id"] for each in sources]
    return made_up_feature(sources=list(sources), location_sources=cited)


def ask(server, *arguments, expect=0):
    command = ["archive", "--service", server.address, "--pause", "0", *map(str, arguments)]
    done = CliRunner().invoke(main, command)
    assert expect == done.exit_code, done.output
    return done.stderr


def written(tmp_path, *sources):
    file = tmp_path / "a.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [record(*sources)]}))
    return file


def copies(file):
    return [each.get("archived_url") for each in read_features(file)[0]["properties"]["sources"]]


def test_the_copy_next_to_a_source_s_date_is_kept(tmp_path, internet_archive):
    internet_archive.answers = {"https://example.org/1": [closest()]}
    file = written(tmp_path, source(1, published="2024-03-26"), source(2), source(3, type="dataset"))
    said = ask(internet_archive, "--files", file)
    assert "1 copies found, 1 sources without one, 0 not answered" in said
    assert [COPY.replace("http:", "https:", 1), None, None] == copies(file)
    assert {"url": "https://example.org/1", "timestamp": "20240326"} == internet_archive.asked[0]
    before, asked = file.read_bytes(), len(internet_archive.asked)
    ask(internet_archive, "--files", file)
    assert (before, asked + 1) == (file.read_bytes(), len(internet_archive.asked)), "what has a copy is not asked again"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(closest(status="404"), "1 sources without one", id="a copy of an error"),
        pytest.param(closest(available=False), "1 sources without one", id="a copy that is not to be had"),
        pytest.param(closest("https://evil.example/web/2024/x"), "1 sources without one", id="an address elsewhere"),
        pytest.param(closest("javascript:alert(1)"), "1 sources without one", id="no address"),
        pytest.param((200, b"<html>"), "1 not answered", id="no JSON"),
        pytest.param((200, ["a list"]), "1 not answered", id="JSON of another form"),
        pytest.param((403, b""), "1 not answered", id="refused"),
    ],
)
def test_only_a_good_copy_in_the_archive_is_kept(tmp_path, internet_archive, answer, told):
    internet_archive.answers = {"https://example.org/1": [answer]}
    file = written(tmp_path, source(1))
    assert told in ask(internet_archive, "--files", file)
    assert [None] == copies(file)


def test_a_busy_archive_is_asked_again(tmp_path, internet_archive):
    internet_archive.answers = {"https://example.org/1": [(429, b""), closest()]}
    file = written(tmp_path, source(1))
    assert "1 copies found" in ask(internet_archive, "--files", file)


def test_no_more_are_asked_for_than_said(tmp_path, internet_archive):
    file = written(tmp_path, *map(source, range(1, 6)))
    assert "0 copies found, 2 sources without one" in ask(internet_archive, "--files", "--most", 2, file)
    assert 2 == len(internet_archive.asked)


def test_a_store_keeps_copies_as_revisions(tmp_path, internet_archive):
    internet_archive.answers = {"https://example.org/1": [closest()]}
    path = tmp_path / "ledger.gpkg"
    with closing(open_ledger(path).store) as store:
        store.write([Edit("bo-made-up", Project.from_feature(record(source(1), source(2))), None, "ana")])
    ask(internet_archive, "--store", path)
    with closing(open_ledger(path).store) as store:
        head = store.head("bo-made-up")
        assert ("archive", 2) == (head.author, head.number)
        assert [True, False] == [bool(each.archived_url) for each in head.project.properties.sources]


def test_an_archive_that_is_not_there_is_said_and_asked_no_more(tmp_path, internet_archive):
    file = written(tmp_path, *map(source, range(1, 9)))
    internet_archive.address = "http://127.0.0.1:9/wayback/available"
    said = ask(internet_archive, "--files", file, expect=1)
    assert "cannot be reached" in said
    assert "5 not answered" in said


def test_one_address_without_an_answer_ends_nothing(tmp_path, internet_archive):
    internet_archive.answers = {"https://example.org/1": [(403, b"")], "https://example.org/2": [closest()]}
    assert "1 copies found, 0 sources without one, 1 not answered" in ask(
        internet_archive, "--files", written(tmp_path, source(1), source(2))
    )


def test_a_later_run_begins_where_the_one_before_ended(tmp_path, internet_archive):
    file = tmp_path / "a.geojson"
    records = [
        {**record(source(1), source(2)), "id": "bo-a"},
        {**record(source(1, url="https://example.org/3")), "id": "bo-b"},
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": records}))
    assert "--start bo-b" in ask(internet_archive, "--files", "--most", 2, file)
    assert "--start" not in ask(internet_archive, "--files", "--most", 2, "--start", "bo-b", file)
    assert ["1", "2", "3"] == [each["url"][-1] for each in internet_archive.asked]


def test_what_somebody_changed_meanwhile_stays(tmp_path, internet_archive):
    path = tmp_path / "ledger.gpkg"
    with closing(open_ledger(path).store) as store:
        store.write([Edit("bo-made-up", Project.from_feature(record(source(1))), None, "ana")])

        def change():
            named = Project.from_feature(
                {**record(source(1)), "properties": {**record(source(1))["properties"], "name": "By a person"}}
            )
            store.write([Edit("bo-made-up", named, 1, "ben")])

        internet_archive.before_answer = change
        internet_archive.answers = {"https://example.org/1": [closest()]}
        ask(internet_archive, "--store", path)
        head = store.head("bo-made-up")
    assert ("By a person", 3) == (head.project.properties.name, head.number)
    assert head.project.properties.sources[0].archived_url


@pytest.mark.parametrize("wrong", [["--pause", "-1"], ["--pause", "nan"], ["--service", "rubbish"], ["a.geojson"]])
def test_a_wrong_command_line_is_told(tmp_path, wrong, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, source(1))
    assert 2 == CliRunner().invoke(main, ["archive", *wrong]).exit_code
