"""Hard limits of size. They describe what reads well; an exception is one line in `exceptions.txt`, with its reason.

Complexity and the number of parameters are ruff's to watch.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from dev.lint.source import Finding, Source

FUNCTION = 50
PUBLIC_METHODS = 15
MODULE = 400
WORDS = 200
TEST_MODULE = 500
TEMPLATE = 150
FEATURE = 4000
FUNCTIONS = ast.FunctionDef, ast.AsyncFunctionDef


def module_limit(source: Source) -> int | None:
    """How many lines this file may have."""
    if source.path.endswith((".html", ".txt.j2", ".html.j2")) and "templates" in source.parts:
        return TEMPLATE
    if not source.path.endswith(".py") or source.parts[:3] == ("src", "atelier", "migrations"):
        return None
    if source.parts[0] == "tests":
        return TEST_MODULE
    return WORDS if source.role in {"messages", "types"} else MODULE


def check_module(source: Source) -> Iterator[Finding]:
    limit = module_limit(source)
    if limit is not None and source.lines > limit:
        yield Finding("size", source.path, 1, f"{source.lines} lines, the limit is {limit}")


def check_functions(source: Source) -> Iterator[Finding]:
    for node in source.nodes:
        if isinstance(node, FUNCTIONS) and node.end_lineno and (length := node.end_lineno - node.lineno + 1) > FUNCTION:
            text = f"{node.name} has {length} lines, the limit is {FUNCTION}"
            yield Finding("size", source.path, node.lineno, text, node.name)


def check_classes(source: Source) -> Iterator[Finding]:
    for node in source.nodes:
        if isinstance(node, ast.ClassDef):
            public = [part for part in node.body if isinstance(part, FUNCTIONS) and not part.name.startswith("_")]
            if len(public) > PUBLIC_METHODS:
                text = f"{node.name} has {len(public)} public methods, the limit is {PUBLIC_METHODS}"
                yield Finding("size", source.path, node.lineno, text, node.name)


def check_features(sources: Iterable[Source]) -> Iterator[Finding]:
    lines: Counter[str] = Counter()
    for source in sources:
        if source.feature and source.path.endswith(".py"):
            lines[source.feature] += source.lines
    for feature, count in sorted(lines.items()):
        if count > FEATURE:
            text = f"{count} lines, the limit is {FEATURE}: this is two features"
            yield Finding("size", f"src/atelier/features/{feature}", 1, text)
