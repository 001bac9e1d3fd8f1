"""The migrations themselves: they say what the models say, and can be taken at any moment by several processes."""

import os
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic import command
from psycopg import sql
from sqlalchemy import create_engine

from atelier.entrypoints import registry
from atelier.runtime.db import sqlalchemy_url
from atelier.runtime.migrate import alembic_config, migrate
from atelier.runtime.postgres import LocalServer


@pytest.fixture
def blank_url(server: LocalServer) -> str:
    """A database without anything in it."""
    name = f"blank_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server.url(name)


def test_several_processes_may_migrate_at_once_and_again(blank_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [blank_url] * 4))
    migrate(blank_url)

    with psycopg.connect(blank_url) as connection:
        tables = {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert {"jobs", "ledger_entries", "procrastinate_jobs"} <= tables


def test_models_and_migrations_say_the_same_and_every_step_goes_down_and_up(blank_url: str) -> None:
    registry.load_models()
    migrate(blank_url)
    engine = create_engine(sqlalchemy_url(blank_url))
    with engine.connect() as connection:
        config = alembic_config(connection)
        command.check(config)
        command.downgrade(config, "base")
        connection.commit()
        command.upgrade(config, "head")
        command.check(config)
    engine.dispose()


def test_the_login_of_the_embedded_server_is_no_superuser(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    assert row == (False, False)
