"""The page on which a table is uploaded: compared in the background, shown, written by whoever may, for them alone."""

import io
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import replace

import orjson
import pytest
from conftest import wait_for
from made_up import made_up

from api.importing import jobs
from geo.bulk.outcome import Tally
from geo.editing import Edit
from geo.keys import create_key
from web.language import LANGUAGES

HEAD = "name,kind,country,lat,lon,location_accuracy,source_addresses"
ROWS = [
    "Rose,cell_factory,BO,-17.4,-66.2,site,https://example.org/a",
    'Lily,cell_factory,BO,"-20,1","-66,9",site,https://example.org/b',
]
TABLE = "\n".join([HEAD, *ROWS]).encode()
HTML = {"Accept": "text/html"}


@pytest.fixture
def signed_in(api):
    """Sign somebody of a role in, and return what sends a form of theirs."""

    def begin(role="editor", scope=()):
        api.client.cookies.clear()
        key = create_key(api.store.keys, f"{role} {len(list(api.store.keys.all()))}", role, scope=scope)[1]
        api.client.post("/sign-in", data={"key": key, "to": ""})
        token = api.client.get("/session").json()["csrf"]

        def send(path="/import", files=None, **fields):
            data = {"csrf": token, **fields}
            return api.client.post(path, data=data, files=files, headers=HTML, follow_redirects=False)

        return send

    return begin


def uploaded(api, send, content=TABLE, name="table.csv"):
    """The address of the page of a table, once it is compared."""
    answer = send(files={"file": (name, content)})
    assert 303 == answer.status_code, answer.text
    return done(api, answer.headers["location"])


def done(api, path):
    wait_for(lambda: "http-equiv" not in api.client.get(path, headers=HTML).text)
    return path


def counted(api, path):
    found = re.findall(r"is=(\w+)&amp;lang=en#rows\"[^>]*>[^:<]+: ([\d,]+)<", api.client.get(path, headers=HTML).text)
    return {name: int(count) for name, count in found if count != "0"}


@pytest.mark.slow
def test_a_table_is_compared_put_right_with_consent_and_written(api, signed_in):
    send = signed_in()
    before = api.store.latest_sequence()
    path = uploaded(api, send)
    assert {"new": 1, "refused": 1} == counted(api, path)
    page = api.client.get(path, headers=HTML).text
    assert "has a decimal comma" in page
    assert 'id="row-3"' in page
    columns = {f"column_{at}": name for at, name in enumerate(HEAD.split(","))}
    assert 303 == send(path, do="compare", repair="decimal-comma", **columns).status_code
    assert {"new": 2} == counted(api, done(api, path))
    assert before == api.store.latest_sequence()
    assert 303 == send(path, do="write", comment="From my table").status_code
    assert "2 records are written" in api.client.get(done(api, path), headers=HTML).text
    head = api.store.head("bo-rose")
    assert ("From my table", "editor") == (head.comment, head.author.split()[0])
    again = uploaded(api, send, "\n".join([HEAD, ROWS[0]]).encode())
    assert {"same": 1} == counted(api, again)
    assert 'href="/projects/bo-rose"' in api.client.get(again, headers=HTML).text


@pytest.mark.stores("geopackage")
@pytest.mark.slow
def test_reports_link_each_row_to_its_place_and_the_profile_can_be_used_again(api, signed_in):
    send = signed_in()
    path = uploaded(api, send)
    rows = api.client.get(f"{path}/report?f=json").json()
    assert ["new", "refused"] == [each["is"] for each in rows]
    place = rows[1]["link"].removeprefix("http://testserver")
    assert 'id="row-3"' in api.client.get(place, headers=HTML).text
    assert "http://testserver/projects/bo-rose" == rows[0]["record_link"]
    assert b"refused" in api.client.get(f"{path}/report?f=csv").content
    profile = api.client.get(f"{path}/profile").content
    answer = send(files={"file": ("table.csv", TABLE), "profile": ("profile.toml", profile)})
    assert {"new": 1, "refused": 1} == counted(api, done(api, answer.headers["location"]))


@pytest.mark.slow
def test_a_contributor_s_table_becomes_proposals(api, signed_in):
    send = signed_in("contributor")
    path = uploaded(api, send, "\n".join([HEAD, ROWS[0]]).encode())
    before = api.store.latest_sequence()
    send(path, do="write")
    assert "1 proposal is made" in api.client.get(done(api, path), headers=HTML).text
    assert (before, {"open": 1}) == (
        api.store.latest_sequence(),
        {k: v for k, v in api.store.proposals.counts().items() if v},
    )


