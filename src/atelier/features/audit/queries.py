"""Reading and writing the audit trail and the errors."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from atelier.features.audit.chain import BEGINNING
from atelier.features.audit.models import AuditEntry, AuditHead, ErrorEvent, ErrorGroup
from atelier.features.audit.types import AuditAction, ErrorReport, ErrorState
from atelier.runtime.db import ReadSession, Session

HEAD = "audit"
LOCK = 0x41554449


class Head(NamedTuple):
    """The end of the chain, and the time."""

    number: int
    hash: bytes
    now: datetime


async def lock_head(session: Session) -> Head:
    """Whoever records next waits for us, so that there is one chain."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    fresh = insert(AuditHead).values(place=HEAD, number=0, hash=BEGINNING)
    await session.execute(fresh.on_conflict_do_nothing())
    end = select(AuditHead.number, AuditHead.hash, func.clock_timestamp()).where(AuditHead.place == HEAD)
    return Head(*(await session.execute(end)).one())


async def move_head(session: Session, entry: AuditEntry) -> None:
    moved = update(AuditHead).where(AuditHead.place == HEAD).values(number=entry.number, hash=entry.hash)
    await session.execute(moved)


async def find_head(session: ReadSession) -> AuditHead | None:
    return await session.scalar(select(AuditHead).where(AuditHead.place == HEAD))


async def stream_entries(session: ReadSession) -> AsyncIterator[AuditEntry]:
    """Every entry in the order of the chain."""
    found = await session.stream_scalars(
        select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=500)
    )
    async for entry in found:
        yield entry


async def list_entries(
    session: ReadSession, *, action: AuditAction | None = None, before: UUID | None = None, limit: int = 50
) -> Sequence[AuditEntry]:
    """The newest entries, one more than `limit`."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit + 1)
    if action is not None:
        statement = statement.where(AuditEntry.action == action)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    return (await session.scalars(statement)).all()


async def count_error(session: Session, fingerprint: str, report: ErrorReport) -> UUID:
    """The group of this error, counted once more. A resolved error that comes back is open again."""
    statement = insert(ErrorGroup).values(
        fingerprint=fingerprint, error_type=report.error_type, message=report.message, count=1
    )
    counted = statement.on_conflict_do_update(
        index_elements=[ErrorGroup.fingerprint],
        set_={
            "count": ErrorGroup.count + 1,
            "last_at": func.now(),
            "state": case((ErrorGroup.state == ErrorState.RESOLVED, ErrorState.OPEN), else_=ErrorGroup.state),
        },
    )
    return (await session.execute(counted.returning(ErrorGroup.id))).scalar_one()


async def list_error_groups(
    session: ReadSession, *, before: UUID | None = None, limit: int = 50
) -> Sequence[ErrorGroup]:
    statement = select(ErrorGroup).order_by(ErrorGroup.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(ErrorGroup.id < before)
    return (await session.scalars(statement)).all()


async def find_error_group(session: ReadSession, group_id: UUID) -> ErrorGroup | None:
    return await session.scalar(select(ErrorGroup).where(ErrorGroup.id == group_id))


async def list_error_events(session: ReadSession, group_id: UUID, *, limit: int = 20) -> Sequence[ErrorEvent]:
    newest = select(ErrorEvent).where(ErrorEvent.group_id == group_id).order_by(ErrorEvent.id.desc()).limit(limit)
    return (await session.scalars(newest)).all()


async def set_error_state(session: Session, group_id: UUID, state: ErrorState) -> bool:
    changed = update(ErrorGroup).where(ErrorGroup.id == group_id).values(state=state).returning(ErrorGroup.id)
    return await session.scalar(changed) is not None


async def delete_errors(session: Session, before: datetime) -> None:
    """Forget old errors, and the groups of which nothing is left."""
    await session.execute(delete(ErrorEvent).where(ErrorEvent.timestamp < before))
    empty = ~select(ErrorEvent.id).where(ErrorEvent.group_id == ErrorGroup.id).exists()
    await session.execute(delete(ErrorGroup).where(ErrorGroup.last_at < before, empty))
