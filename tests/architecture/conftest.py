"""What the migrated database says of itself."""

import re

import psycopg
import pytest

CHECKS = """
    SELECT c.conrelid::regclass::text, a.attname, pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'c' AND cardinality(c.conkey) = 1 AND c.connamespace = 'public'::regnamespace
"""


@pytest.fixture(scope="session")
def check_values(database_url: str) -> dict[str, set[str]]:
    """By `table.column`: the words that its check constraints allow."""
    found: dict[str, set[str]] = {}
    with psycopg.connect(database_url) as connection:
        for table, column, definition in connection.execute(CHECKS):
            if words := re.findall(r"'([^']*)'::(?:text|character varying)", definition):
                found.setdefault(f"{table}.{column}", set()).update(words)
    return found
