"""Chores of the ledger."""

from atelier.features import catalog
from atelier.features.accounts import EmailVerified
from atelier.features.credits import service
from atelier.features.credits.types import BucketKind, Grant, TransferKind
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole
from atelier.runtime.tasks import Handlers, TaskContext

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
    """Release the holds that nobody ended in time. A hold outlives its job's deadline."""
    await service.sweep_holds(context.sessions, now=utc_now())


@handlers.schedule("11 * * * *")
async def expire_units(context: TaskContext) -> None:
    """Post the expiry of units whose time is over."""
    await service.expire_due(context.sessions, now=utc_now())
