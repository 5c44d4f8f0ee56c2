"""What one request may cost the server, and how long its answer may be, however it is meant."""

import time

import orjson
import pytest
from conftest import client_of
from proposed import new

from api.problems import MOST_ERRORS
from api.settings import Settings

CHECK = "/api/proposals/check"
SECONDS = 2  # of a processor; what is asked here takes a tenth of one


@pytest.fixture
def open_api(api):
    return api._replace(client=client_of(api.store, Settings(proposals="open")))


def saying(**properties):
    proposal = new()
    proposal["feature"]["properties"].update(properties)
    return proposal


def checked(api, body):
    began = time.process_time()
    answer = api.client.post(CHECK, json=body)
    assert time.process_time() - began < SECONDS
    assert answer.status_code == 200, answer.text
    return answer


def test_of_very_many_faults_the_first_are_told(open_api):
    events = [{f"x{at}": 1 for at in range(60)} for _ in range(180)]
    answer = checked(open_api, saying(events=events))
    assert len(answer.json()["faults"]) == MOST_ERRORS
    assert len(answer.content) < 100_000


def test_a_host_has_no_more_letters_than_a_name_may(open_api):
    source = new()["feature"]["properties"]["sources"][0]
    sources = [{**source, "id": f"s{at}", "url": f"http://{'a.' * 300}com/{at}"} for at in range(1, 170)]
    answer = checked(open_api, saying(sources=sources))
    assert {"url-host-form"} == {each["rule"] for each in answer.json()["faults"] if each["pointer"].endswith("url")}
    assert len(orjson.dumps(sources)) > 100_000
