"""One private PostgreSQL a run; a migrated template is cloned for each worker and emptied between tests."""

import fcntl
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from atelier.entrypoints import registry
from atelier.features import catalog
from atelier.runtime.db import DbRole, Sessions, connect
from atelier.runtime.migrate import migrate
from atelier.runtime.postgres import LocalServer, start_local_server
from atelier.runtime.settings import Database

TEMPLATE = "atelier_template"
KEPT = ("alembic_version", "atelier_task_schema")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """The run's server, shared by all workers; the one that began it is stopped by the last."""
    shared = tmp_path_factory.getbasetemp()
    home = (shared.parent if os.environ.get("PYTEST_XDIST_WORKER") else shared) / "postgres"
    server = start_local_server(home)
    users = home / "users"
    users.mkdir(exist_ok=True)
    mine = users / str(os.getpid())
    mine.touch()
    yield server
    mine.unlink()
    if not any(users.iterdir()):
        server.stop()


@pytest.fixture(scope="session")
def database_url(server: LocalServer) -> str:
    """A clone of the migrated template, for this worker alone."""
    registry.load_models()
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    lock = server.data.parent / "template.lock"
    _once(lock, lambda: _make_template(server))
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE))
        )
    return server.url(name)


def _once(lock: Path, make: Callable[[], None]) -> None:

    with lock.open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        if not handle.read():
            make()
            handle.write("made")


def _make_template(server: LocalServer) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    migrate(server.url(TEMPLATE))


@pytest.fixture
def empty_database(database_url: str) -> None:
    """No rows in any table."""
    _empty(database_url)


@pytest.fixture
async def sessions(database_url: str, empty_database: None) -> AsyncIterator[Sessions]:
    """Sessions over an empty database with the default catalogue applied."""
    sessions = connect(database_url, Database())
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await catalog.apply_catalogue(session, catalog.read_catalogue("atelier"))
    yield sessions
    await sessions.close()


def _empty(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [list(KEPT)]
        ).fetchall()
        tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in rows)
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))


@pytest.fixture(scope="session")
def migrated_columns(database_url: str) -> dict[str, set[str]]:
    """Every table of the migrated database with its columns."""
    found: dict[str, set[str]] = {}
    with psycopg.connect(database_url) as connection:
        for table, column in connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        ):
            found.setdefault(table, set()).add(column)
    return found


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
