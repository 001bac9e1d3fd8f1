"""Alembic's environment: one connection from the runner, one transaction per migration, short lock waits."""

from alembic import context
from sqlalchemy import text

# Tables without a model: the task queue's own, and those of the machinery, which plain SQL works on.
MODEL_FREE = ("procrastinate_", "atelier_task_schema", "events", "event_cursors", "rate_limits", "idempotency_keys")


def include_object(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:  # noqa: FBT001
    """Tables without a model are left alone, with their indexes."""
    table = name if kind == "table" else getattr(getattr(item, "table", None), "name", "")
    return not (reflected and compare_to is None and (table or "").startswith(MODEL_FREE))


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
