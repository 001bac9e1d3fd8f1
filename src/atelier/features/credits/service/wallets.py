"""What a wallet shows: balances as they are at this moment, without writing anything."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from atelier.features import catalog
from atelier.features.catalog import Regeneration
from atelier.features.credits import queries
from atelier.features.credits.models import Account, Bucket
from atelier.features.credits.regeneration import Well, next_refill_at, refill
from atelier.features.credits.types import Balance, BucketKind, BucketLine
from atelier.runtime.db import ReadSession


async def find_balance(session: ReadSession, user_id: UUID, unit: str, *, now: datetime) -> Balance:
    """The balance as a spend at `now` would find it: refilled, and without what has expired."""
    rule = (await catalog.current(session)).regeneration
    account = await queries.find_wallet(session, user_id, unit)
    if account is None:
        start = rule.start if rule and rule.unit == unit else 0
        return Balance(unit, start, 0)
    buckets = await queries.list_buckets(session, user_id, account.id)
    live = [line for line in buckets if line.expires_at is None or line.expires_at > now]
    gone = sum(line.spendable for line in buckets) - sum(line.spendable for line in live)
    if rule is None or rule.unit != unit:
        return Balance(unit, account.posted - gone, account.held, live)
    bucket = await queries.find_well(session, user_id, account.id)
    return _with_well(account, live, rule, gone=gone, bucket=bucket, now=now)


async def list_balances(session: ReadSession, user_id: UUID, *, now: datetime) -> Sequence[Balance]:
    """One for each unit of the business."""
    units = (await catalog.current(session)).units
    return [await find_balance(session, user_id, unit.code, now=now) for unit in units]


async def spendable(session: ReadSession, user_id: UUID, unit: str, *, now: datetime) -> int:
    return (await find_balance(session, user_id, unit, now=now)).spendable


def _with_well(
    account: Account, live: Sequence[BucketLine], rule: Regeneration, *, gone: int, bucket: Bucket | None, now: datetime
) -> Balance:
    if bucket is None:
        return Balance(account.unit, account.posted - gone + rule.start, account.held, live)
    every = timedelta(minutes=rule.every_minutes)
    well = Well(bucket.remaining, rule.cap, rule.units, every, bucket.refilled_at or now)
    found = refill(well, now)
    level = bucket.remaining + found.added
    later = Well(level, rule.cap, rule.units, every, found.clock)
    others = [line for line in live if line.kind is not BucketKind.REGENERATING]
    line = BucketLine(
        bucket.id, bucket.kind, bucket.granted + found.added, level, bucket.held, bucket.expires_at, bucket.source
    )
    return Balance(
        account.unit, account.posted - gone + found.added, account.held, [line, *others], next_refill_at(later)
    )
