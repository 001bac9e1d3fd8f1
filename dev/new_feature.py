"""`make new-feature name=albums`: a feature's folder, its test folder, its place in the tiers and in the registry."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TIERS = "[importlinter:contract:tiers]"
REGISTRY = "src/atelier/entrypoints/registry.py"

FILES = {
    "__init__.py": '"""{Title}: say in one sentence what this feature does for people."""\n\n__all__: list[str] = []\n',
    "types.py": '"""The words and value objects of {name}."""\n',
    "errors.py": '"""What can go wrong in {name}."""\n',
    "messages.py": '"""Task payloads and events of {name}."""\n',
    "models.py": '"""Tables of {name}."""\n',
    "queries.py": '"""Every statement of {name}."""\n',
    "service.py": '"""Decisions of {name}; the only writer."""\n',
}
TESTS = {"__init__.py": ""}


class Refused(Exception):
    """The name does not do."""


def place_in_tiers(text: str, name: str, beside: str | None = None) -> str:
    """The import contracts with the feature at the top, or on the line of another that it does not import."""
    before, tiers = text.split(TIERS, 1)
    if beside is None:
        return before + TIERS + tiers.replace("layers =\n", f"layers =\n    ({name})\n", 1)
    line = re.compile(rf"^(    .*\(?\b{beside}\b\)?.*)$", re.MULTILINE)
    placed, count = line.subn(rf"\1 | ({name})", tiers, count=1)
    if not count:
        message = f"there is no feature {beside} in the tiers"
        raise Refused(message)
    return before + TIERS + placed


def place_in_registry(text: str, name: str) -> str:
    """The registry with the feature as the last of its tuple."""
    start = text.index("FEATURES = (")
    end = text.index("\n)", start)
    return f'{text[:end]}\n    "{name}",{text[end:]}'


def create(root: Path, name: str, beside: str | None = None) -> list[Path]:
    """Write the files; a name that is placed in the tiers already keeps its place."""
    if not re.fullmatch(r"[a-z]+", name):
        message = f"{name!r}: a feature is a plural or mass noun, one lower-case word"
        raise Refused(message)
    folder = root / "src/atelier/features" / name
    if folder.exists():
        message = f"{folder.relative_to(root)} exists"
        raise Refused(message)
    contracts = root / ".importlinter"
    text = contracts.read_text(encoding="utf-8")
    if not re.search(rf"\({name}\)", text.split(TIERS)[1]):
        contracts.write_text(place_in_tiers(text, name, beside), encoding="utf-8")
    registry = root / REGISTRY
    registry.write_text(place_in_registry(registry.read_text(encoding="utf-8"), name), encoding="utf-8")
    written = []
    for place, files in ((folder, FILES), (root / "tests/features" / name, TESTS)):
        place.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (place / file).write_text(content.format(name=name, Title=name.title()), encoding="utf-8")
            written.append(place / file)
    return written


def main() -> None:
    if len(sys.argv) not in {2, 3}:
        sys.exit("usage: make new-feature name=albums [beside=drive]")
    try:
        written = create(ROOT, sys.argv[1], *sys.argv[2:])
    except Refused as refusal:
        sys.exit(str(refusal))
    for path in written:
        print(path.relative_to(ROOT))
    print(
        "Placed in .importlinter and in the registry: move it in both to where it belongs. Then write its first test."
    )


if __name__ == "__main__":
    main()
