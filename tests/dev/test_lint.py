"""Each house rule finds its breach and leaves the lawful form alone."""

import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from dev.lint import documents, rules, size, tables
from dev.lint.__main__ import find_all, read_exceptions
from dev.lint.source import Finding, Source

ROOT = Path(__file__).parent.parent.parent
SERVICE = "src/atelier/features/credits/service/holds.py"
TASKS = "src/atelier/features/credits/tasks.py"
MODELS = "src/atelier/features/credits/models.py"
RUNTIME = "src/atelier/runtime/events.py"
TEST = "tests/features/credits/test_holds.py"
MIGRATION = "src/atelier/migrations/versions/20261120_1400_begin.py"

BREACHES: list[tuple[Callable[[Source], Iterable[Finding]], str, str]] = [
    (rules.transactions, SERVICE, "await session.commit()"),
    (rules.transactions, SERVICE, "async with sessions.begin() as session: pass"),
    (rules.transactions, TASKS, "await session.rollback()"),
    (rules.sql, RUNTIME, 'session.execute(f"SELECT {name}")'),
    (rules.sql, RUNTIME, 'text("SELECT " + name)'),
    (rules.sql, RUNTIME, 'text("SELECT %s" % name)'),
    (rules.sql, RUNTIME, "session.execute(QUERY.format(name=name))"),
    (rules.patches, TEST, 'mocker.patch("atelier.features.credits.service.place_hold")'),
    (rules.patches, TEST, 'monkeypatch.setattr("atelier.kernel.clock.now", fixed)'),
    (rules.broad_excepts, RUNTIME, "try:\n    run()\nexcept Exception:\n    log.exception('x')"),
    (rules.broad_excepts, RUNTIME, "try:\n    run()\nexcept:\n    pass"),
    (rules.broad_excepts, RUNTIME, "try:\n    run()\nexcept (ValueError, BaseException):\n    pass"),
    (rules.migrations, MIGRATION, "from atelier.kernel import ids"),
    (size.check_module, RUNTIME, "x = 1\n" * 401),
    (size.check_module, "src/atelier/features/credits/types.py", "x = 1\n" * 201),
    (size.check_module, TEST, "x = 1\n" * 501),
    (size.check_module, "src/atelier/features/credits/templates/credits/wallet.html", "<p>\n" * 151),
    (size.check_functions, RUNTIME, "def long():\n" + "    x = 1\n" * 50),
    (size.check_classes, RUNTIME, "class Wide:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(16))),
]

LAWFUL: list[tuple[Callable[[Source], Iterable[Finding]], str, str]] = [
    (rules.transactions, SERVICE, "async with session.begin_nested(): pass"),
    (rules.transactions, TASKS, 'async with sessions.begin(role="system") as session: pass'),
    (rules.transactions, RUNTIME, "await session.commit()"),
    (rules.sql, RUNTIME, 'session.execute(text("SELECT :name"), {"name": name})'),
    (rules.sql, RUNTIME, 'connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(name)))'),
    (rules.sql, MIGRATION, 'op.execute(f"DROP FUNCTION {name}()")'),
    (rules.patches, TEST, 'monkeypatch.setattr("os.getpid", fixed)'),
    (rules.broad_excepts, RUNTIME, "try:\n    run()\nexcept Exception:\n    tidy()\n    raise"),
    (rules.broad_excepts, RUNTIME, "try:\n    run()\nexcept OSError:\n    pass"),
    (rules.migrations, MIGRATION, "import sqlalchemy as sa"),
    (size.check_module, RUNTIME, "x = 1\n" * 400),
    (size.check_functions, RUNTIME, "def long():\n" + "    x = 1\n" * 49),
    (size.check_classes, RUNTIME, "class Wide:\n" + "".join(f"    def _m{n}(self): ...\n" for n in range(16))),
]

TIERS = {"accounts": 1, "credits": 2, "engines": 3}
PEOPLE = Source("src/atelier/features/accounts/models.py", 'class User(Base):\n    __tablename__ = "users"\n')
ENGINES = Source("src/atelier/features/engines/models.py", 'class Engine(Base):\n    __tablename__ = "engines"\n')


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES)
def test_a_breach_is_found(rule: Callable[[Source], Iterable[Finding]], path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), LAWFUL)
def test_the_lawful_form_is_left_alone(rule: Callable[[Source], Iterable[Finding]], path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []


@pytest.mark.parametrize("target", ['"engines.id"', "Engine.id", '"unknown.id"'])
def test_a_foreign_key_upward_by_class_or_into_nowhere_is_found(target: str) -> None:
    source = Source(MODELS, f"column = ForeignKey({target})")

    assert list(tables.foreign_keys([PEOPLE, ENGINES, source], TIERS))


def test_a_foreign_key_downward_is_lawful() -> None:
    source = Source(MODELS, 'column = ForeignKey("users.id")')

    assert list(tables.foreign_keys([PEOPLE, source], TIERS)) == []


def test_a_relationship_out_of_the_feature_is_found() -> None:
    source = Source(MODELS, 'class Hold(Base):\n    user = relationship("User")\n    parts = relationship("Hold")')

    found = list(tables.relationships([PEOPLE, source]))

    assert [finding.line for finding in found] == [2]


def test_the_tiers_are_read_from_the_import_contract() -> None:
    tiers = tables.read_tiers(ROOT / ".importlinter")

    assert tiers["catalog"] < tiers["accounts"] < tiers["credits"] < tiers["imaging"] < tiers["enhancement"]
    assert tiers["audit"] == tiers["notifications"]


def test_a_feature_too_large_is_found() -> None:
    sources = [Source(f"src/atelier/features/credits/service/part{n}.py", "x = 1\n" * 400) for n in range(11)]

    assert [finding.path for finding in size.check_features(sources)] == ["src/atelier/features/credits"]


def test_a_link_to_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/here.md").touch()
    text = "[a](here.md) [b](gone.md#part) [c](https://example.com) `docs/here.md` `docs/nowhere.md`"

    found = list(documents.links(Source("docs/page.md", text), tmp_path))

    assert [finding.text for finding in found] == ["docs/gone.md does not exist", "docs/nowhere.md does not exist"]


def test_an_exception_forgives_one_place_of_one_rule(tmp_path: Path) -> None:
    (tmp_path / "exceptions.txt").write_text("# rule | place | reason\nsize | src/a.py::long | a table\n")

    assert read_exceptions(tmp_path / "exceptions.txt") == {("size", "src/a.py::long"): "a table"}


def test_all_rules_run_over_a_set_of_files() -> None:
    sources = [PEOPLE, Source(MODELS, 'ForeignKey("engines.id")\nsession.commit()\n')]

    assert {finding.rule for finding in find_all(sources, ROOT)} == {"foreign-keys", "transactions"}


def test_a_file_that_does_not_parse_is_named() -> None:
    sources = [Source(RUNTIME, "def broken(:\n")]

    assert [finding.rule for finding in find_all(sources, ROOT)] == ["syntax"]


@pytest.mark.parametrize("text", ["datetime.utcnow()", "datetime.now()"])
def test_ruff_refuses_naive_time(text: str) -> None:
    command = [
        str(Path(sys.executable).parent / "ruff"),
        "check",
        "--output-format=concise",
        "--stdin-filename",
        RUNTIME,
        "-",
    ]
    source = f"from datetime import datetime\n\nNOW = {text}\n"

    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False, cwd=ROOT)

    assert "DTZ" in done.stdout
