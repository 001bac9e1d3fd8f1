"""Migrations for developers: `new` and `check` on a scratch server, `up` and `reset` on the data folder's database."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, text

from atelier.entrypoints import registry
from atelier.entrypoints.database import reach
from atelier.runtime.db import sqlalchemy_url
from atelier.runtime.migrate import alembic_config, migrate
from atelier.runtime.postgres import start_local_server
from atelier.runtime.settings import Environment, load_settings


@contextmanager
def scratch() -> Iterator[Connection]:
    """A connection to an empty server of its own, migrated as far as the migrations go; gone afterwards."""
    registry.load_models()
    with tempfile.TemporaryDirectory(prefix="atelier-db-") as folder:
        server = start_local_server(Path(folder) / "postgres")
        engine = create_engine(sqlalchemy_url(server.url()))
        try:
            migrate(server.url())
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()
            server.stop()


def new(title: str = "") -> None:
    """Write the migration that the models ask for. Read it before you keep it."""
    if not title:
        sys.exit('usage: make db-new m="add credit holds"')
    revision = datetime.now(UTC).strftime("%Y%m%d_%H%M")
    with scratch() as connection:
        command.revision(alembic_config(connection), title, autogenerate=True, rev_id=revision)


def check() -> None:
    """Fail when models and migrations say different things."""
    with scratch() as connection:
        try:
            command.check(alembic_config(connection))
        except CommandError as difference:
            sys.exit(str(difference))


def up() -> None:
    reached = reach(load_settings())
    if reached.server is not None:
        reached.server.stop()


def reset() -> None:
    """Empty the development database and migrate it anew. Nothing else than the private server's is ever touched."""
    settings = load_settings()
    if settings.env is not Environment.DEVELOPMENT or settings.database.url is not None:
        sys.exit("db-reset works on the private development server only: not in production, not with DATABASE_URL")
    reached = reach(settings)
    engine = create_engine(sqlalchemy_url(reached.url))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    migrate(reached.url)
    if reached.server is not None:
        reached.server.stop()


COMMANDS: dict[str, Callable[..., None]] = {"new": new, "check": check, "up": up, "reset": reset}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:  # noqa: PLR2004 - the program and its command
        sys.exit(f"usage: python -m dev.db {' | '.join(COMMANDS)}")
    COMMANDS[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
