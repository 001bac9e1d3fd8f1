"""The registry, the folders and the tiers speak of the same features."""

from pathlib import Path

from atelier.entrypoints.registry import FEATURES
from dev.lint.tables import read_tiers

ROOT = Path(__file__).parent.parent.parent


def test_the_registry_lists_the_folders() -> None:
    folders = {path.parent.name for path in (ROOT / "src/atelier/features").glob("*/__init__.py")}

    assert set(FEATURES) == folders
    assert len(FEATURES) == len(set(FEATURES))


def test_the_registry_goes_upward() -> None:
    tiers = read_tiers(ROOT / ".importlinter")

    heights = [tiers[feature] for feature in FEATURES]

    assert heights == sorted(heights)
