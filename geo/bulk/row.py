"""The cells of a row as values, by the profile: what cannot be read, and what was repaired, is told of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from geo.bulk.cells import Amount, amounts_of, dates_of, degrees_of, numbers_of
from geo.bulk.lines import RawRow
from geo.bulk.profile import Profile
from geo.bulk.targets import codes_of, countries, nothings, targets
from geo.faults import Fault, Value, fault
from geo.folding import fold
from geo.importing.table import shown
from geo.vocabulary import ALL

_LONGEST_NOTHING = 16  # characters of what says that nothing is known
_FIXED = "-"  # stands for a column where a cell is the profile's


class Party(NamedTuple):
    """A party of a row, its role, and its share in percent where one is said."""

    name: str
    role: str
    share: float | None
    pending: bool = False


class Columns:
    """Which column of a table each target has, as its place and its name; made once for all rows."""

    def __init__(self, profile: Profile, names: Sequence[str]) -> None:
        self.by_target = {profile.columns[name]: at for at, name in enumerate(names) if profile.columns.get(name)}
        self.names = names


class Row:
    """One row being read; `faults` are what is wrong (errors) and what was repaired or not taken (notes, warnings)."""

    def __init__(self, profile: Profile, columns: Columns, raw: RawRow) -> None:
        self.number, self.raw = raw.number, raw
        self.faults: list[Fault] = []
        self._profile, self._columns = profile, columns
        self.said = {target: raw.cells[at] for target, at in columns.by_target.items()}
        for target, cell in self.said.items():
            if len(cell) <= _LONGEST_NOTHING and cell and fold(cell) in nothings() and self._says_nothing(target, cell):
                self.said[target] = ""
        self.said |= {target: text for target, text in profile.fixed.items() if not self.said.get(target)}
        self._tell_troubles()

    @property
    def is_refused(self) -> bool:
        return any(each.severity == "error" for each in self.faults)

    def refuse(self, rule: str, at: str = "", /, **values: Value) -> None:
        """Note what is wrong, with the cell of the target `at` where it is one's."""
        self._note(rule, "error", at, values)

    def remark(self, rule: str, target: str = "", **values: Value) -> None:
        """Note what is not taken, though the row is."""
        self._note(rule, "warning", target, values)

    def consents(self, repair: str, target: str, read: str) -> bool:
        """Return whether there is consent to a repair; it is noted either way, with what the cell is read as."""
        is_so = repair in self._profile.repairs
        self._note(f"repair-{repair}", "note" if is_so else "error", target, {"read": read})
        return is_so

    def column(self, target: str) -> str:
        """Return the heading under which a target stands."""
        at = self._columns.by_target.get(target)
        return _FIXED if at is None else shown(self._columns.names[at])

    def text(self, target: str) -> str:
        return self.said.get(target, "")

    def texts(self, target: str) -> list[str]:
        """Return the texts of a cell that semicolons part."""
        text = self.text(target)
        return [each for each in (part.strip() for part in _SEVERAL.split(text)) if each] if text else []

    def figure(self, target: str) -> float | None:
        return self._one_of(target, numbers_of(self.text(target)), "cell-not-a-number")

    def degrees(self, target: str, text: str | None = None) -> float | None:
        found = degrees_of(self.text(target) if text is None else text)
        return self._one_of(target, [found] if found else [], "cell-not-a-number")

    def _one_of(self, target: str, readings: Sequence[Any], rule: str) -> float | None:
        if not self.text(target):
            return None
        chosen = self._chosen(target, readings, rule)
        return None if chosen is None else chosen[0]

    def _chosen(self, target: str, readings: Sequence[Any], rule: str) -> Any:
        """Return the reading that says so itself, or the first to which there is consent; it is noted where none is."""
        if not readings:
            self.refuse(rule, target)
            return None
        wanted = self._profile.repairs
        best = next((each for each in readings if not each.repair or each.repair in wanted), readings[0])
        if best.repair and not self.consents(best.repair, target, _said(best[0])):
            return None
        return best

    def amount(self, target: str) -> Amount | None:
        if not self.text(target):
            return None
        found: Amount | None = self._chosen(target, amounts_of(self.text(target)), "cell-no-amount")
        if found is not None and found.value < 0:
            self.refuse("cell-no-amount", target)
            return None
        return found if found is not None and found.value else None

    def date(self, target: str) -> str | None:
        if not self.text(target):
            return None
        found = self._chosen(target, dates_of(self.text(target)), "cell-no-date")
        return None if found is None else str(found.date)

    def code(self, target: str, text: str | None = None) -> str | None:
        """Return the code of a vocabulary that a cell, or a text of it, means."""
        said = self.text(target) if text is None else text
        vocabulary = targets()[target].vocabulary or ""
        if not said:
            return None
        own = self._profile.words.get(target, {})
        code = own.get(said) or codes_of(vocabulary).get(fold(said))
        if code not in ALL[vocabulary].codes:
            self.refuse("cell-no-code", target, vocabulary=vocabulary, codes=tuple(ALL[vocabulary].codes))
            return None
        return code

    def country(self) -> str | None:
        said = self.text("country")
        code = self._profile.words.get("country", {}).get(said) or countries().get(fold(said)) if said else None
        if said and code is None:
            self.refuse("cell-no-country", "country")
        return code

    def parties(self, target: str) -> list[Party]:
        """Return the parties of a cell, as `Name`, `Name (51 %)`, or `Name (operator, 51 %, pending)` of our files."""
        role = targets()[target].role or "owner"
        return [_party(text, role) for text in self.texts(target)]

    def addresses(self) -> list[str]:
        """Return the addresses of sources in a cell; whatever else stands there is refused."""
        found = [part for part in _ADDRESSES.split(self.text("source_addresses")) if part]
        if not all(each.lower().startswith(("http://", "https://")) for each in found):
            self.refuse("cell-no-address", "source_addresses")
            return []
        return list(dict.fromkeys(found))

    def _says_nothing(self, target: str, cell: str) -> bool:
        """Return whether a cell says that nothing is known, with consent to take it so: `NA` is Namibia, too."""
        kind, vocabulary = targets()[target].kind, targets()[target].vocabulary
        if kind == "kept" or (kind == "country" and fold(cell) in countries()):
            return False
        is_code = vocabulary and (fold(cell) in codes_of(vocabulary) or cell in self._profile.words.get(target, {}))
        return not is_code and self.consents("placeholders", target, "-")

    def _tell_troubles(self) -> None:
        used = set(self._columns.by_target.values())
        for at, rule, cell in self.raw.troubles:
            if rule == "row-of-other-length":
                self._add(fault("", rule, row=self.number, count=int(cell), expected=len(self._columns.names)))
            elif at == -1 and rule == "cell-beside":
                self._add(fault("", rule, "warning", row=self.number, column="-", cell=shown(cell)))
            elif at == -1:
                self._add(fault("", rule, row=self.number))
            elif at in used:
                self._tell_trouble(at, rule, cell)

    def _tell_trouble(self, at: int, rule: str, cell: str) -> None:
        values: Mapping[str, Value] = {
            "row": self.number,
            "column": shown(self._columns.names[at]),
            "cell": shown(cell),
        }
        if not rule.startswith("repair-"):
            self._add(fault("", rule, **values))
            return
        is_so = rule.removeprefix("repair-") in self._profile.repairs
        self._add(fault("", rule, "note" if is_so else "error", **{**values, "read": shown(cell)}))

    def _note(self, rule: str, severity: str, target: str, values: Mapping[str, Value]) -> None:
        cell: dict[str, Value] = {"column": self.column(target)} if target else {}
        cell |= {"cell": shown(self.text(target))} if target and self.text(target) else {}
        self._add(fault("", rule, severity, **{"row": self.number, **cell, **values}))

    def _add(self, found: Fault) -> None:
        if found not in self.faults:
            self.faults.append(found)


_SEVERAL = re.compile(r"[;；|\n]")
_ADDRESSES = re.compile(r"\s*[;|\n]\s*|\s+(?=https?://)|,\s+(?=https?://)")
_PARTY = re.compile(r"(?P<name>.+?)\s*[(\[（](?P<told>[^()\[\]（）]*)[)\]）]")
_SHARE = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*%")


def _party(text: str, role: str) -> Party:
    match = _PARTY.fullmatch(text) if text[-1] in ")]）" else None
    told = [part.strip() for part in match["told"].split(",")] if match else []
    roles = [code for part in told if (code := codes_of("owner_role").get(fold(part))) is not None]
    shares = [float(share[1].replace(",", ".")) for part in told if (share := _SHARE.fullmatch(part))]
    if match is None or not (roles or shares):
        return Party(text, role, None)
    return Party(match["name"], roles[0] if roles else role, shares[0] if shares else None, "pending" in told)


def _said(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
