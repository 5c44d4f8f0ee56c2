"""What people type finds what is written, in any script; and the browser compares texts just as the server does."""

import json
import random
import subprocess
import sys
import unicodedata

import pytest
from conftest import ROOT

from geo.folding import alternatives, fold, in_latin, searchable, table


def finds(typed, written):
    """By the rule of every catalog: all words of a part, each in one of its spellings."""
    text = searchable(written)
    return any(all(any(way in text for way in word) for word in part) for part in alternatives(typed))


AS_TYPED = [
    *(
        "宁德时代",
        "Росатом",
        "أرامكو",
        "삼성SDI",
        "パナソニック",
        "Ελλάς",
        "हिन्दी",
        "แบตเตอรี่",
        "Հայաստան",
        "ლითიუმი",
        "ליתיום",
    ),
    *(
        "Côte d’Ivoire",
        "Hell’s Énergie d'Arc",
        "Xi’an",
        "São João",
        "Hải Phòng",
        "Işık",
        "Łódź",
        "Ærø",
        "Straße",
        "ñandú",
    ),
    *("宁德时代 CATL", "ООО «Литий»", "Thacker-Pass", "Salar de Atacama (SQM)"),
]


@pytest.mark.parametrize("written", AS_TYPED)
def test_a_name_is_found_as_it_is_written_in_any_form_of_unicode_and_case(written):
    for form in ("NFC", "NFD", "NFKC"):
        for typed in (written, written.upper(), written.lower()):
            assert finds(unicodedata.normalize(form, typed), written), (form, typed)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        *(("Cote d'Ivoire", "Côte d’Ivoire"), ("cote divoire", "Côte d’Ivoire"), ("darc", "d’arc")),
        *(
            ("rosatom", "Росатом"),
            ("РОСАТОМ", "Rosatom"),
            ("ningde", "宁德时代"),
            ("panasonic", "Panasonic パナソニック"),
        ),
        *(
            ("xian", "Xi’an"),
            ("istanbul", "İSTANBUL"),
            ("isik", "IŞIK"),
            ("lodz", "Łódź"),
            ("strasse", "Straße"),
            ("nandu", "ñandú"),
        ),
        *(("ارامكو", "أرامكو"), ("ελλας", "Ελλάς"), ("ellas", "Ελλάς"), ("thacker pass", "Thacker-Pass")),
        *(("nandu", "ñandú"), ("pass, sqm", "Salar SQM"), ("lit，sqm", "Salar SQM"), ("Їжак", "їжак")),
    ],
)
def test_it_is_found_without_accents_and_in_latin_letters(typed, written):
    assert finds(typed, written)


@pytest.mark.parametrize(("typed", "written"), [("カ", "ガ"), ("rosneft", "Росатом"), ("ulsan sqm", "Salar SQM")])
def test_what_is_another_letter_or_word_is_not_found(typed, written):
    assert not finds(typed, written)


@pytest.mark.parametrize("typed", ["", " ", ",", "🔋", "' '", "\u200b", "--"])
def test_what_has_no_word_asks_for_nothing(typed):
    assert [] == alternatives(typed)


COMPARE = """
import { Folding } from "./web/static/base/fold.js";
const { table, texts } = JSON.parse(await new Response(process.stdin).text());
const folding = new Folding(table);
console.log(JSON.stringify(texts.map((text) => [folding.fold(text), folding.inLatin(text), folding.asked(text)])));
"""


def chance_texts(count):
    """Texts of letters, marks and signs of every script, as Unicode had them in 2002, which every library knows."""
    chance = random.Random(7)
    known = [chr(n) for n in range(1, 0xD800) if unicodedata.ucd_3_2_0.category(chr(n)) not in ("Cn", "Cc")]
    return ["".join(chance.choice(known) for _ in range(chance.randint(1, 12))) for _ in range(count)]


def test_the_browser_folds_as_the_server_does():
    known = [chr(n) for n in range(0x80, 0x3100) if unicodedata.ucd_3_2_0.category(chr(n)) != "Cn"]
    texts = [*AS_TYPED, *chance_texts(5000), *known, "ΣΟΦΙΑΣ ΣΑΣ", "a, b，c、d", "ﬁ ㎒ Ａ１"]
    told = json.dumps({"table": table(), "texts": texts})
    command = [sys.executable, "tests/node.py", "--input-type=module", "--eval", COMPARE]
    done = subprocess.run(command, cwd=ROOT, input=told, capture_output=True, text=True, check=True, encoding="utf-8")
    for text, (folded, latin, asked) in zip(texts, json.loads(done.stdout), strict=True):
        assert (fold(text), in_latin(text)) == (folded, latin), ascii(text)
        assert alternatives(text) == [[frozenset(word) for word in part] for part in asked], ascii(text)
