"""Who fills in a form, input by input: how many inputs it takes, and how long by the Keystroke-Level Model.

S. K. Card, T. P. Moran, A. Newell, The Keystroke-Level Model for User Performance Time with Interactive Systems,
Communications of the ACM 23 (7), 1980, doi:10.1145/358886.358895: the times of a practised hand, without errors. Who
comes for the first time reads as well: every word that is shown, once, at the pace of M. Brysbaert, How many words do
we read per minute?, Journal of Memory and Language 109, 2019, doi:10.1016/j.jml.2019.104047. It is a sum of counted
operators and words, not a clock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from playwright.sync_api import Page

# Seconds. K on a phone is that of random letters, 24 words a minute, where people were measured at 36.
POINT, PRESS, HOME, PREPARE = 1.10, 0.20, 0.40, 1.35
KEY_ON_DESK, KEY_ON_PHONE = 0.28, 0.50
WORDS_A_SECOND = 238 / 60

_COUNTING = "const count = (each) => each.innerText.split(/\\s+/).filter(Boolean).length;"
_SHOWN = f"""(what) => {{
  {_COUNTING}
  const shown = [...document.querySelectorAll(what)];
  const all = (each, what) => [...each.querySelectorAll(what)].reduce((sum, one) => sum + count(one), 0);
  return shown.reduce((sum, each) => sum + count(each) - all(each, "select"), 0);
}}"""
_OFFERED = f"(list) => {{ {_COUNTING} return count(list); }}"


@dataclass
class Reporter:
    """Puts in what a reporter puts in, and counts it."""

    page: Page
    on_phone: bool
    inputs: int = 0
    acting: float = 0.0
    words: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return self.acting + self.words / WORDS_A_SECOND

    def reads(self, what: str) -> None:
        """Read what is shown there now, but lists, which are closed until one chooses from them."""
        self.words += self.page.evaluate(_SHOWN, what)

    def pastes(self, place: str, text: str) -> None:
        """Paste what was copied: held and chosen by a finger, or by two keys."""
        self._points()
        self.acting += POINT + PRESS if self.on_phone else 2 * HOME + 2 * KEY_ON_DESK
        self.page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
        self.page.locator(place).click()
        self.page.keyboard.press("ControlOrMeta+v")

    def types(self, place: str, text: str) -> None:
        self._points()
        self.acting += len(text) * (KEY_ON_PHONE if self.on_phone else KEY_ON_DESK)
        self.acting += 0 if self.on_phone else 2 * HOME
        self.page.locator(place).press_sequentially(text)

    def chooses(self, place: str, code: str) -> None:
        """Open a list, read it to its end, and point at one of it."""
        self._points()
        self.acting += PREPARE + POINT + PRESS
        self.page.locator(place).select_option(code)
        self.words += self.page.locator(place).evaluate(_OFFERED)

    def taps(self, place: str) -> None:
        self._points()
        self.page.locator(place).first.click()

    def _points(self) -> None:
        self.inputs += 1
        self.acting += PREPARE + POINT + PRESS

    def told(self) -> str:
        """All that was counted, and the clock of the run, whose hands are a program's."""
        where = "phone" if self.on_phone else "desk"
        return (
            f"/add on a {where}: {self.inputs} inputs; {self.acting:.0f} s of operators (KLM) and {self.words} words "
            f"read = {self.seconds:.0f} s; the run itself {time.monotonic() - self.began:.1f} s by the clock"
        )
