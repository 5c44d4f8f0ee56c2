"""Make our fonts from npm's (locked by package-lock.json): the letters that our pages need, in few and small files.

`python -m web.fonts` writes `static/fonts/`: Inter for text in weights from 400 to 700, Source Serif 4 for headings in
600 only, each cut to the letters of its range; figures can be set tabular. A browser loads a range only where its
letters stand on the page. Chinese is set in the reader's own fonts: ours would weigh more than everything together.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any, NamedTuple

from web.assets import static_folder

LATIN = "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+2013-2014,U+2018-201A,U+201C-201E,U+2022,U+2026,U+2039-203A"
SIGNS = ",U+20AC,U+2190-2193,U+2212,U+00D7,U+25B2,U+25BC"
RANGES = {
    "latin": LATIN + SIGNS,
    "latin-ext": "U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B,U+1E9E,U+1EA0-1EF9",
    "cyrillic": "U+0400-045F,U+0490-0491,U+2116",
}
FEATURES = ["kern", "ccmp", "locl", "mark", "mkmk", "tnum"]


class Family(NamedTuple):
    """A family's name in npm, and its lightest and boldest weight; one weight where they are the same."""

    package: str
    lightest: int
    boldest: int


FAMILIES = {"Inter": Family("inter", 400, 700), "Source Serif 4": Family("source-serif-4", 600, 600)}


def main() -> int:
    """Run the command; return its exit code."""
    packages = Path(__file__).resolve().parent.parent / "node_modules" / "@fontsource-variable"
    if not packages.is_dir():
        print(f"{packages} is missing: run `npm ci` first.", file=sys.stderr)
        return 1
    folder = static_folder() / "fonts"
    folder.mkdir(exist_ok=True)
    for family in FAMILIES.values():
        name = family.package
        for part, letters in RANGES.items():
            origin = packages / name / "files" / f"{name}-{part}-wght-normal.woff2"
            cut(origin, family, letters, folder / f"{name}-{part}.woff2")
        licence = (packages / name / "LICENSE").read_bytes()
        (folder / f"{name}-LICENSE.txt").write_bytes(licence)
    (static_folder() / "styles" / "fonts.css").write_text(style_sheet(), encoding="utf-8")
    return 0


def cut(origin: Path, family: Family, letters: str, target: Path) -> None:
    """Write a font with these letters only, in the weights of its family."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font: Any = TTFont(origin, recalcTimestamp=False)
    options = subset.Options(layout_features=FEATURES, name_IDs=[1, 2, 13, 14], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(letters.replace("U+", "")))
    cutter.subset(font)
    between = io.BytesIO()  # tables of variations are only cut when they are written; times of writing would differ
    font.save(between)
    weights = (family.lightest, family.boldest) if family.lightest < family.boldest else family.boldest
    font = instancer.instantiateVariableFont(TTFont(between, recalcTimestamp=False), {"wght": weights})
    font.flavor = "woff2"
    font.save(target)


def style_sheet() -> str:
    """Return the rules that name the fonts."""
    rules = [
        f'@font-face {{\n  font-family: "{name}";\n'
        f'  src: url(../fonts/{family.package}-{part}.woff2) format("woff2");\n'
        f"  font-weight: {' '.join(str(weight) for weight in sorted({family.lightest, family.boldest}))};\n"
        f"  font-display: swap;\n"
        f"  unicode-range: {letters.replace(',', ', ')};\n}}\n"
        for name, family in FAMILIES.items()
        for part, letters in RANGES.items()
    ]
    return "/* Made by `make fonts`. */\n\n" + "\n".join(rules)


if __name__ == "__main__":
    sys.exit(main())
