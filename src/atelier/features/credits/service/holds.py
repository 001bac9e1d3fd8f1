"""Placing and ending holds. A job's units are set aside, then captured for what was delivered, or released."""

from datetime import datetime, timedelta
from uuid import UUID

from atelier.features.credits import queries
from atelier.features.credits.errors import CaptureTooLarge, InsufficientCredits, ReferenceReused
from atelier.features.credits.messages import HoldCaptured, HoldReleased
from atelier.features.credits.models import Bucket
from atelier.features.credits.service.opening import Opened, between, open_wallet
from atelier.features.credits.types import AccountKind, BucketKind, HoldState, NewHold, TransferKind
from atelier.runtime.db import DbRole, Session, Sessions, as_system
from atelier.runtime.events import publish

GRACE = timedelta(days=7)


async def place_hold(session: Session, user_id: UUID, hold: NewHold, *, now: datetime) -> UUID:
    """Set units aside until `lives_until`, once per reference; the hold's id.

    The same reference and amount again gives the hold that is still placed; anything else raises ReferenceReused.
    Raises InsufficientCredits.
    """
    async with as_system(session):
        wallet = await open_wallet(session, user_id, hold.unit, now)
        hold_id = await queries.add_hold(session, user_id, wallet.id, hold)
        if hold_id is None:
            earlier = await queries.get_hold_by_reference(session, user_id, hold.reference)
            if (earlier.amount, earlier.unit, earlier.state) != (hold.amount, hold.unit, HoldState.PLACED):
                raise ReferenceReused(reference=hold.reference)
            return earlier.id
        if not await queries.set_aside(session, wallet.id, hold.amount):
            raise await _insufficient(session, wallet, hold)
        placed = await queries.allocate(session, wallet.id, amount=hold.amount, now=now, hold_id=hold_id)
        if placed != hold.amount:
            raise await _insufficient(session, wallet, hold)
        return hold_id


async def capture_hold(
    session: Session, hold_id: UUID, amount: int, *, product: str, now: datetime, source_id: UUID | None = None
) -> bool:
    """Take `amount` for what was delivered and give the rest back; False when the hold has already ended.

    Raises CaptureTooLarge.
    """
    if amount == 0:
        return await release_hold(session, hold_id, now=now)
    async with as_system(session):
        held = await queries.find_hold_amount(session, hold_id)
        if held is not None and amount > held:
            raise CaptureTooLarge(held=held, amount=amount)
        hold = await queries.end_hold(session, hold_id, HoldState.CAPTURED, captured=amount)
        if hold is None:
            return False
        wallet = await open_wallet(session, hold.user_id, hold.unit, now)
        await _settle_parts(session, wallet, hold_id, gone=amount, now=now)
        await queries.must_move(
            session,
            between(wallet, TransferKind.USAGE, AccountKind.HOUSE_REVENUE, amount=-amount)
            | {
                "unheld": hold.amount,
                "scope": "capture",
                "key": str(hold_id),
                "hold_id": hold_id,
                "product": product,
                "source": "job",
                "source_id": source_id,
            },
        )
        await publish(
            session, HoldCaptured(hold_id=hold_id, user_id=hold.user_id, unit=hold.unit, amount=amount, product=product)
        )
        return True


async def release_hold(
    session: Session, hold_id: UUID, *, now: datetime, state: HoldState = HoldState.RELEASED
) -> bool:
    """Give the units back; False when the hold has already ended."""
    async with as_system(session):
        hold = await queries.end_hold(session, hold_id, state)
        if hold is None:
            return False
        wallet = await open_wallet(session, hold.user_id, hold.unit, now)
        await queries.give_back(session, wallet.id, hold.amount)
        await _settle_parts(session, wallet, hold_id, gone=0, now=now)
        await publish(session, HoldReleased(hold_id=hold_id, user_id=hold.user_id, unit=hold.unit, amount=hold.amount))
        return True


async def sweep_holds(sessions: Sessions, *, now: datetime, limit: int = 500) -> int:
    """Release the holds that nobody ended in time, each in a transaction of its own; how many."""
    async with sessions.read(role=DbRole.SYSTEM) as reader:
        expired = await queries.list_expired_holds(reader, limit)
    for hold_id in expired:
        async with sessions.begin(role=DbRole.SYSTEM) as session:
            await release_hold(session, hold_id, now=now, state=HoldState.EXPIRED)
    return len(expired)


async def _settle_parts(session: Session, wallet: Opened, hold_id: UUID, *, gone: int, now: datetime) -> None:
    """End each part; what was used leaves its bucket, the rest stays there, or moves on when that has expired."""
    late = 0
    for part in await queries.list_parts(session, hold_id):
        used = min(gone, part.amount)
        gone -= used
        back = part.amount - used
        is_late = part.expires_at is not None and part.expires_at <= now
        late += back if is_late else 0
        await queries.settle_part(
            session, part.bucket_id, part=part.amount, gone=part.amount if is_late else used, now=now
        )
    if late:
        session.add(
            Bucket(
                user_id=wallet.user_id,
                account_id=wallet.id,
                kind=BucketKind.GRACE,
                granted=late,
                remaining=late,
                expires_at=now + GRACE,
                source="grace",
            )
        )
        await session.flush()  # within the role that may write it


async def _insufficient(session: Session, wallet: Opened, hold: NewHold) -> InsufficientCredits:
    account = await queries.find_wallet(session, wallet.user_id, wallet.unit)
    available = account.posted - account.held if account else 0
    return InsufficientCredits(needed=hold.amount, unit=hold.unit, available=available)
