"""What an instance says of its own data, and how a record's page shows where a text was read."""

import datetime as dt
import re
from collections import Counter

import pytest
from conftest import make_api
from made_up import made_up

from api.settings import Settings, WrongSetting
from geo.coverage import coverage
from geo.curated.release import Sample, read_release
from geo.editing import Edit
from geo.formats.registry import FORMATS
from geo.opening import Ledger
from geo.store import Loaded

TODAY = dt.date(2026, 11, 26)


def test_the_interval_of_a_share_is_wilson_s():
    assert [8.8, 3.8, 18.9] == [round(each, 1) for each in Sample(release="2026.11", claims=57, wrong=5).interval]
    assert 0 == round(Sample(release="2026.12", claims=60, wrong=0).interval[1], 6)


def test_the_coverage_counts_what_a_plain_loop_counts(many_projects, full_store):
    found = coverage(Ledger(full_store).catalog, TODAY)
    derived = [project.derived() for project in many_projects]
    kinds = Counter((p.properties.kind, d["status_group"]) for p, d in zip(many_projects, derived, strict=True))
    countries = Counter(project.properties.country for project in many_projects)
    assert len(many_projects) == found.total
    assert kinds == {(kind, group): n for kind, groups in found.kinds.items() for group, n in groups.items()}
    assert countries == {code: groups.total() for code, groups in found.countries.items()}
    assert countries.most_common(1)[0][1] == next(iter(found.countries.values())).total()
    assert sum(d["sources_count"] for d in derived) == found.sources
    assert sum(d["status_stale"] for d in derived) == found.stale


def test_what_was_looked_for_within_a_year_is_counted(store):
    looked = {"checked_found": "nothing_newer"}
    records = [made_up("bo-a", checked="2026-11-20", **looked), made_up("bo-b", checked="2025-11-01", **looked)]
    store.write([Edit(each.id, each, None, "ana") for each in (*records, made_up("bo-c"))])
    assert 1 == coverage(Ledger(store).catalog, TODAY).looked_for


@pytest.fixture
def page(store):
    """The page of a store, by what was loaded into it."""

    def shown(loaded=None, **settings):
        store.write([Edit("bo-a", made_up("bo-a"), None, "ana")])
        if loaded:
            store.note_dataset_loaded(loaded)
        answer = make_api(store, Settings(**settings)).client.get("/about/data")
        assert 200 == answer.status_code
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("&nbsp;", " ").split()), answer.text

    return shown


def test_the_page_says_which_release_it_is_how_often_it_errs_and_what_it_lacks(page):
    release = read_release()
    words, _ = page(Loaded("x", release.name))
    assert f"filled from release {release.name} of the data, of " in words
    share, low, high = release.sample.interval
    assert f"{share:.1f} % (95 % interval {low:.1f} to {high:.1f} %)" in words
    assert "Cell factory 1 0 0 0 0 0 1" in words
    assert "What is known to be missing" in words
    assert "Storage plant 50 MW or 100 MWh The British planning register" in words


def test_all_records_can_be_taken_away_in_every_format(page):
    _, shown = page()
    for form in FORMATS.values():
        link = rf'<a href="/api/collections/projects/items\?f={form.name}" type="{re.escape(form.plain_type)}"'
        assert re.search(link, shown), form.name


def test_an_instance_of_one_s_own_records_claims_no_release(page):
    words, _ = page()
    assert "this instance's own records" in words.replace("&#39;", "'")
    assert "What is known to be missing" not in words


@pytest.mark.parametrize(
    ("contact", "href"), [("atlas@example.org", "mailto:atlas@example.org"), ("https://example.org/errors", None)]
)
def test_an_error_is_reported_where_the_operator_says(page, contact, href):
    settings = Settings.from_environment({"LEDGER_CONTACT": contact})
    _, html = page(contact=settings.contact)
    assert f'<a href="{href or contact}">Report an error</a>' in html


@pytest.mark.parametrize("contact", ["javascript:alert(1)", "mailto:a@b.org", "a@b", 'https://a.org/"x', "ftp://a.org"])
def test_a_contact_is_an_e_mail_address_or_a_page(contact):
    with pytest.raises(WrongSetting):
        Settings.from_environment({"LEDGER_CONTACT": contact})


def test_a_text_shows_its_words_and_a_copy_is_named_and_not_linked(store):
    copy = "https://example.net/copy?of=text"
    source = {"id": "s1", "title": "A text", "read_at": copy, "quote": "It <b>opened</b> in May.", "type": "news"}
    record = made_up(sources=[source], checked="2026-11-26", checked_found="nothing_newer")
    store.write([Edit(record.id, record, None, "ana")])
    html = make_api(store).client.get(f"/projects/{record.id}").text
    assert "“It &lt;b&gt;opened&lt;/b&gt; in May.”" in html
    assert copy in html
    assert f'href="{copy}' not in html
    assert "looked for on 26 Nov 2026: nothing newer was found" in html
