"""Task payloads, and storing them together with the work that needs them."""

from datetime import timedelta

from procrastinate import App, PsycopgConnector
from pydantic import BaseModel, ConfigDict

from atelier.runtime.db import Session

_deferrer = App(connector=PsycopgConnector())
"""Never opened: every task is written through the caller's own connection."""


class Message(BaseModel):
    """The payload of a task. It carries ids, never a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")


async def enqueue(
    session: Session, message: Message, *, delay: timedelta | None = None, once: str | None = None
) -> None:
    """Store a task in the caller's transaction: it exists if, and only if, that commits.

    Tasks with the same `once` wait for each other.
    """
    connection = await session.connection()
    raw = (await connection.get_raw_connection()).driver_connection
    deferrer = _deferrer.configure_task(
        type(message).__name__,
        connection=raw,
        lock=once,
        schedule_in={"seconds": int(delay.total_seconds())} if delay else None,
    )
    await deferrer.defer_async(message=message.model_dump(mode="json"))
