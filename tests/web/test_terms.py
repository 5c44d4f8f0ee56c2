"""One thing is called by one word, in each language: the table of terms in CONTRIBUTING.md, held against every text."""

import pathlib
import re
import tomllib

import pytest
from conftest import ROOT

# What is not said, in the rooms of the pages or in sentences of rules, and what is said instead.
NOT_SAID = {
    "en": {
        r"\b[Tt]akes out\b|\b[Tt]aken out\b|\b[Tt]ake .{1,20} out\b": "removed (of a record), deleted (a record)",
        r"\b[Cc]ursor\b": "the number of a change",
        r"\b[Ff]orget it\b|\b[Ll]ook it over\b|\b[Tt]ake from view\b": "delete the draft, check, hide",
        r"\bhash\b": "nothing: nobody needs to know",
    },
    "es": {
        r"\bregistros\b": "fichas; the ledger is el registro",
        r"\b(?:[Bb]orrad|[Rr]etirad)[ao]s?\b": "eliminada (a record), quitado (of a record)",
        r'(?<!label) = "Editor"': "Publicado por; an editor is a person",
        r"\b[Cc]ursor\b": "el número de un cambio",
    },
    "ru": {r"\b[Рр]евизи[яию]": "версия", r"\b[Кк]урсор": "номер изменения"},
    "zh": {"名录|账册|账本": "台账", "[条该为与]记录": "条目", "游标": "编号"},
}
# Filings, a draft, and a proposal that is withdrawn are called so too; what goes before a cathode is no cursor.
MEANT = r"registros, informes técnicos|Este borrador|este borrador|Retirada|la ha retirado|прекурсор"


def texts(language):
    for file in [
        *(ROOT / "web" / "texts" / language).glob("*.toml"),
        ROOT / "api" / "messages" / f"{language}.toml",
        ROOT / "geo" / "messages" / f"{language}.toml",
        *(ROOT / "geo" / "vocabularies" / "translations").glob(f"{language}.toml"),
    ]:
        yield file, tomllib.loads(file.read_text(encoding="utf-8"))


def sentences(told, name=""):
    if isinstance(told, str):
        yield f'{name} = "{told}"'
    elif isinstance(told, dict | list):
        for key, each in told.items() if isinstance(told, dict) else enumerate(told):
            yield from sentences(each, str(key))


@pytest.mark.parametrize("language", NOT_SAID)
def test_one_thing_is_called_by_one_word(language):
    found = [
        f"{pathlib.Path(file).relative_to(ROOT)}: {sentence}: say {instead}"
        for file, told in texts(language)
        for sentence in sentences(told)
        for form, instead in NOT_SAID[language].items()
        if re.search(form, sentence) and not re.search(MEANT, sentence)
    ]
    assert not found, "\n".join(found)
