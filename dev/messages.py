"""The texts of the interface: collected from the source, translated in .po files, compiled at install."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "src/atelier/runtime/locale"
TEMPLATE = LOCALE / "atelier.pot"
MAPPING = ROOT / "dev/babel.cfg"
DOMAIN = "atelier"


def babel(*arguments: str) -> None:
    subprocess.run([str(Path(sys.executable).parent / "pybabel"), "--quiet", *arguments], check=True)


def translations() -> list[Path]:
    return sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def extract() -> None:
    LOCALE.mkdir(parents=True, exist_ok=True)
    fixed = ["--no-location", "--sort-output", "--project=Atelier", "--omit-header", "--add-comments=Translators:"]
    babel("extract", "-F", str(MAPPING), "-o", str(TEMPLATE), *fixed, str(ROOT / "src"))


def update() -> None:
    for po in translations():
        language = po.parent.parent.name
        babel("update", "-D", DOMAIN, "-i", str(TEMPLATE), "-d", str(LOCALE), "-l", language, "--no-fuzzy-matching")


def compile_all() -> None:
    if translations():
        babel("compile", "-D", DOMAIN, "-d", str(LOCALE))


COMMANDS = {"extract": extract, "update": update, "compile": compile_all}


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:  # noqa: PLR2004 - the program and its one argument
        sys.exit(f"usage: python -m dev.messages {' | '.join(COMMANDS)}")
    COMMANDS[sys.argv[1]]()


if __name__ == "__main__":
    main()
