"""Settings: read from the environment, checked at once and all together."""

import pytest

from atelier.runtime.db import demand_tls
from atelier.runtime.settings import ALIASES, BadSettings, Environment, load_settings


def test_every_mistake_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_WEB__PORT", "99999")
    monkeypatch.setenv("ATELIER_LOG_LEVEL", "LOUD")
    monkeypatch.setenv("ATELIER_WORKER__JOBS_AT_ONCE", "none")

    with pytest.raises(BadSettings) as wrong:
        load_settings()

    for place in ("web.port", "log_level", "worker.jobs_at_once"):
        assert place in str(wrong.value)


def test_the_names_of_the_seeds_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPOOL_MAX", "7")
    monkeypatch.setenv("DATABASE_SSL", "true")
    monkeypatch.setenv("CATALOG", "logoloco")
    monkeypatch.setenv("GENERATION_RETENTION_DAYS", "30")

    settings = load_settings()

    assert (settings.database.pool_max, settings.database.ssl, settings.catalog) == (7, True, "logoloco")
    assert settings.retention.generations_days == 30
    assert "ENCRYPTION_KEY" in ALIASES


def test_production_refuses_what_is_only_good_for_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://atelier@db.example.com/atelier")

    with pytest.raises(BadSettings) as wrong:
        load_settings(env=Environment.PRODUCTION)

    for place in ("https", "mail.host", "DATABASE_SSL"):
        assert place in str(wrong.value)


def test_verified_tls_is_part_of_the_address_so_that_every_tool_obeys() -> None:
    assert demand_tls("postgresql://a@b/c") == "postgresql://a@b/c?sslmode=verify-full"
    assert demand_tls("postgresql://a@b/c?x=y") == "postgresql://a@b/c?x=y&sslmode=verify-full"
    assert demand_tls("postgresql://a@b/c?sslmode=require") == "postgresql://a@b/c?sslmode=require"


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_SECURITY__SIGNING_KEY", "ab" * 32)

    assert "abab" not in repr(load_settings())
