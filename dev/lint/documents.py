"""Rules about documents: what they point at exists."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from dev.lint.source import Finding, Source

LINK = re.compile(r"\]\(([^)\s]+)\)")
MENTION = re.compile(r"`((?:src|tests|docs|dev|bench|deploy|\.ci)/[\w./-]+)`")


def targets(source: Source) -> Iterator[tuple[int, str]]:
    """Line and path, from the root, of everything that a document points at."""
    folder = PurePosixPath(source.path).parent
    for number, line in enumerate(source.text.split("\n"), 1):
        for link in LINK.findall(line):
            path = link.split("#")[0]
            if path and "://" not in path and not path.startswith("mailto:"):
                yield number, str(folder / path)
        for path in MENTION.findall(line):
            yield number, path


def links(source: Source, root: Path) -> Iterator[Finding]:
    """Relative links, and paths in backticks below our own folders, exist."""
    if not source.path.endswith(".md"):
        return
    for number, path in targets(source):
        if not (root / path).exists():
            yield Finding("links", source.path, number, f"{path} does not exist")
