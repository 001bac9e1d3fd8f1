"""Giving units, and taking them back by hand."""

import json
from datetime import datetime
from uuid import UUID

from atelier.features.credits import queries
from atelier.features.credits.errors import InsufficientCredits, ReferenceReused
from atelier.features.credits.models import Bucket
from atelier.features.credits.service.opening import between, open_wallet
from atelier.features.credits.types import AccountKind, BucketKind, Grant, TransferKind
from atelier.runtime.db import DbRole, Session, Sessions, as_system


async def grant(session: Session, user_id: UUID, gift: Grant, *, now: datetime) -> bool:
    """Give units once for (scope, key), whatever is repeated; whether they were given now."""
    async with as_system(session):
        wallet = await open_wallet(session, user_id, gift.unit, now)
        values = between(wallet, gift.kind, AccountKind.HOUSE_ISSUED, amount=gift.units) | {
            "scope": gift.scope,
            "key": gift.key,
            "description": gift.description,
            "actor": gift.actor,
            "source": gift.source,
            "source_id": gift.source_id,
            "metadata": json.dumps(dict(gift.metadata)),
        }
        if gift.units == 0 or not await queries.move(session, values):
            return False
        session.add(
            Bucket(
                user_id=user_id,
                account_id=wallet.id,
                kind=gift.bucket,
                granted=gift.units,
                remaining=gift.units,
                expires_at=gift.expires_at,
                source=gift.kind,
                price_paid_minor=gift.price_paid_minor,
            )
        )
        await session.flush()  # within the role that may write it
        return True


async def adjust(  # noqa: PLR0913 - each is a fact that the record must carry
    session: Session, user_id: UUID, *, unit: str, units: int, reason: str, actor: str, key: str, now: datetime
) -> bool:
    """Add or take units by hand, with a reason; once for `key`, which another adjustment cannot use.

    Raises InsufficientCredits rather than overdraw, ReferenceReused, UnknownUnit.
    """
    key = f"{user_id}:{key}"
    earlier = await queries.find_moved(session, user_id, "adjustment", key)
    if earlier is not None:
        if earlier != (unit, units):
            raise ReferenceReused(reference=key)
        return False
    if units > 0:
        gift = Grant(
            unit,
            units,
            TransferKind.ADJUSTMENT_ADD,
            BucketKind.BONUS,
            "adjustment",
            key,
            description=reason,
            actor=actor,
        )
        return await grant(session, user_id, gift, now=now)
    async with as_system(session):
        wallet = await open_wallet(session, user_id, unit, now)
        taken = await queries.allocate(session, wallet.id, amount=-units, now=now)
        if taken < -units:
            raise InsufficientCredits(needed=-units, unit=unit, available=taken)
        return await queries.move(
            session,
            between(wallet, TransferKind.ADJUSTMENT_REMOVE, AccountKind.HOUSE_ADJUSTED, amount=units)
            | {"scope": "adjustment", "key": key, "description": reason, "actor": actor},
        )


async def expire_due(sessions: Sessions, *, now: datetime, limit: int = 500) -> int:
    """Post the expiry of units whose time is over, a wallet at a time; how many wallets were touched."""
    async with sessions.read(role=DbRole.SYSTEM) as reader:
        wallets = await queries.list_wallets_with_expired(reader, now, limit)
    for row in wallets:
        async with sessions.begin(role=DbRole.SYSTEM) as session:
            await open_wallet(session, row.user_id, row.unit, now)
    return len(wallets)
