"""Put the map's modules and styles into the few files that browsers load, with esbuild (locked by package-lock.json).

`python -m web.bundle` writes `static/built/`, which is in the repository so that no Node is needed to run;
`python -m web.bundle --check` exits 1 when what is there is not what the modules give.
"""

from __future__ import annotations

import filecmp
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from web.assets import static_folder

_SHARED = ("--bundle", "--minify", "--target=es2022", "--charset=utf8", "--log-level=warning", "--legal-comments=none")
_PARTS = ("--splitting", "--format=esm", "--entry-names=[name]", "--chunk-names=part-[hash]")
_LICENCES = "LICENSES.txt"


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    root = Path(__file__).resolve().parent.parent
    if not (root / "node_modules" / ".bin" / "esbuild").exists():
        print("node_modules is missing: run `npm ci` first.", file=sys.stderr)
        return 1
    built = static_folder() / "built"
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "built"
        bundle(root, made)
        if "--check" in arguments:
            return _check(made, built)
        shutil.rmtree(built, ignore_errors=True)
        shutil.copytree(made, built)
    return 0


def bundle(root: Path, target: Path) -> None:
    """Write the modules' bundle, that of a map in one file, our part of Leaflet, grids, styles, and their licences."""
    static = root / "web" / "static"
    # What draws an operator's own base needs a server.
    one_file = (
        "--format=iife",
        "--global-name=ledger",
        "--external:protomaps-leaflet",
        f"--outfile={target}/standalone.js",
    )
    leaflet = ("--format=iife", f"--outfile={target}/leaflet.js")
    geodesy = ("--format=esm", "--banner:js=// @ts-nocheck", f"--outfile={target}/geodesy.js")
    styles = ("--external:*.png", "--external:*.woff2", f"--outfile={target}/map.css")
    used = [
        *_run(root, f"map={static}/main.js", f"first={static}/first.js", *_PARTS, f"--outdir={target}"),
        *_run(root, f"{static}/standalone.js", *one_file),
        *_run(root, f"{static}/map/leaflet.js", *leaflet),
        *_run(root, f"{static}/add/geodesy.js", *geodesy),
        *_run(root, f"{static}/styles/page.css", *styles),
    ]
    (target / _LICENCES).write_text("\n".join(_licence(root, name) for name in sorted({*used})), encoding="utf-8")


def _run(root: Path, *arguments: str) -> list[str]:
    """Run esbuild; return the packages of npm that the result holds."""
    with tempfile.NamedTemporaryFile(suffix=".json") as told:
        command: list[str | Path] = [
            root / "node_modules" / ".bin" / "esbuild",
            *_SHARED,
            f"--metafile={told.name}",
            *arguments,
        ]
        subprocess.run(command, cwd=root, check=True)
        inputs = json.loads(Path(told.name).read_bytes())["inputs"]
    return [_package(path) for path in inputs if "node_modules/" in path]


def _package(path: str) -> str:
    first, second, *_ = path.rpartition("node_modules/")[2].split("/")
    return f"{first}/{second}" if first.startswith("@") else first


def _licence(root: Path, name: str) -> str:
    """Return a package's name, version and licence text."""
    folder = root / "node_modules" / name
    told = json.loads((folder / "package.json").read_bytes())
    texts = sorted(file for file in folder.iterdir() if file.name.lower().startswith("licen"))
    said = f"Licence: {told.get('license', 'not stated')}, {told.get('author', 'nobody named')}\n"
    text = texts[0].read_text(encoding="utf-8") if texts else said
    return f"{name} {told['version']}\n\n{text}\n"


def _check(made: Path, built: Path) -> int:
    names = {file.name for folder in (made, built) if folder.is_dir() for file in folder.iterdir()}
    _, wrong, missing = filecmp.cmpfiles(made, built, names, shallow=False)
    for name in sorted([*wrong, *missing]):
        print(f"web/static/built/{name} is not what the modules give: run `make built`.", file=sys.stderr)
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
