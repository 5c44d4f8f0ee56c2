"""What the product is made of, as a bill of materials, and whether somebody knows a fault of it: `sbom` and `audit`.

Runs by the tools of `requirements-supply.lock`; `make sbom` and `make audit` see to them.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SPECIFICATION = "1.6"  # of CycloneDX
_TOOLS = Path(sys.executable).parent
_MOST_NAMED = 5

Json = dict[str, Any]


class Verdict(NamedTuple):
    """What an audit came to: faults that are known, and what could not be asked about."""

    faults: list[str]
    unasked: list[str]

    def __add__(self, other: object) -> Verdict:
        assert isinstance(other, Verdict)
        return Verdict(self.faults + other.faults, self.unasked + other.unasked)


def project() -> Json:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"])


def vendored() -> dict[str, Json]:
    """Return npm's packages of which copies are served, those that they need included, by name."""
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {path.rpartition("node_modules/")[2]: told for path, told in locked.items() if path and not told.get("dev")}


def npm_components() -> list[Json]:
    """Return CycloneDX's components of these packages, with the hashes that the lock file holds."""
    return [_npm_component(name, told) for name, told in sorted(vendored().items())]


def _npm_component(name: str, told: Json) -> Json:
    address = f"pkg:npm/{name.replace('@', '%40')}@{told['version']}"
    kind, _, packed = told["integrity"].partition("-")
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": told["version"],
        "purl": address,
        "hashes": [{"alg": kind.upper().replace("SHA", "SHA-"), "content": base64.b64decode(packed).hex()}],
        "licenses": [{"expression": told["license"]}] if "license" in told else [],
    }


def bill() -> Json:
    """Return the bill of materials: Python's packages as they are pinned, and npm's of which copies are served."""
    pinned = ["requirements", "requirements.lock", "--pyproject", "pyproject.toml", "--sv", SPECIFICATION]
    command = [str(_TOOLS / "cyclonedx-py"), *pinned, "--output-reproducible", "--output-format", "JSON"]
    made: Json = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    made["components"] += npm_components()
    made["dependencies"] += [{"ref": each["bom-ref"]} for each in npm_components()]
    return made


def write_bill() -> None:
    """Write `dist/lithium-ledger-<version>.cdx.json`, once it is what CycloneDX says a bill is."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = json.dumps(bill(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.from_version(SPECIFICATION)).validate_str(text)
    if wrong is not None:
        sys.exit(f"The bill is not as CycloneDX {SPECIFICATION} says: {wrong}")
    told = project()
    file = ROOT / "dist" / f"{told['name']}-{told['version']}.cdx.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    print(f"{file.relative_to(ROOT)}: {len(json.loads(text)['components'])} packages")


def of_python(lock: str, found: Json) -> Verdict:
    """Return what pip-audit's JSON of a lock file comes to; a package that it left out was not asked about."""
    verdict = Verdict([], [])
    for each in found["dependencies"]:
        name = f"{each['name']} {each.get('version', '')}".strip()
        verdict.faults.extend(f"{lock}: {name}: {fault['id']}" for fault in each.get("vulns", ()))
        if "skip_reason" in each:
            verdict.unasked.append(f"{lock}: {name}: {each['skip_reason']}")
    return verdict


def of_npm(found: Json) -> Verdict:
    """Return what the JSON of `npm audit` comes to."""
    if "vulnerabilities" not in found:
        return Verdict([], [f"package-lock.json: {found.get('message') or found.get('error') or 'no answer'}"])
    return Verdict(
        [f"package-lock.json: {name}: {told['severity']}" for name, told in found["vulnerabilities"].items()], []
    )


def _verdicts() -> Iterator[Verdict]:
    for lock in sorted(each.name for each in ROOT.glob("requirements*.lock")):
        print(f"{lock} …", flush=True)
        command = [str(_TOOLS / "pip-audit"), "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
        done = subprocess.run([*command, "-f", "json", "-r", lock], cwd=ROOT, capture_output=True, text=True)
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        yield of_python(lock, json.loads(done.stdout)) if done.stdout.strip() else Verdict([], [f"{lock}: {last}"])
    npm = shutil.which("npm")
    if npm is None:
        yield Verdict([], ["package-lock.json: npm is not installed"])
        return
    done = subprocess.run([npm, "audit", "--package-lock-only", "--json"], cwd=ROOT, capture_output=True, text=True)
    yield of_npm(json.loads(done.stdout or "{}"))


def told(verdict: Verdict) -> str | None:
    """Return what is to be said of a verdict that is not well; None where all were asked about and none has a fault."""
    lines = [*verdict.faults]
    if verdict.unasked:
        more = len(verdict.unasked) - _MOST_NAMED
        lines += ["NOT AUDITED, so that nothing is known of these:", *verdict.unasked[:_MOST_NAMED]]
        lines += [f"and {more} more"] if more > 0 else []
        lines += ["The registries that this machine asks have no advisories on them. Ask again where they have."]
    return "\n".join(lines) or None


def audit() -> None:
    """Stop with what is known against a package, or with what could not be asked; say so where all is well."""
    verdict = Verdict([], [])
    for each in _verdicts():
        verdict += each
    if says := told(verdict):
        sys.exit(says)
    print("No fault is known of any package in the lock files.")


if __name__ == "__main__":
    {"sbom": write_bill, "audit": audit}[sys.argv[1]]()