@pytest.mark.slow
def test_doubtful_rows_are_answered_one_by_one(api, signed_in):
    like = {"name": "Rose works", "geometry": {"type": "Point", "coordinates": [-66.2, -17.4]}}
    api.store.write([Edit("bo-rose-works", made_up("bo-rose-works", **like), None, "bea")])
    send = signed_in()
    path = uploaded(api, send, "\n".join([HEAD, ROWS[0]]).encode())
    assert {"doubtful": 1} == counted(api, path)
    page = api.client.get(path, headers=HTML).text
    assert '<option value="phase bo-rose-works">another phase of Rose works<' in page
    assert '/projects/bo-rose-works"><bdi>Rose works</bdi>' in page
    assert 400 == send(path, do="answer", answer_2="perhaps").status_code
    assert 303 == send(path, do="answer", answer_2="phase bo-rose-works").status_code
    assert {"new": 1} == counted(api, done(api, path))
    assert '<option value="phase bo-rose-works" selected>' in api.client.get(path, headers=HTML).text
    send(path, do="write")
    assert "1 record is written" in api.client.get(done(api, path), headers=HTML).text
    assert ["bo-rose-works"] == [link.project for link in api.store.head("bo-rose").project.properties.links]


@pytest.mark.stores("geopackage")
@pytest.mark.slow
def test_the_page_says_first_why_most_rows_are_refused_and_which_field_would_help(api, signed_in):
    send = signed_in()
    head = HEAD.replace("location_accuracy", "Zzyzx")
    path = uploaded(api, send, "\n".join([head, *[ROWS[0]] * 3]).encode())
    page = api.client.get(path, headers=HTML).text
    assert "3 rows are refused, first: row 2 says nothing for “Place known to”" in page
    assert "choose “Place known to” for every row" in page
    assert "1 column is not taken" in page
    assert 'name="fixed_location_accuracy"' in page


@pytest.mark.stores("geopackage")
@pytest.mark.slow
def test_what_is_wrong_with_the_settings_is_said_beside_them(api, signed_in):
    send = signed_in()
    path = uploaded(api, send, "\n".join([HEAD, ROWS[0]]).encode())
    twice = {f"column_{at}": "name" for at in (0, 1)}
    assert 303 == send(path, do="compare", source_url="no address", **twice).status_code
    page = api.client.get(path, headers=HTML).text
    assert "two columns would become “Name”" in page
    assert "Where the whole table comes from: " in page
    assert 2 == page.count('<option value="name" selected>'), "what was chosen is there to be put right"


@pytest.mark.slow
def test_a_key_for_other_countries_writes_nothing(api, signed_in):
    send = signed_in("editor", ["AR"])
    path = uploaded(api, send, "\n".join([HEAD, ROWS[0]]).encode())
    before = api.store.latest_sequence()
    assert 403 == send(path, do="write").status_code
    assert before == api.store.latest_sequence()


@pytest.mark.stores("geopackage")
@pytest.mark.slow
def test_a_table_is_for_whoever_uploaded_it_and_goes_without_trace(api, signed_in):
    send = signed_in()
    path = uploaded(api, send)
    other = signed_in()
    assert 404 == api.client.get(path, headers=HTML).status_code
    assert 404 == other(path, do="cancel").status_code
    folder = api.store.path.with_name(f"{api.store.path.name}-imports")
    assert [folder / path.rpartition("/")[2]] == list(folder.iterdir())
    assert 0o700 == folder.stat().st_mode & 0o777
    api.client.cookies.clear()
    assert 303 == api.client.get(path, headers=HTML, follow_redirects=False).status_code


@pytest.mark.stores("geopackage")
@pytest.mark.slow
def test_who_cancels_leaves_nothing_and_one_has_a_few_tables_at_a_time(api, signed_in):
    send = signed_in()
    paths = [uploaded(api, send) for _ in range(jobs.MOST_OF_PERSON)]
    assert 429 == send(files={"file": ("table.csv", TABLE)}).status_code
    for path in paths:
        assert 303 == send(path, do="cancel").status_code
    folder = api.store.path.with_name(f"{api.store.path.name}-imports")
    assert [] == list(folder.iterdir())


@pytest.mark.stores("geopackage")
@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_pages_speak_four_languages(api, signed_in, code):
    send = signed_in()
    asked = {"params": {"lang": code}, "headers": HTML}
    assert 200 == api.client.get("/import", **asked).status_code
    path = uploaded(api, send)
    page = api.client.get(path, **asked).text
    assert f'<html lang="{code}"' in page
    assert (code == "en") == ("has a decimal comma" in page)


@pytest.mark.stores("geopackage")
def test_what_takes_too_much_of_a_processor_is_refused_and_nothing_of_it_written(api):
    before = api.store.latest_sequence()
    job = jobs.Jobs(api.store.path).begin("1:ana", "a.csv", io.BytesIO(TABLE))
    endless = "working.MOST_SECONDS, working._compare = 1, lambda *_: [None for _ in iter(int, 1) if False]"
    code = f"from api.importing import working; {endless}; working.main()"
    named = {**os.environ, "LEDGER_STORE": api.store.location}
    subprocess.run([sys.executable, "-c", code, str(job.folder)], check=True, timeout=100, env=named)
    assert ("refused", "import-too-slow") == ((state := job.state()).phase, state.error[0])
    assert before == api.store.latest_sequence()


