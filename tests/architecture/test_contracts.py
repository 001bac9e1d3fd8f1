"""The import contracts hold, and each of them breaks when somebody breaks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FEATURES = "src/atelier/features"

VIOLATIONS = {
    "a lower layer reaches up": ("src/atelier/kernel/reaches_up.py", "import atelier.runtime"),
    "a folder that nobody placed": ("src/atelier/helpers/__init__.py", ""),
    "a feature reaches up": (f"{FEATURES}/catalog/reaches_up.py", "import atelier.features.imaging"),
    "a feature reaches its own line": (f"{FEATURES}/audit/reaches_over.py", "import atelier.features.notifications"),
    "a feature that nobody placed": (f"{FEATURES}/unplaced/__init__.py", ""),
    "a way past the front door": (f"{FEATURES}/enhancement/prying.py", "import atelier.features.imaging.queries"),
    "an adapter past the front door": ("src/atelier/adapters/prying.py", "import atelier.features.imaging.service"),
    "queries that know the service": (f"{FEATURES}/imaging/queries.py", "import atelier.features.imaging.service"),
    "a kernel with a framework": ("src/atelier/kernel/framework.py", "import sqlalchemy"),
    "a service that knows a surface": (f"{FEATURES}/imaging/service.py", "import fastapi"),
}

LAWFUL = {
    "an adapter speaks to a port": ("src/atelier/adapters/lawful.py", "import atelier.features.imaging.ports"),
    "a feature uses a lower front door": (f"{FEATURES}/enhancement/lawful.py", "import atelier.features.imaging"),
    "an entrypoint composes": ("src/atelier/entrypoints/lawful.py", "import atelier.features.imaging.service"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A skeleton of the project under the real contracts: every package with nothing in it."""
    shutil.copy(ROOT / ".importlinter", tmp_path)
    shutil.copytree(ROOT / "dev", tmp_path / "dev", ignore=shutil.ignore_patterns("__pycache__"))
    source = tmp_path / "src/atelier"
    for package in ("kernel", "runtime", "features", "adapters", "entrypoints"):
        add(source / package / "__init__.py", "")
    for feature in ("catalog", "audit", "notifications", "imaging", "enhancement"):
        add(source / f"features/{feature}/__init__.py", "")
    for part in ("ports", "queries", "service"):
        add(source / f"features/imaging/{part}.py", "")
    add(source / "__init__.py", "")
    return tmp_path


def add(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(text)


def check(root: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).parent / "lint-imports")
    environment = {"PYTHONPATH": str(root / "src"), "PATH": ""}
    return subprocess.run(
        [program, "--no-cache"], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("path", "text"), VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_violation_breaks_a_contract(project: Path, path: str, text: str) -> None:
    add(project / path, text)

    done = check(project)

    assert done.returncode == 1
    assert "1 broken" in done.stdout, done.stdout


@pytest.mark.parametrize(("path", "text"), LAWFUL.values(), ids=LAWFUL.keys())
def test_a_lawful_import_keeps_them(project: Path, path: str, text: str) -> None:
    add(project / path, text)

    done = check(project)

    assert done.returncode == 0, done.stdout


def test_the_project_keeps_its_contracts() -> None:
    done = check(ROOT)

    assert done.returncode == 0, done.stdout
