"""Rate limits in the database: one statement each, equal for all processes (GCRA)."""

import math
from dataclasses import dataclass

from sqlalchemy import text

from atelier.kernel.errors import RateLimited
from atelier.runtime.db import DbRole, Sessions

TAKE = text(
    """
    INSERT INTO rate_limits AS r (bucket, full_at)
    VALUES (:bucket, clock_timestamp() + :step * interval '1 second')
    ON CONFLICT (bucket) DO UPDATE
    SET full_at = greatest(r.full_at, clock_timestamp()) + :step * interval '1 second'
    WHERE greatest(r.full_at, clock_timestamp()) <= clock_timestamp() + (:window - :step) * interval '1 second'
    RETURNING full_at
    """
)
WAIT = text(
    """
    SELECT extract(epoch FROM full_at - clock_timestamp()) - (:window - :step) FROM rate_limits WHERE bucket = :bucket
    """
)


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds, in a burst or spread."""

    count: int
    seconds: int

    @property
    def step(self) -> float:
        return self.seconds / self.count


async def take(sessions: Sessions, bucket: str, limit: Limit) -> None:
    """Count one use in a transaction of its own, which survives the request's failure. Raises RateLimited."""
    values = {"bucket": bucket, "step": limit.step, "window": float(limit.seconds)}
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        if await session.scalar(TAKE, values) is not None:
            return
        wait = await session.scalar(WAIT, values)
    raise RateLimited(retry_after=max(1, math.ceil(wait or 1)))
