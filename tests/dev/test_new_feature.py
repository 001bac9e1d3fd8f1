"""A new feature begins complete: files, tests, and a place in the tiers."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dev.lint.tables import read_tiers
from dev.new_feature import Refused, create

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "dev", tmp_path / "dev", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests/features").mkdir(parents=True)
    return tmp_path


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    program = [str(Path(sys.executable).parent / command[0]), *command[1:]]
    environment = {"PYTHONPATH": str(project / "src"), "PATH": ""}
    return subprocess.run(program, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_a_new_feature_passes_the_checks(project: Path) -> None:
    create(project, "postcards")

    folder = "src/atelier/features/postcards"
    for command in (("lint-imports", "--no-cache"), ("ruff", "check", folder), ("ruff", "format", "--check", folder)):
        done = run(project, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "tests/features/postcards/__init__.py").exists()


def test_a_new_feature_stands_on_top_or_beside_another(project: Path) -> None:
    create(project, "postcards")
    create(project, "frames", "drive")

    tiers = read_tiers(project / ".importlinter")
    assert tiers["postcards"] == max(tiers.values())
    assert tiers["frames"] == tiers["drive"]


def test_a_new_feature_is_registered(project: Path) -> None:
    create(project, "postcards")

    text = (project / "src/atelier/entrypoints/registry.py").read_text()
    assert text.split("FEATURES = (")[1].split(")")[0].rstrip().endswith('"postcards",')


def test_a_feature_that_has_its_tier_keeps_it(project: Path) -> None:
    before = (project / ".importlinter").read_text()

    create(project, "mixer")

    assert (project / ".importlinter").read_text() == before


def test_a_bad_name_is_refused(project: Path) -> None:
    with pytest.raises(Refused):
        create(project, "My-Feature")


def test_a_feature_is_not_made_twice(project: Path) -> None:
    create(project, "postcards")

    with pytest.raises(Refused):
        create(project, "postcards")
