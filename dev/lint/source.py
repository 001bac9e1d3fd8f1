"""What a rule reads, and what it says."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Finding:
    """A breach. `name` is what an exception can forgive: a function, a class, or empty for the whole file."""

    rule: str
    path: str
    line: int
    text: str
    name: str = ""

    @property
    def place(self) -> str:
        return f"{self.path}::{self.name}" if self.name else self.path

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


@dataclass(frozen=True)
class Source:
    """One file of the project, by its path from the root."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text) if self.path.endswith(".py") else ast.Module(body=[], type_ignores=[])

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @property
    def lines(self) -> int:
        return self.text.count("\n") + (not self.text.endswith("\n") and bool(self.text))

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @property
    def feature(self) -> str | None:
        """The feature that this file belongs to."""
        inside = self.parts[:3] == ("src", "atelier", "features") and len(self.parts) > 4  # noqa: PLR2004 - src/atelier/features/x/file
        return self.parts[3] if inside else None

    @property
    def role(self) -> str | None:
        """Which of a feature's files this is: `service` for service.py and for service/holds.py."""
        return self.parts[4].removesuffix(".py") if self.feature else None

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes if isinstance(node, ast.Call))


Rule = Callable[[Source], Iterable[Finding]]


def called(call: ast.Call) -> str:
    """The last word of what is called: `commit` for `session.commit()`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def literal(node: ast.AST | None) -> str | None:
    """The text of a plain string."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
