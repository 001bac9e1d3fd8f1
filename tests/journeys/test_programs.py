"""The command `atelier`, as its own process over the test's database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from atelier import __version__
from atelier.runtime.db import DbRole, Sessions
from atelier.runtime.settings import Settings
from tests.support.factories import give_units, new_user


class Atelier:
    """Runs the command and says how it ended."""

    def __init__(self, url: str, settings: Settings) -> None:
        self._environment = {**os.environ, "DATABASE_URL": url, "ATELIER_DATA": str(settings.data), "COLUMNS": "200"}

    def __call__(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "atelier", *words],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def atelier(database_url: str, settings: Settings) -> Atelier:
    return Atelier(database_url, settings)


def test_it_says_its_version_and_what_it_can_do(atelier: Atelier) -> None:
    assert atelier("--version").stdout.strip() == __version__
    shown = atelier("--help").stdout
    for name in ("serve", "worker", "demo", "enhance", "ledger", "catalog", "user", "doctor"):
        assert name in shown


def test_wrong_settings_are_listed_and_nothing_starts(atelier: Atelier, monkeypatch: pytest.MonkeyPatch) -> None:
    atelier._environment["ATELIER_WEB__PORT"] = "0"  # noqa: SLF001 - this test's own

    ended = atelier("doctor")

    assert ended.returncode == 1
    assert "web.port" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_right_books_are_proven_and_cooked_books_are_found(atelier: Atelier, sessions: Sessions) -> None:
    user_id = await new_user(sessions)
    await give_units(sessions, user_id, 10)

    right = atelier("ledger", "verify")
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(text("UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'wallet'"))
    wrong = atelier("ledger", "verify")

    assert (right.returncode, wrong.returncode) == (0, 1)
    assert "12 invariants hold" in right.stdout
    assert "✗ L3" in wrong.stdout


async def test_a_catalogue_is_checked_applied_and_shown(atelier: Atelier, sessions: Sessions, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "x"\ncurrency = "dollars"\nunits = []\n[brand]\nname = ""\n')

    refused = atelier("catalog", "check", str(bad))
    unknown = atelier("catalog", "check", "nowhere")
    again = atelier("catalog", "apply", "atelier")
    shown = atelier("catalog", "show")

    assert refused.returncode == 2
    for place in ("currency", "units", "brand.name", "brand.accent", "brand.mail_sender"):
        assert place in refused.stderr
    assert unknown.returncode == 3
    assert (again.returncode, "nothing to do" in again.stdout) == (0, True)
    assert "Photo enhancement" in shown.stdout


async def test_the_doctor_finds_a_healthy_installation_healthy(atelier: Atelier, sessions: Sessions) -> None:
    ended = atelier("doctor")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("✓") == 7
