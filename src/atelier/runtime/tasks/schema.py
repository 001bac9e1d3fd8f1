"""The task queue's own tables: installed and upgraded from the SQL files that Procrastinate ships."""

from importlib import metadata, resources
from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

# Writing a task is open to everybody who may act, reading tasks is not: the functions run as their owner.
OPENED = """
DO $$ DECLARE f regprocedure; BEGIN
    FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'procrastinate_defer_%' LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', f);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers,
    procrastinate_workers TO atelier_system;
"""


def apply_task_schema(connection: Connection) -> None:
    """Install the queue's tables, or run the shipped files newer than what is installed."""
    version = metadata.version("procrastinate")
    connection.execute(text("CREATE TABLE IF NOT EXISTS atelier_task_schema (version text PRIMARY KEY)"))
    installed = connection.scalar(text("SELECT version FROM atelier_task_schema"))
    if installed == version:
        return
    statements = [SchemaManager.get_schema()] if installed is None else _newer_than(installed)
    for statement in statements:
        _run(connection, statement)
    _run(connection, OPENED)
    connection.execute(text("DELETE FROM atelier_task_schema"))
    connection.execute(text("INSERT INTO atelier_task_schema VALUES (:version)"), {"version": version})


def _newer_than(installed: str) -> list[str]:
    folder = Path(str(resources.files("procrastinate.sql") / "migrations"))
    files = sorted(path for path in folder.glob("*.sql") if _numbers(path.name.split("_")[0]) > _numbers(installed))
    return [path.read_text(encoding="utf-8") for path in files]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3])


def _run(connection: Connection, statement: str) -> None:
    # The driver's own cursor: a file holds many statements, and its percent signs are no parameters.
    cursor = connection.connection.cursor()
    cursor.execute(statement)
    cursor.close()
