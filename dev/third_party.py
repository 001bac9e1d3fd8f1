"""The list of what we stand on: every package of the lock that the product needs at run time, with licence and purpose.

`write` makes the page anew and keeps the purposes that people wrote; `check` fails when it and the lock differ.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import NotRequired, TypedDict

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/reference/third-party.md"
PROJECT = "atelier-studio"
UNWRITTEN = "?"
LINE = 60
HEAD = """# Third-party packages

What the product needs at run time, extras included, by the lock file; versions are in `uv.lock`. `make third-party`
writes this page and keeps the purposes, which are written by hand.

| package | licence | purpose |
|---|---|---|
"""


@dataclass(frozen=True)
class Entry:
    name: str
    licence: str
    purpose: str

    def __str__(self) -> str:
        return f"| {self.name} | {self.licence} | {self.purpose} |"


class Need(TypedDict):
    name: str


Package = TypedDict(
    "Package",
    {"name": str, "dependencies": NotRequired[list[Need]], "optional-dependencies": NotRequired[dict[str, list[Need]]]},
)


def dependencies(package: Package) -> list[str]:
    """What a locked package needs, our own extras included."""
    extras = package.get("optional-dependencies", {}).values()
    return [need["name"] for needs in (package.get("dependencies", []), *extras) for need in needs]


def locked_packages(lock: str) -> list[str]:
    """Names of everything the product needs, directly or not; the tools of the dev group are not of it."""
    packages: dict[str, Package] = {row["name"]: row for row in tomllib.loads(lock)["package"]}
    seen: set[str] = set()
    waiting = [PROJECT]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += dependencies(packages[name])
    return sorted(seen - {PROJECT})


def licence_of(name: str) -> str:
    """The licence that the package itself states, in one line; nothing for one that is not installed here."""
    try:
        stated = metadata.distribution(name).metadata.json
    except metadata.PackageNotFoundError:
        return UNWRITTEN
    classifiers = [row.split(" :: ")[-1] for row in stated.get("classifier", []) if row.startswith("License :: ")]
    short = str(stated.get("license", "")).strip().split("\n")[0]
    best = str(stated.get("license_expression") or (len(short) <= LINE and short) or ", ".join(classifiers))
    return best.removesuffix(" License").replace("|", "/") or UNWRITTEN


def read_page(text: str) -> dict[str, Entry]:
    rows = re.findall(r"^\| ([\w.-]+) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    return {name: Entry(name, licence, purpose) for name, licence, purpose in rows if name != "package"}


def write(names: Iterable[str], earlier: Mapping[str, Entry]) -> str:
    entries = []
    for name in names:
        old = earlier.get(name, Entry(name, UNWRITTEN, UNWRITTEN))
        stated = licence_of(name)
        entries.append(Entry(name, old.licence if stated == UNWRITTEN else stated, old.purpose))
    return HEAD + "\n".join(map(str, entries)) + "\n"


def find_problems(names: Iterable[str], listed: Mapping[str, Entry]) -> list[str]:
    wanted = set(names)
    problems = [f"{name} is locked and not listed" for name in sorted(wanted - set(listed))]
    problems += [f"{name} is listed and not locked" for name in sorted(set(listed) - wanted)]
    unknown = [entry.name for entry in listed.values() if UNWRITTEN in {entry.licence, entry.purpose}]
    return problems + [f"{name} lacks its licence or its purpose" for name in unknown]


def main() -> None:
    names = locked_packages((ROOT / "uv.lock").read_text(encoding="utf-8"))
    listed = read_page(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    if sys.argv[1:] == ["write"]:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(write(names, listed), encoding="utf-8")
        return
    problems = find_problems(names, listed)
    print("\n".join(problems))
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