def aged(job, seconds):
    then = time.time() - seconds
    os.utime(job.folder, (then, then))


def test_what_nobody_wants_any_more_goes_without_anybody_asking_for_it(api):
    """What is a day old, and what was being kept when its server was killed, while the server runs."""
    kept = jobs.Jobs(api.store.path)
    new, old, unmade = (
        kept.begin(f"{at}:ana", "a.csv", io.BytesIO(TABLE)) for at in range(3) if not at or finish(kept)
    )
    (unmade.folder / "state.json").unlink()
    aged(old, jobs.MOST_SECONDS + 1)
    aged(unmade, 3_600)
    kept.sweep()
    assert [True, False, False] == [each.folder.exists() for each in (new, old, unmade)]


@pytest.mark.stores("geopackage")
def test_of_many_tables_at_once_as_many_are_kept_as_one_may_have(api):
    kept, said = jobs.Jobs(api.store.path), []

    def begin():
        try:
            said.append(kept.begin("1:ana", "a.csv", io.BytesIO(TABLE)).folder.exists())
        except jobs.TooManyImports:
            said.append(False)

    several = [threading.Thread(target=begin) for _ in range(12)]
    for each in several:
        each.start()
    for each in several:
        each.join()
    assert (12, jobs.MOST_AT_WORK) == (len(said), sum(said))


def finish(kept):
    """Let the jobs that are there be done."""
    for job in kept._jobs():
        job.save(replace(job.state(), phase="compared"))
    return True


@pytest.mark.stores("geopackage")
def test_tables_that_nobody_touches_give_way_to_others_and_one_that_is_full_is_refused_unread(
    api, signed_in, monkeypatch
):
    monkeypatch.setattr(jobs, "MOST_JOBS", 2)
    kept = jobs.Jobs(api.store.path)
    first, second = (kept.begin(f"{at}:ana", "a.csv", io.BytesIO(TABLE)) for at in range(2) if not at or finish(kept))
    finish(kept)
    send = signed_in()
    refused = send(files={"file": ("a.csv", b"x" * (jobs.MOST_UPLOAD + 2**21))})
    assert 429 == refused.status_code
    aged(first, jobs.IDLE_SECONDS + 1)
    assert 303 == send(files={"file": ("a.csv", TABLE)}).status_code
    assert [False, True] == [each.folder.exists() for each in (first, second)]


def test_a_table_that_is_taken_away_while_its_page_is_made_is_not_there(api, signed_in):
    send = signed_in()
    job = jobs.Jobs(api.store.path).begin(f"{api.store.keys.all()[-1].id}:editor", "a.csv", io.BytesIO(TABLE))
    state = job.state()
    job.remove()
    for ask in (job.state, lambda: job.save(state), lambda: job.analysis(replace(state, tally=Tally().members()))):
        with pytest.raises(jobs.ImportUnknown):
            ask()
    assert 404 == api.client.get(f"/import/{job.id}").status_code
    assert 404 == send(f"/import/{job.id}", do="cancel").status_code


def test_the_page_is_for_those_who_may_propose_and_forms_need_their_token(api, signed_in):
    signed_in("reader")
    assert 403 == api.client.get("/import").status_code
    signed_in()
    refused = api.client.post("/import", data={"csrf": "x"}, files={"file": ("a.csv", TABLE)})
    assert (403, "token-missing") == (refused.status_code, orjson.loads(refused.content)["rule"])
    api.client.cookies.clear()
    assert 401 == api.client.get("/import").status_code


@pytest.mark.stores("geopackage")
@pytest.mark.slow
def test_a_hostile_name_is_text_on_the_page_and_a_bad_file_is_refused_in_words(api, signed_in):
    send = signed_in()
    path = uploaded(
        api, send, "\n".join([HEAD, ROWS[0].replace("Rose", "<script>alert(1)</script>")]).encode(), "../x<b>.csv"
    )
    page = api.client.get(path, headers=HTML).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    path = uploaded(api, send, "name\nCañón\n".encode("cp1252"), "mine.csv")
    assert "mine.csv: line 2 is not UTF-8 text" in api.client.get(path, headers=HTML).text
    path = uploaded(api, send, b"MZ", "a.exe")
    assert "its name says of no form that is read here" in api.client.get(path, headers=HTML).text


@pytest.mark.stores("geopackage")
@pytest.mark.slow
def test_a_comment_and_the_name_of_a_file_are_bounded_as_those_of_any_change(api, signed_in):
    send = signed_in()
    path = uploaded(api, send, "\n".join([HEAD, ROWS[0]]).encode(), name="a\u202eb\u200bc.csv")
    refused = send(path, do="write", comment="\u202eevil")
    assert (400, True) == (refused.status_code, "comment" in refused.text)
    assert 400 == send(path, do="write", comment="x" * 501).status_code
    send(path, do="write")
    done(api, path)
    told = api.client.get("/api/changes?limit=1").json()["changes"][0]
    assert "imported from abc.csv" == told["comment"]
