"""Asking the books."""

from uuid import UUID

from atelier.features import credits, imaging
from atelier.kernel.clock import utc_now
from atelier.runtime.db import DbRole, Sessions
from tests.support.factories import UNIT


async def spendable(sessions: Sessions, user_id: UUID) -> int:
    async with sessions.read(role=DbRole.SYSTEM) as session:
        return await credits.spendable(session, user_id, UNIT, now=utc_now())


async def findings(sessions: Sessions) -> list[str]:
    """What is wrong with the books, in words; nothing when they are right."""
    async with sessions.read(role=DbRole.SYSTEM) as session:
        found = await credits.verify_ledger(session, imaging.INVARIANTS)
    return [f"{finding.invariant} {finding.claim}: {finding.example}" for finding in found]
