"""How tests wait: for what is awaited, and in a way that a page's policy allows."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent


def test_a_condition_is_a_function_for_an_expression_would_be_evaluated():
    # The page refuses to evaluate texts, but only when a condition is not met at once: on a busy machine.
    texts = {file: file.read_text(encoding="utf-8") for file in TESTS.rglob("*.py") if file != Path(__file__)}
    found = [file.name for file, text in texts.items() if re.search(r"wait_for_function\(\s*f?\"+[^(\"]", text)]
    assert [] == found
