"""Run the house rules over every file that git knows."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dev.lint import documents, rules, size, tables
from dev.lint.source import Finding, Source

ROOT = Path(__file__).parent.parent.parent
EXCEPTIONS = ROOT / "dev/lint/exceptions.txt"
READ = (".py", ".html", ".j2", ".md")


def read_sources(root: Path) -> list[Source]:
    """Tracked files, and those that are about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    paths = sorted(path for path in listed.stdout.split("\0") if path.endswith(READ) and (root / path).is_file())
    return [Source(path, (root / path).read_text(encoding="utf-8")) for path in paths]


def read_exceptions(path: Path) -> Mapping[tuple[str, str], str]:
    """Lines of `rule | place | reason`; without a reason a line counts for nothing."""
    rows = [line.split("|") for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {(row[0].strip(), row[1].strip()): row[2].strip() for row in rows}


def unparsed(sources: Sequence[Source]) -> Iterator[Finding]:
    """Files that are not Python, although they say so; the rules cannot look at them."""
    for source in sources:
        try:
            source.tree  # noqa: B018 - parses
        except SyntaxError as error:
            yield Finding("syntax", source.path, error.lineno or 1, error.msg)


def find_all(sources: Sequence[Source], root: Path) -> Iterator[Finding]:
    broken = list(unparsed(sources))
    if broken:
        yield from broken
        return
    for source in sources:
        for rule in (*rules.FILE_RULES, size.check_module, size.check_functions, size.check_classes):
            yield from rule(source)
        yield from documents.links(source, root)
    yield from size.check_features(sources)
    yield from tables.foreign_keys(sources, tables.read_tiers(root / ".importlinter"))
    yield from tables.relationships(sources)


def main() -> None:
    forgiven = read_exceptions(EXCEPTIONS)
    found = list(find_all(read_sources(ROOT), ROOT))
    breaches = [finding for finding in found if not forgiven.get((finding.rule, finding.place))]
    complete = all(finding.rule != "syntax" for finding in found)
    unused = set(forgiven) - {(finding.rule, finding.place) for finding in found} if complete else set()
    for finding in breaches:
        print(finding)
    for rule, place in sorted(unused):
        print(f"dev/lint/exceptions.txt: {rule} | {place} forgives nothing any more")
    sys.exit(bool(breaches or unused))


if __name__ == "__main__":
    main()
