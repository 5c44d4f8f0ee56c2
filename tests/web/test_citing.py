"""Citations are read by programs as they are meant, and filters are told in words, whatever is in them."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.parameters import MATCHING
from geo import vocabulary
from geo.columns import COUNTRIES, ORGANISATIONS, PROJECTS
from geo.formats.selection import Contents
from web.asking import in_words
from web.citing import Cited, as_bibtex, as_ris, as_text
from web.language import LANGUAGES, Language

ENGLISH = Language()
DAY = dt.date(2026, 11, 26)


def cited(**more):
    known = {"title": "A plant", "work": "Made-up ledger", "address": "https://example.org/a", "accessed": DAY}
    return Cited(**{**known, **more})


def words(as_of=None, language=ENGLISH, **asked):
    return in_words(language, {name: list(values) for name, values in asked.items()}, as_of, {"catl": "CATL"})


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("All projects", {}),
        ("Projects as of 1 January 2025", {"as_of": dt.date(2025, 1, 1)}),
        (
            "Projects in Bolivia, considered or announced, as of 1 January 2025",
            {"country": ["BO"], "status": ["considered", "announced"], "as_of": dt.date(2025, 1, 1)},
        ),
        ("Projects of unknown stage", {"status": ["unknown"]}),
        (
            "Projects of the kind cell factory, pack factory or refinery",
            {"kind": ["cell_factory", "pack_factory", "refinery"]},
        ),
        ("Projects with CATL or byd among the parties or those who hold them", {"owner": ["catl", "byd"]}),
        ("Projects with a capacity from 10 to 1,000.5", {"capacity": ["10/1000.5"]}),
        (
            "Projects with a capacity of 10 or more, whose capacity counts cells (GWh a year)",
            {"capacity": ["10/.."], "capacity_measure": ["cells"]},
        ),
        (
            "Projects with a planned start in 2030 or earlier or with a planned start in 2035",
            {"start_planned_year": ["../2030", "2035"]},
        ),
        ("Projects found by the words ‘{count} %s’", {"q": ["{count} %s"]}),
        ("Projects whose stage a source has confirmed within 24 months", {"status_stale": ["false"]}),
    ],
)
def test_a_filter_is_told_in_words(told, asked):
    assert told == words(**asked)


GATHERED = {
    "organisations": Contents("organisations", ORGANISATIONS, is_placed=False),
    "countries": Contents("countries", COUNTRIES),
}


@pytest.mark.parametrize(
    ("name", "told", "asked"),
    [
        ("organisations", "All organisations", {}),
        ("countries", "Countries as of 1 January 2025", {"as_of": dt.date(2025, 1, 1)}),
        (
            "organisations",
            "Organisations whose “Country” is China, whose “Who holds it, up to the top” is CATL or byd",
            {"country": ["CN"], "holders": ["catl", "byd"]},
        ),
        (
            "organisations",
            "Organisations whose “Kinds of its projects” is refinery, whose “Countries of its projects” is Bolivia",
            {"kinds": ["refinery"], "countries": ["BO"]},
        ),
        (
            "countries",
            "Countries whose “Projects” is 1–.., found by the words ‘{x}’",
            {"projects": ["1/.."], "q": ["{x}"]},
        ),
    ],
)
def test_a_filter_of_what_is_made_of_projects_is_told_by_the_titles_of_columns(name, told, asked):
    as_of, values = asked.get("as_of"), {each: value for each, value in asked.items() if each != "as_of"}
    assert told == in_words(ENGLISH, values, as_of, {"catl": "CATL"}, GATHERED[name])


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", GATHERED)
def test_each_collection_is_called_by_its_name_in_every_language(name, code):
    of_projects = in_words(Language(code), {}, None, {})
    told = in_words(Language(code), {}, None, {}, GATHERED[name])
    assert told not in (of_projects, *([] if code == "en" else [in_words(ENGLISH, {}, None, {}, GATHERED[name])]))
    assert in_words(Language(code), {"q": ["x"]}, None, {}, GATHERED[name]) not in (
        told,
        words(None, Language(code), q="x"),
    )


def test_a_long_list_says_how_many_it_leaves_out():
    codes = ["DE", "CN", "BO", "US", "AR", "CL", "BR", "PE", "MX", "AU", "CA", "FR", "HU", "PL"]
    assert words(country=codes).endswith("Canada, France or 2 others")
    assert words(country=codes[:13]).endswith("Canada, France or Hungary")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in MATCHING if name not in ("as_of", "bbox-crs", "filter-lang")])
def test_every_parameter_has_words_in_every_language(name, code):
    """A text that no translator has seen yet stands in English."""
    if name not in PROJECTS:
        values = ["1,2,3,4"]
    elif PROJECTS[name].codes:
        values = list(PROJECTS[name].codes)[:3]
    else:
        values = {"flag": ["true"], "number": ["1/2"], "integer": ["1", "1/..", "../3"]}.get(PROJECTS[name].kind, ["x"])
    told = words(language=Language(code), **{name: values})
    assert "{" not in told
    assert told != words(language=Language(code))


def test_countries_and_days_are_told_in_the_reader_s_language():
    assert "Боливия" in words(language=Language("ru"), country=["BO"])
    assert "1 de enero de 2025" in words(language=Language("es"), as_of=dt.date(2025, 1, 1))


def test_each_stage_alone_makes_a_sentence():
    told = [words(status=[code]) for code in vocabulary.STATUSES.codes]
    assert len(told) == len({*told})


HOSTILE = r"""\input{/etc/passwd} {a} $b$ & #1 _x^y~ 100% "quoted" @misc{z, title={q}}"""


