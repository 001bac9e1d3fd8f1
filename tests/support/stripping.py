"""Taking the application's own tenant filters away, to see whether row security alone holds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from atelier.runtime.db import DbRole

FILTER = re.compile(r"\b(\w+\.)?(user_id|owner_id) = %\(\w+\)s(::UUID)?")


@contextmanager
def without_own_filters(engine: AsyncEngine) -> Iterator[list[str]]:
    """While it lasts, `user_id = …` is true for every row in the statements of people; hands out what was stripped."""
    stripped: list[str] = []

    def strip(*facts: Any) -> tuple[str, Any]:  # noqa: ANN401 - SQLAlchemy's event: connection, cursor, statement, …
        connection, _cursor, statement, parameters, *_rest = facts
        if isinstance(parameters, dict) and "role" in parameters:
            connection.info["role"] = str(parameters["role"])
        if connection.info.get("role") != DbRole.APP or statement.lstrip().upper().startswith("INSERT"):
            return statement, parameters
        found, count = FILTER.subn("TRUE", statement)
        stripped.extend([found] * count)
        return found, parameters

    event.listen(engine.sync_engine, "before_cursor_execute", strip, retval=True)
    try:
        yield stripped
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", strip)
