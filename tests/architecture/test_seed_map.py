"""The seed map is spelt as the seeds are, and each home that it names exists."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from dev.seed_map import World, count, exists, misspelt, read_catalogue_keys, read_inventory, read_map, walk_keys

ROOT = Path(__file__).parent.parent.parent

WORLD = World(
    columns={"users": {"id", "email"}},
    values={"jobs.status": {"queued"}},
    catalogue_keys=set(walk_keys({"packages": [{"name": "Small", "prices": [{"amount_minor": 500}]}]})),
)


def test_the_map_names_only_what_the_seeds_have() -> None:
    assert misspelt(read_map(), read_inventory()) == []


def test_every_home_exists(
    migrated_columns: Mapping[str, AbstractSet[str]], check_values: Mapping[str, AbstractSet[str]]
) -> None:
    world = World(migrated_columns, check_values, read_catalogue_keys())

    assert [str(entry) for entry in read_map() if not exists(entry.home, world)] == []


def test_the_inventory_is_complete() -> None:
    inventory = json.loads((ROOT / "docs/reference/seed-inventory.json").read_text(encoding="utf-8"))

    tables = [columns for seed in inventory.values() for columns in seed["tables"].values()]

    assert (len(tables), sum(map(len, tables))) == (81, 843)
    assert sum(len(seed["enums"]) for seed in inventory.values()) == 37


@pytest.mark.parametrize(
    "home",
    [
        "users.email",
        "enum jobs.status = queued",
        "derived: the sum of the entries",
        "catalogue: packages.prices.amount_minor",
        "test: tests/architecture/test_seed_map.py::test_every_home_exists",
    ],
)
def test_a_home_is_recognised(home: str) -> None:
    assert exists(home, WORLD)


@pytest.mark.parametrize(
    "home",
    [
        "users.shoe_size",
        "nobody.id",
        "enum jobs.status = ready",
        "enum users.role = user",
        "derived:",
        "catalogue: packages.colour",
        "test: tests/architecture/test_seed_map.py::test_that_is_not_there",
        "test: tests/architecture/test_nothing.py::test_every_home_exists",
        "somewhere",
    ],
)
def test_a_home_that_is_not_there_is_found(home: str) -> None:
    assert not exists(home, WORLD)


def test_the_count_tells_names_and_rules_apart(tmp_path: Path) -> None:
    path = tmp_path / "seeds.toml"
    path.write_text('[creator.users]\nid = "users.id"\n[creator.rule."one row"]\nhome = "users.email"\n')

    line = count(read_map(path), {"creator": {("users", "id"), ("users", "email")}})

    assert line.split() == ["creator", "1", "/", "2", "names,", "1", "rules"]


def test_a_misspelt_name_and_a_name_given_twice_are_found(tmp_path: Path) -> None:
    path = tmp_path / "seeds.toml"
    path.write_text('[creator.users]\ne_mail = "users.email"\n[creator.rule."one row"]\nhome = "users.email"\n')

    assert [entry.name for entry in misspelt(read_map(path), read_inventory())] == ["e_mail"]

    path.write_text('[creator.users]\nemail = "users.email"\nemail = "users.name"\n')
    with pytest.raises(ValueError, match="overwrite"):
        read_map(path)
