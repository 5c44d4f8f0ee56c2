"""A store in databases of other languages than ours, and for users whose own settings differ."""

import contextlib

import pytest
from made_up import made_up

from geo.editing import Edit
from geo.opening import open_ledger

pytestmark = [pytest.mark.postgres, pytest.mark.stores("postgis")]
TURKISH = "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C'"  # the capital of i is another letter there


def test_a_record_of_any_country_is_kept_in_a_turkish_database(make_database):
    address = make_database("template0", TURKISH)
    with contextlib.closing(open_ledger(address).store) as store:
        [written] = store.write([Edit("it-mine", made_up("it-mine"), None, "ana")])
        assert [written] == list(store.current())
        assert [] == store.verify()


def test_a_user_whose_programs_take_another_encoding_writes_all_texts(database, monkeypatch):
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    with contextlib.closing(open_ledger(database).store) as store:
        store.write([Edit("bo-made-up", made_up(), None, "Анна")])
        assert "Анна" == store.head("bo-made-up").author
