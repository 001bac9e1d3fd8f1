"""Rules about single files."""

import ast
from collections.abc import Iterator

from dev.lint.source import Finding, Source, called, literal

BELOW_THE_EDGE = {"service", "queries", "models", "schemas", "messages", "ports", "errors", "types"}
ENDINGS = {"commit", "rollback"}
STATEMENT_MAKERS = {"text", "execute", "executemany", "exec_driver_sql", "SQL"}
BROAD = {"Exception", "BaseException"}


def transactions(source: Source) -> Iterator[Finding]:
    """One request or one task step is one transaction; only the edge begins and ends it."""
    if source.feature is None:
        return
    forbidden = ENDINGS | {"begin"} if source.role in BELOW_THE_EDGE else ENDINGS
    for call in source.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in forbidden:
            text = f"{call.func.attr}() below the edge; only the edge begins and ends a transaction"
            yield Finding("transactions", source.path, call.lineno, text)


def is_assembled(node: ast.expr) -> bool:
    """Whether a string is put together here instead of being written down."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        return any(literal(side) is not None or is_assembled(side) for side in (node.left, node.right))
    return isinstance(node, ast.Call) and called(node) == "format" and isinstance(node.func, ast.Attribute)


def sql(source: Source) -> Iterator[Finding]:
    """SQL is written down whole; values travel as parameters."""
    for call in source.calls():
        if called(call) in STATEMENT_MAKERS and call.args and is_assembled(call.args[0]):
            text = f"{called(call)}() of an assembled string; bind parameters, or psycopg.sql for names"
            yield Finding("sql", source.path, call.lineno, text)


def patches(source: Source) -> Iterator[Finding]:
    """Own code is never patched: a test speaks to fakes through ports."""
    for call in source.calls():
        if called(call) in {"patch", "setattr", "object", "multiple"} and call.args:
            target = literal(call.args[0]) or ""
            if target.startswith("atelier."):
                yield Finding("patches", source.path, call.lineno, f"{target} is our own; use its fake")


def broad_excepts(source: Source) -> Iterator[Finding]:
    """Everything is caught only where a loop or a page must survive anything, and there it is logged."""
    if source.parts[0] != "src":
        return
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(one is None or (isinstance(one, ast.Name) and one.id in BROAD) for one in caught):
                yield Finding("broad-except", source.path, node.lineno, "name what you expect to go wrong")


def migrations(source: Source) -> Iterator[Finding]:
    """A released migration must keep working when the code has moved on."""
    if source.parts[:4] != ("src", "atelier", "migrations", "versions"):
        return
    for node in source.nodes:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] == "atelier" for name in names):
            yield Finding("migrations", source.path, getattr(node, "lineno", 1), "imports from atelier")


FILE_RULES = (transactions, sql, patches, broad_excepts, migrations)
