"""Chores of the ledger."""

import structlog

from atelier.features.credits import invariants, service
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole
from atelier.runtime.tasks import Handlers, TaskContext

log = structlog.get_logger(__name__)

handlers = Handlers()


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