def untex(text):
    """What TeX prints for a text."""
    for written, letter in ((r"\textbackslash{}", "\\"), (r"\textasciitilde{}", "~"), (r"\textasciicircum{}", "^")):
        text = text.replace(written, {"\\": "\0", "~": "~", "^": "^"}[letter])
    return re.sub(r"\\([{}$&#_%])", r"\1", text).replace("\0", "\\")


def field(entry, name):
    return re.search(rf"^  {name} = \{{(.*)\}},$", entry, re.MULTILINE).group(1)


def test_nothing_in_a_title_is_tex():
    entry = as_bibtex(ENGLISH, cited(title=HOSTILE, id="bo-x", revision=3, release="2026.12"))
    assert HOSTILE == untex(field(entry, "title")[1:-1])
    bare = re.sub(r"\\[\\{}$&#_%]", "", entry.replace("{}", ""))
    assert bare.count("{") == bare.count("}")
    assert "2026" == field(entry, "year")
    assert "2026.12" == field(entry, "version")
    assert 1 == len(re.findall(r"^@", entry, re.MULTILINE))


@given(st.text(st.characters(exclude_characters="\0"), max_size=60))
def test_whatever_a_title_holds_a_bibtex_entry_is_one_entry(title):
    entry = as_bibtex(ENGLISH, cited(title=title, id="bo-x", revision=3))
    assert " ".join(title.split()) == untex(field(entry, "title")[1:-1])


@given(st.text(max_size=60))
def test_whatever_a_title_holds_ris_has_one_field_a_line(title):
    lines = as_ris(ENGLISH, cited(title=title, count=7)).split("\r\n")
    assert ["TY  - DATA", "ER  - ", ""] == [lines[0], *lines[-2:]]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line, re.DOTALL) for line in lines[:-1])
    assert "N1  - 7 records" in lines
    assert "Y2  - 2026/11/26/" in lines


def test_records_of_somebody_s_own_name_no_release_and_no_licence():
    text = as_text(ENGLISH, cited(count=1))
    assert "Made-up ledger: “A plant” (1 record). https://example.org/a (accessed 26 November 2026)." == text
    assert "2026.12, CC BY 4.0" in as_text(ENGLISH, cited(release="2026.12"))
