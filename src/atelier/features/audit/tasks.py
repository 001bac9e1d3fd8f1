"""Chores of the audit trail and the errors."""

import structlog

from atelier.features.audit import service
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole
from atelier.runtime.tasks import Handlers, TaskContext

log = structlog.get_logger(__name__)

handlers = Handlers()


@handlers.schedule("5 2 * * *")
async def forget(context: TaskContext) -> None:
    """Forget errors that are older than the catalogue keeps them."""
    async with context.sessions.begin(role=DbRole.SYSTEM) as session:
        await service.forget_errors(session, now=utc_now())


@handlers.schedule("47 * * * *")
async def verify(context: TaskContext) -> None:
    """Prove hourly that the trail is whole; a breach is logged as an error."""
    async with context.sessions.read(role=DbRole.SYSTEM) as session:
        for breach in await service.verify_chain(session):
            log.error("audit_trail_broken", number=breach.number, problem=breach.problem)
