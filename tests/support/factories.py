"""Rows that tests begin with."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from atelier.features.credits import BucketKind, Grant, NewHold, TransferKind
from atelier.features.credits import grant as give
from atelier.kernel.clock import utc_now
from atelier.kernel.ids import new_id
from atelier.runtime.db import DbRole, Sessions

UNIT = "credit"


async def new_user(sessions: Sessions) -> UUID:
    """A verified person."""
    user_id = new_id()
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await session.execute(
            text("INSERT INTO users (id, email, email_verified_at) VALUES (:id, :email, now())"),
            {"id": user_id, "email": f"{user_id}@example.com"},
        )
    return user_id


async def give_units(sessions: Sessions, user_id: UUID, units: int, **changes: object) -> None:
    """A bonus that does not expire, unless `changes` say otherwise."""
    facts: dict[str, object] = {
        "unit": UNIT,
        "units": units,
        "kind": TransferKind.BONUS,
        "bucket": BucketKind.BONUS,
        "scope": "test",
        "key": str(new_id()),
    }
    async with sessions.begin(role=DbRole.SYSTEM) as session:
        await give(session, user_id, Grant(**(facts | changes)), now=utc_now())  # type: ignore[arg-type]


def new_hold(amount: int, reference: str, *, hours: float = 1) -> NewHold:
    return NewHold(UNIT, amount, reference, utc_now() + timedelta(hours=hours))
