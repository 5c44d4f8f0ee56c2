"""An author who was taken from view: no door tells the name, and no kept answer goes on with it."""

import pytest
from click.testing import CliRunner
from made_up import made_up_feature

from api.commands.main import main
from geo.editing import Edit
from geo.records.project import Project

RECORD = "/api/collections/projects/items/bo-made-up"
NAME = "Ana Zyx"
DOORS = (
    f"{RECORD}/revisions",
    f"{RECORD}/revisions?f=html",
    "/projects/bo-made-up",
    "/api/changes?f=json",
    "/api/changes?f=html",
    "/api/changes?f=atom",
)


@pytest.fixture
def written(api):
    api.store.write([Edit("bo-made-up", Project.from_feature(made_up_feature()), None, NAME, "found")])
    return api


def command(api, *words):
    done = CliRunner().invoke(main, ["authors", words[0], "--store", api.store.location, *words[1:]])
    assert 0 == done.exit_code, done.output
    return done.output


@pytest.mark.parametrize("door", DOORS)
def test_the_name_is_gone_and_what_was_kept_is_not_served_on(written, door):
    before = written.client.get(door)
    assert NAME in before.text
    command(written, "hide", NAME)
    after = written.client.get(door, headers={"If-None-Match": before.headers["etag"]})
    assert 200 == after.status_code
    assert NAME not in after.text
    assert "withheld" in after.text
    assert NAME in command(written, "list")
    command(written, "show", NAME)
    shown = written.client.get(door, headers={"If-None-Match": after.headers["etag"]})
    assert (200, True) == (shown.status_code, NAME in shown.text)


def test_a_page_says_it_in_the_readers_language(written):
    command(written, "hide", NAME)
    assert "имя не указывается" in written.client.get("/projects/bo-made-up?lang=ru").text


def test_the_record_itself_keeps_its_tag_of_the_revision(written):
    tag = written.client.get(RECORD).headers["etag"]
    command(written, "hide", NAME)
    body = {"properties": {"summary": "Seen."}}
    sent = {**written.editor, "If-Match": tag, "Content-Type": "application/merge-patch+json"}
    assert 200 == written.client.patch(RECORD, json=body, headers=sent).status_code
