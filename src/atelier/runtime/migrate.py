"""Bringing a database to the current schema: roles, our migrations, then the task queue's own."""

from importlib import resources

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from atelier.kernel.errors import Unavailable
from atelier.kernel.text import _
from atelier.runtime.db import Base, DbRole, sqlalchemy_url
from atelier.runtime.tasks.schema import apply_task_schema

LOCK = 0x41_54_45_4C
OLDEST_SERVER = 150_000

ROLE_SCRIPT = """\
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;
    BEGIN
        SET LOCAL ROLE {role};
        RESET ROLE;
    EXCEPTION WHEN insufficient_privilege THEN
        GRANT {role} TO current_user;
    END;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$"""


class TooOldServer(Unavailable):
    message = _("PostgreSQL {found} is too old: Atelier needs 15 or newer.")


class RolesMissing(Unavailable):
    message = _("The database login may not make roles. Let an administrator run this once:\n{script}")


def grant_script() -> str:
    """What an administrator runs where the login may not make roles."""
    return "\n".join(f"CREATE ROLE {role} NOLOGIN; GRANT {role} TO the_login;" for role in DbRole)


def migrate(url: str) -> None:
    """Upgrade to the newest schema. Safe when several processes start at once; a no-op is quick."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            _check_version(connection)
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            _make_roles(connection)
            connection.commit()
            command.upgrade(_config(connection), "head")
            connection.commit()
            apply_task_schema(connection)
            connection.commit()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """For the developer's commands: new revisions and checks."""
    return _config(connection)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("atelier") / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = Base.metadata
    return config


def _check_version(connection: Connection) -> None:
    version = connection.connection.driver_connection.info.server_version  # type: ignore[union-attr]
    if version < OLDEST_SERVER:
        raise TooOldServer(found=version // 10_000)


def _make_roles(connection: Connection) -> None:
    for role in DbRole:
        try:
            connection.exec_driver_sql(ROLE_SCRIPT.format(role=role))
        except Exception as error:
            if isinstance(getattr(error, "orig", None), psycopg.errors.InsufficientPrivilege):
                raise RolesMissing(script=grant_script()) from error
            raise
