"""Chores of jobs."""

import structlog

from atelier.features import credits
from atelier.features.imaging.invariants import INVARIANTS
from atelier.runtime.db import DbRole
from atelier.runtime.tasks import Handlers, TaskContext

log = structlog.get_logger(__name__)

handlers = Handlers()


@handlers.schedule("41 * * * *")
async def verify_books(context: TaskContext) -> None:
    """Prove the books hourly, the promises of jobs included; a finding is logged as an error."""
    async with context.sessions.read(role=DbRole.SYSTEM) as session:
        for finding in await credits.verify_ledger(session, INVARIANTS):
            log.error("ledger_wrong", invariant=finding.invariant, claim=finding.claim, example=finding.example)
