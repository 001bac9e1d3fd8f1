"""Rules about tables, which need to see all features at once."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from configparser import ConfigParser
from pathlib import Path

from dev.lint.source import Finding, Source, called, literal


def read_tiers(importlinter: Path) -> Mapping[str, int]:
    """The height of each feature, from the import contract: 0 is the lowest."""
    config = ConfigParser()
    config.read(importlinter, encoding="utf-8")
    layers = config["importlinter:contract:tiers"]["layers"].split("\n")
    lines = [re.findall(r"\w+", line) for line in layers if line.strip()]
    return {name: height for height, names in enumerate(reversed(lines)) for name in names}


def find_tables(sources: Sequence[Source]) -> Mapping[str, str]:
    """Which feature owns each table."""
    return {
        table: source.feature
        for source in sources
        if source.feature
        for node in source.nodes
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__tablename__" for target in node.targets)
        if (table := literal(node.value))
    }


def foreign_keys(sources: Sequence[Source], tiers: Mapping[str, int]) -> Iterator[Finding]:
    """A foreign key names its table by a string, and points to its own feature or to one further down."""
    tables = find_tables(sources)
    for source in sources:
        if source.feature is None:
            continue
        for call in source.calls():
            if called(call) == "ForeignKey":
                target = literal(call.args[0]) if call.args else None
                if problem := judge(target, source.feature, tables, tiers=tiers):
                    yield Finding("foreign-keys", source.path, call.lineno, problem)


def judge(target: str | None, feature: str, tables: Mapping[str, str], *, tiers: Mapping[str, int]) -> str | None:
    """What is wrong with this foreign key."""
    if target is None:
        return 'name the table by a string: ForeignKey("users.id")'
    owner = tables.get(target.split(".")[0])
    if owner is None:
        return f"no feature has a table {target.split('.')[0]}"
    if owner != feature and tiers.get(owner, 0) >= tiers.get(feature, 0):
        return f"{target} belongs to {owner}, which is not below {feature}"
    return None


def relationships(sources: Sequence[Source]) -> Iterator[Finding]:
    """A relationship stays inside its feature."""
    for source in sources:
        if source.feature is None:
            continue
        own = {
            node.name
            for other in sources
            if other.feature == source.feature
            for node in other.nodes
            if isinstance(node, ast.ClassDef)
        }
        for call in source.calls():
            target = literal(call.args[0]) if called(call) == "relationship" and call.args else None
            if target is not None and target not in own:
                yield Finding("relationships", source.path, call.lineno, f"{target} is not of {source.feature}")
