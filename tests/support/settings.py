"""Settings of a test: an empty data folder, quick password hashes."""

from pathlib import Path

import pytest

from atelier.runtime.settings import Environment, Security, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Development settings with quick password hashes and an empty data folder."""
    quick = Security(argon2_memory_kib=64, argon2_passes=1)
    return Settings(env=Environment.DEVELOPMENT, data=tmp_path / "var", security=quick, log_level="WARNING")
