"""What a feature says upward: rows in an outbox, written with the change they tell of, fed to subscribers in order."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from atelier.runtime.db import DbRole, Session

if TYPE_CHECKING:
    from atelier.runtime.tasks.handlers import Subscription, TaskContext

log = structlog.get_logger(__name__)

CHANNEL = "atelier_events"
BATCH = 100
POLL_SECONDS = 2.0


class Event(BaseModel):
    """Something that happened, in the past tense."""

    model_config = ConfigDict(frozen=True, extra="ignore")


async def publish(session: Session, event: Event) -> None:
    """Write the event with the caller's transaction: it is told if, and only if, that commits."""
    await session.execute(
        text("INSERT INTO events (name, body) VALUES (:name, cast(:body AS jsonb))"),
        {"name": type(event).__name__, "body": event.model_dump_json()},
    )
    session.wake_after_commit(CHANNEL)


# Only rows below the oldest running transaction are read, or a slow one would be passed over for ever.
NEXT = text(
    """
    SELECT e.transaction, e.id, e.body
    FROM events e
    WHERE (e.transaction, e.id) > (:after_transaction, :after_id)
      AND e.transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
      AND e.name = :name
    ORDER BY e.transaction, e.id
    LIMIT :limit
    """
)
CLAIM = text(
    """
    SELECT transaction, event_id FROM event_cursors
    WHERE subscriber = :subscriber AND (retry_at IS NULL OR retry_at <= clock_timestamp())
    FOR UPDATE SKIP LOCKED
    """
)
BEGIN = text("INSERT INTO event_cursors (subscriber) VALUES (:subscriber) ON CONFLICT DO NOTHING")
ADVANCE = text(
    """
    UPDATE event_cursors
    SET transaction = :transaction, event_id = :event_id, failures = 0, error = NULL, retry_at = NULL
    WHERE subscriber = :subscriber
    """
)
FAIL = text(
    """
    UPDATE event_cursors SET failures = failures + 1, error = :error,
           retry_at = clock_timestamp() + least(300, power(2, failures)) * interval '1 second'
    WHERE subscriber = :subscriber
    """
)


async def feed(subscription: "Subscription", context: "TaskContext") -> int:
    """Hand the next events to one subscriber; the number that it took. A failure keeps the place and backs off."""
    taken = 0
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(BEGIN, {"subscriber": subscription.subscriber})
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        place = (await session.execute(CLAIM, {"subscriber": subscription.subscriber})).first()
        if place is None:
            return 0
        rows = await session.execute(
            NEXT,
            {
                "after_transaction": place.transaction,
                "after_id": place.event_id,
                "name": subscription.event.__name__,
                "limit": BATCH,
            },
        )
        for row in rows.all():
            try:
                await subscription.run(subscription.event.model_validate(row.body), context)
            except Exception as error:
                log.exception("event_failed", subscriber=subscription.subscriber, event_id=row.id)
                await session.execute(FAIL, {"subscriber": subscription.subscriber, "error": repr(error)[:2000]})
                break
            await session.execute(
                ADVANCE, {"subscriber": subscription.subscriber, "transaction": row.transaction, "event_id": row.id}
            )
            taken += 1
    return taken


async def feed_all(subscriptions: Sequence["Subscription"], context: "TaskContext") -> int:
    """One round over all subscribers; the number of events taken."""
    taken = 0
    for subscription in subscriptions:
        taken += await feed(subscription, context)
    return taken


async def keep_feeding(subscriptions: Sequence["Subscription"], context: "TaskContext") -> None:
    """Feed on every signal and every few seconds, until cancelled."""
    async with context.sessions.signals.listen(CHANNEL) as queue:
        while True:
            while await feed_all(subscriptions, context):
                pass
            try:
                await asyncio.wait_for(queue.get(), POLL_SECONDS)
            except TimeoutError:
                continue
