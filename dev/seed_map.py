"""The seed map: where each name of the five older systems lives here. `make seeds` prints how far it is."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAP = ROOT / "docs/reference/seeds.toml"
INVENTORY = ROOT / "docs/reference/seed-inventory.json"
CATALOGUES = ROOT / "src/atelier/catalogs"

COLUMN = re.compile(r"([a-z0-9_]+)\.([a-z0-9_]+)")
VALUE = re.compile(r"enum ([a-z0-9_]+\.[a-z0-9_]+) = (\S+)")
CATALOGUE = re.compile(r"catalogue: ([a-z0-9_.]+)")
TEST = re.compile(r"test: (tests/[\w/.-]+\.py)::(test_\w+)")
DERIVED = re.compile(r"derived: \S.+")


@dataclass(frozen=True)
class Entry:
    """One line of the map: a column, a value (its table is `enum NAME`) or a rule (its table is `rule`)."""

    seed: str
    table: str
    name: str
    home: str

    def __str__(self) -> str:
        return f"{self.seed}.{self.table} {self.name} = {self.home!r}"


@dataclass(frozen=True)
class World:
    """What a home can be held against."""

    columns: Mapping[str, AbstractSet[str]]
    values: Mapping[str, AbstractSet[str]]
    catalogue_keys: AbstractSet[str]
    root: Path = ROOT


def read_map(path: Path = MAP) -> list[Entry]:
    found = []
    for seed, tables in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for table, rows in tables.items():
            if table == "enum":
                found += [Entry(seed, f"enum {enum}", *row) for enum, values in rows.items() for row in values.items()]
            elif table == "rule":
                found += [Entry(seed, "rule", rule, row["home"]) for rule, row in rows.items()]
            else:
                found += [Entry(seed, table, *row) for row in rows.items()]
    return found


def read_inventory(path: Path = INVENTORY) -> Mapping[str, AbstractSet[tuple[str, str]]]:
    """Per seed, every (table, column) and (enum NAME, value)."""
    return {
        seed: {(table, column) for table, columns in parts["tables"].items() for column in columns}
        | {(f"enum {enum}", value) for enum, values in parts["enums"].items() for value in values}
        for seed, parts in json.loads(path.read_text(encoding="utf-8")).items()
    }


def walk_keys(value: object, above: str = "") -> Iterator[str]:
    """Every dotted key of a catalogue; lists are looked through."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{above}{key}"
            yield from walk_keys(inner, f"{above}{key}.")
    elif isinstance(value, list):
        for inner in value:
            yield from walk_keys(inner, above)


def read_catalogue_keys(folder: Path = CATALOGUES) -> AbstractSet[str]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))]
    return {key for text in texts for key in walk_keys(tomllib.loads(text))}


def misspelt(entries: list[Entry], inventory: Mapping[str, AbstractSet[tuple[str, str]]]) -> list[Entry]:
    """Lines that name what no seed has; a rule has no name to misspell."""
    return [e for e in entries if e.table != "rule" and (e.table, e.name) not in inventory.get(e.seed, frozenset())]


def exists(home: str, world: World) -> bool:
    """Whether a home is there."""
    if found := COLUMN.fullmatch(home):
        return found[2] in world.columns.get(found[1], frozenset())
    if found := VALUE.fullmatch(home):
        return found[2] in world.values.get(found[1], frozenset())
    if found := CATALOGUE.fullmatch(home):
        return found[1] in world.catalogue_keys
    if found := TEST.fullmatch(home):
        path = world.root / found[1]
        return path.exists() and re.search(rf"def {found[2]}\(", path.read_text(encoding="utf-8")) is not None
    return DERIVED.fullmatch(home) is not None


def count(entries: list[Entry], inventory: Mapping[str, AbstractSet[tuple[str, str]]]) -> str:
    """Mapped and total, per seed."""
    lines = []
    for seed, names in inventory.items():
        mapped = sum(entry.seed == seed and entry.table != "rule" for entry in entries)
        rules = sum(entry.seed == seed and entry.table == "rule" for entry in entries)
        lines.append(f"{seed:<16} {mapped:>4} / {len(names):<4} names, {rules:>3} rules")
    return "\n".join(lines)


if __name__ == "__main__":
    print(count(read_map(), read_inventory()))
