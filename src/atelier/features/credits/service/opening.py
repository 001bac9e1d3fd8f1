"""Opening a wallet for a change: locked, refilled, and rid of what has expired."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from atelier.features import catalog
from atelier.features.catalog import Catalogue
from atelier.features.credits import queries
from atelier.features.credits.errors import UnknownUnit
from atelier.features.credits.models import Bucket
from atelier.features.credits.regeneration import Well, refill
from atelier.features.credits.types import AccountKind, BucketKind, TransferKind
from atelier.kernel.ids import new_id
from atelier.runtime.db import Session


@dataclass(frozen=True)
class Opened:
    """A locked wallet that is up to date."""

    id: UUID
    user_id: UUID
    unit: str


async def open_wallet(session: Session, user_id: UUID, unit: str, now: datetime) -> Opened:
    """Lock the wallet (made when it is missing), refill its well, expire what is due."""
    row = await queries.lock_wallet(session, user_id, unit)
    if row is None:
        _check_unit(await catalog.current(session), unit)
        await queries.add_wallet(session, user_id, unit)
        row = await queries.lock_wallet(session, user_id, unit)
    if row is None:
        raise LookupError(f"no wallet of {user_id} in {unit}")
    wallet = Opened(row.id, user_id, unit)
    await _refill(session, wallet, now)
    await _expire(session, wallet, now)
    return wallet


def _check_unit(catalogue: Catalogue, unit: str) -> None:
    if unit not in {known.code for known in catalogue.units}:
        raise UnknownUnit(field="unit", unit=unit)


async def _refill(session: Session, wallet: Opened, now: datetime) -> None:
    rule = (await catalog.current(session)).regeneration
    if rule is None or rule.unit != wallet.unit:
        return
    bucket = await queries.find_well(session, wallet.user_id, wallet.id)
    if bucket is None:
        bucket = await _dig(session, wallet, now, cap=rule.cap)
        if rule.start:
            await _pour(session, wallet, bucket, added=rule.start, clock=now)
        return
    if bucket.cap != rule.cap:
        await _recap(session, bucket, rule.cap, now)
    every = timedelta(minutes=rule.every_minutes)
    found = refill(Well(bucket.remaining, rule.cap, rule.units, every, bucket.refilled_at or now), now)
    if found.added:
        await _pour(session, wallet, bucket, added=found.added, clock=found.clock)


async def _recap(session: Session, bucket: Bucket, cap: int, now: datetime) -> None:
    """The catalogue changed the cap. A well that was full has no time in the bank."""
    if bucket.cap is not None and bucket.remaining >= bucket.cap:
        bucket.refilled_at = now
    bucket.cap = max(cap, bucket.remaining)
    await session.flush()  # plain SQL comes next


async def _dig(session: Session, wallet: Opened, now: datetime, *, cap: int) -> Bucket:
    bucket = Bucket(
        id=new_id(),
        user_id=wallet.user_id,
        account_id=wallet.id,
        kind=BucketKind.REGENERATING,
        granted=0,
        remaining=0,
        held=0,
        cap=cap,
        refilled_at=now,
        source="regeneration",
    )
    session.add(bucket)
    await session.flush()  # the statements that follow see the row
    return bucket


async def _pour(session: Session, wallet: Opened, bucket: Bucket, *, added: int, clock: datetime) -> None:
    bucket.remaining += added
    bucket.granted += added
    bucket.refilled_at = clock
    await session.flush()  # plain SQL comes next
    await queries.must_move(
        session,
        between(wallet, TransferKind.REGENERATION, AccountKind.HOUSE_ISSUED, amount=added)
        | {"scope": "regeneration", "key": f"{bucket.id}:{clock.isoformat()}:{bucket.granted}"},
    )


async def _expire(session: Session, wallet: Opened, now: datetime) -> None:
    for bucket in await queries.list_expired(session, wallet.user_id, wallet.id, now):
        gone = bucket.remaining - bucket.held
        bucket.remaining = bucket.held
        await session.flush()  # plain SQL comes next
        await queries.must_move(
            session,
            between(wallet, TransferKind.EXPIRY, AccountKind.HOUSE_EXPIRED, amount=-gone)
            | {"scope": "expiry", "key": str(new_id()), "source": "bucket", "source_id": bucket.id},
        )


def between(wallet: Opened, kind: TransferKind, house: AccountKind, *, amount: int) -> dict[str, Any]:
    """What every movement of this wallet says."""
    return {
        "account_id": wallet.id,
        "user_id": wallet.user_id,
        "unit": wallet.unit,
        "kind": kind,
        "house_kind": house,
        "amount": amount,
    }
