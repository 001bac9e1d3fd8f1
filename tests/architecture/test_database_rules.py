"""Rules of the house that the migrated database itself must show."""

import psycopg
import pytest

NOT_OWNED = {
    # The audit trail and error events know people by id, and belong to the house.
    "error_events",
}


@pytest.fixture
def rows(database_url: str) -> "Rows":
    return Rows(database_url)


class Rows:
    """Asks the catalogue of the migrated database."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self._url) as connection:
            return connection.execute(sql).fetchall()


def test_every_foreign_key_has_an_index_that_leads_with_it(rows: Rows) -> None:
    found = rows(
        """
        SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.conrelid::regclass::text NOT LIKE 'procrastinate%'
          AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])
        """
    )
    assert found == []


def test_updated_at_is_kept_by_a_trigger_everywhere(rows: Rows) -> None:
    found = rows(
        """
        SELECT a.attrelid::regclass::text FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid AND t.relkind = 'r'
        WHERE a.attname = 'updated_at' AND t.relnamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = a.attrelid AND g.tgname = 'touch')
        """
    )
    assert found == []


def test_every_table_with_a_person_has_row_security_enabled_forced_and_with_a_policy_a_role(rows: Rows) -> None:
    owned = {
        str(table)
        for (table,) in rows(
            """
            SELECT a.attrelid::regclass::text FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
            WHERE a.attname = 'user_id' AND t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
            """
        )
    }
    guarded = {
        str(table)
        for (table,) in rows(
            """
            SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity AND relforcerowsecurity
              AND (SELECT array_agg(polname::text ORDER BY polname) FROM pg_policy WHERE polrelid = pg_class.oid)
                  = '{app,owner,system}'
            """
        )
    }
    assert owned - guarded - NOT_OWNED == set()
    assert "users" in guarded


def test_every_table_has_a_primary_key_and_its_constraints_are_named_by_the_convention(rows: Rows) -> None:
    names = [
        str(name)
        for (name,) in rows(
            """
            SELECT conname FROM pg_constraint c
            WHERE connamespace = 'public'::regnamespace AND contype IN ('p','u','c','f')
              AND conrelid::regclass::text NOT LIKE 'procrastinate%' AND conrelid::regclass::text NOT IN
                  ('alembic_version', 'atelier_task_schema')
              AND conrelid <> 0
            """
        )
    ]
    assert [name for name in names if not name.startswith(("pk_", "uq_", "ck_", "fk_"))] == [
        name for name in names if name in {"rate_limits_pkey", "events_pkey", "event_cursors_pkey"}
    ]


def test_what_a_persons_role_may_write_is_an_allow_list(rows: Rows) -> None:
    """The ledger, sessions' hashes, passwords and the audit trail are not on it."""
    writable = {
        str(table)
        for (table,) in rows(
            """
            SELECT DISTINCT table_name FROM information_schema.role_table_grants
            WHERE grantee = 'atelier_app' AND privilege_type IN ('INSERT', 'UPDATE', 'DELETE')
            """
        )
    }
    assert writable == {
        "api_keys",
        "events",
        "files",
        "idempotency_keys",
        "image_derivatives",
        "images",
        "job_details",
        "job_inputs",
        "jobs",
        "rate_limits",
    }
    readable = {
        str(table)
        for (table,) in rows(
            """
            SELECT DISTINCT table_name FROM information_schema.role_table_grants
            WHERE grantee = 'atelier_app' AND privilege_type = 'SELECT'
            """
        )
    }
    assert not readable & {"passwords", "one_time_tokens", "error_events", "procrastinate_jobs"}
