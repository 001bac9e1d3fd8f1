"""Alembic's environment: one connection from the runner, one transaction per migration, short lock waits."""

from alembic import context
from sqlalchemy import text

OURS_ONLY_PREFIX = "procrastinate_"


def include_object(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:  # noqa: ARG001, FBT001
    """The queue's own tables are not in our metadata and are left alone."""
    return not (reflected and compare_to is None and (name or "").startswith(OURS_ONLY_PREFIX))


def run() -> None:
    connection = context.config.attributes["connection"]
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.execute(text("SET statement_timeout = '10min'"))
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes.get("metadata"),
        include_object=include_object,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
