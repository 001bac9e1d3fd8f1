"""Chores of the ledger."""

import structlog

from atelier.features import catalog
from atelier.features.accounts import EmailVerified
from atelier.features.credits import invariants, service
from atelier.features.credits.types import BucketKind, Grant, TransferKind
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole
from atelier.runtime.tasks import Handlers, TaskContext

log = structlog.get_logger(__name__)

handlers = Handlers()


@handlers.on(EmailVerified)
async def welcome(event: EmailVerified, context: TaskContext) -> None:
    """The sign-up grant: after the e-mail is verified, once for each mailbox, however it is spelt."""
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        for place, gift in enumerate((await catalog.current(session)).sign_up.grants):
            grant = Grant(
                unit=gift.unit,
                units=gift.units,
                kind=TransferKind.SIGNUP_BONUS,
                bucket=BucketKind.BONUS,
                scope="sign_up",
                key=f"{event.address_hash}:{place}",
            )
            await service.grant(session, event.user_id, grant, now=utc_now())


@handlers.schedule("* * * * * */30")
async def sweep_expired_holds(context: TaskContext) -> None:
    """Release the holds that nobody ended in time. A hold lives as long as its job's deadline."""
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        await service.sweep_holds(session, now=utc_now())


@handlers.schedule("11 * * * *")
async def expire_units(context: TaskContext) -> None:
    """Post the expiry of units whose time is over."""
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        await service.expire_due(session, now=utc_now())


@handlers.schedule("41 * * * *")
async def verify_books(context: TaskContext) -> None:
    """Prove the books hourly; a finding is logged as an error."""
    async with context.sessions.read(role=DbRole.SYSTEM) as session:
        for finding in await invariants.verify_ledger(session):
            log.error("ledger_wrong", invariant=finding.invariant, claim=finding.claim, example=finding.example)
