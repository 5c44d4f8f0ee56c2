"""What is taken off an address, which addresses are no source, and what follows from one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses.cleaning import cleaned
from geo.addresses.counting import faults_of_proposed_sources, no_source
from geo.addresses.following import about, date_in, title_in

TODAY = dt.date(2026, 11, 28)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://example.org/a?utm_source=x&id=3&fbclid=y", "https://example.org/a?id=3"),
        ("https://example.org/a?q=%C3%B1&amp=1", "https://example.org/a?q=%C3%B1"),
        ("https://example.org/a/amp/", "https://example.org/a"),
        ("https://example.org/a.amp.html#part", "https://example.org/a#part"),
        ("https://example.org/a#:~:text=lithium", "https://example.org/a"),
        ("https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1", "https://example.org/a?b=1"),
        ("https://www.google.com/amp/s/example.org/a/amp", "https://example.org/a"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa%3Ffbclid%3Dx", "https://example.org/a"),
        ("https://web.archive.org/web/20240326/https://example.org/a", "https://example.org/a"),
        ("www.example.org/a", "https://www.example.org/a"),
        ("example.org/a", "https://example.org/a"),
        (" https://example.org/a \n", "https://example.org/a"),
        ("https://example.org/camp/utm_source", "https://example.org/camp/utm_source"),
        ("https://example.org/a?amplitude=3", "https://example.org/a?amplitude=3"),
        ("https://[", "https://["),
    ],
)
def test_an_address_is_cleaned(typed, url):
    assert url == cleaned(typed).url


def test_a_copy_in_an_archive_is_kept_beside_the_page_s_own_address():
    copy = "https://web.archive.org/web/20240326/https://example.org/a"
    assert copy == about(copy).archived_url


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://www.google.com.bo/search?q=x", "source-is-search"),
        ("https://yandex.ru/search/?text=x", "source-is-search"),
        ("https://x.com/i/grok/3", "source-is-chatbot"),
        ("https://x.com/a", "source-is-social"),
        ("https://es-la.facebook.com/a", "source-is-social"),
        ("https://es.wikipedia.org/wiki/Litio", "source-is-encyclopaedia"),
        ("https://goo.gl/x", "source-is-shortened"),
        ("https://maps.app.goo.gl/x", "source-is-map"),
        ("https://www.google.com/maps/@-20,-66,10z", "source-is-map"),
        ("https://litio.blogspot.com.ar/a", "source-is-blog"),
        ("https://www.fedex.com/a", None),
        ("https://netflix.com/a", None),
        ("https://box.com.example.org/a", None),
        ("https://www.google.com/about", None),
        ("https://example.org/x.com/a", None),
    ],
)
def test_kinds_that_are_no_source(url, rule):
    kind = no_source(url)
    assert rule == (kind and kind.rule)


def test_a_proposed_source_is_refused_by_its_place_and_a_blog_is_questioned():
    sources = [
        {"url": "https://example.org/a"},
        5,
        {"url": 7},
        {"url": "https://t.me/a"},
        {"url": "https://a.medium.com/b"},
    ]
    told = [(each.pointer, each.rule, each.severity) for each in faults_of_proposed_sources(sources)]
    assert [
        ("/properties/sources/3/url", "source-is-social", "error"),
        ("/properties/sources/4/url", "source-is-blog", "warning"),
    ] == told
    assert [] == faults_of_proposed_sources(None)


@pytest.mark.parametrize(
    ("path", "date"),
    [
        ("/2024/03/26/a", "2024-03-26"),
        ("/a-2024-03-26/", "2024-03-26"),
        ("/asxpdf/20240514/pdf", "2024-05-14"),
        ("/2024/03/a", "2024-03"),
        ("/2024/a", "2024"),
        ("/2024/02/30/a", "2024-02"),
        ("/2031/03/26/a", None),
        ("/1850/03/26/a", None),
        ("/120240326/a", None),
        ("/article/202403", None),
    ],
)
def test_the_date_in_a_path(path, date):
    assert date == date_in(path, TODAY)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/2024/03/26/rosatom-may-build-a-factory.html", "Rosatom may build a factory"),
        ("/economia/el-litio-en-bolivia-12345678", "El litio en bolivia"),
        ("/новости/завод-в-боливии-построят", "Завод в боливии построят"),
        ("/news/1316785.shtml", None),
        ("/a-b", None),
    ],
)
def test_the_title_that_a_path_spells(path, title):
    assert title == title_in(path)


def test_publisher_and_type_follow_from_the_records_and_a_table():
    assert ("electrive", "news") == _who("https://www.electrive.com/2024/03/26/a/")
    assert ("TASS", "news") == _who("https://tass.com/economy/1")
    assert (None, "government") == _who("https://www.hidrocarburos.gob.bo/a")
    assert (None, None) == _who("https://example.org/a")


def _who(url):
    found = about(url, TODAY)
    return found.publisher, found.type


@given(st.text(max_size=200))
def test_whatever_is_typed_has_an_answer(text):
    found = about(text, TODAY)
    assert found.url == about(found.url, TODAY).url
    assert any(each.severity == "error" for each in found.faults) or found.url.startswith("http")


@given(st.text("/?&=#:.apmhtwx%2F", max_size=60))
def test_what_is_cleaned_stays_clean(text):
    url = cleaned(f"https://example.org/{text}").url
    assert url == cleaned(url).url
