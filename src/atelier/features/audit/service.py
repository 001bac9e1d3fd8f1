"""Recording deeds and errors, and proving that no deed was changed."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from atelier.features import catalog
from atelier.features.audit import queries
from atelier.features.audit.chain import BEGINNING, By, described, hash_of, plain
from atelier.features.audit.models import AuditEntry, ErrorEvent
from atelier.features.audit.types import AuditAction, Breach, ErrorReport
from atelier.kernel.ids import new_id
from atelier.runtime.db import ReadSession, Session, as_system

NUMBERS = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|\d+", re.IGNORECASE)
MESSAGE_LENGTH = 10_000
STACK_LENGTH = 50_000


async def record(  # noqa: PLR0913 - each is a fact that the record must carry
    session: Session,
    action: AuditAction,
    *,
    actor: By,
    target_type: str | None = None,
    target_id: UUID | str | None = None,
    details: Mapping[str, object] | None = None,
    ip: str | None = None,
) -> None:
    """Write a deed with the change it tells of. Entries form one chain, so recorders take turns until they commit."""
    user_id, name = described(actor)
    async with as_system(session):
        head = await queries.lock_head(session)
        entry = AuditEntry(
            id=new_id(),
            number=head.number + 1,
            created_at=head.now,
            user_id=user_id,
            actor=name,
            action=action,
            target_type=target_type,
            target_id=None if target_id is None else str(target_id),
            details=plain(details),
            ip_address=ip,
            previous_hash=head.hash,
        )
        entry.hash = hash_of(entry, head.hash)
        session.add(entry)
        await session.flush()  # within the role that may write it
        await queries.move_head(session, entry)


async def verify_chain(session: ReadSession) -> Sequence[Breach]:
    """Every place where an entry was changed, removed or moved; nothing when the trail is whole."""
    breaches = []
    previous, number = BEGINNING, 0
    async for entry in queries.stream_entries(session):
        if entry.number != number + 1:
            breaches.append(Breach(number + 1, "an entry is missing"))
        if bytes(entry.previous_hash) != previous:
            breaches.append(Breach(entry.number, "does not follow the entry before it"))
        if bytes(entry.hash) != hash_of(entry, bytes(entry.previous_hash)):
            breaches.append(Breach(entry.number, "was changed"))
        previous, number = bytes(entry.hash), entry.number
    head = await queries.find_head(session)
    if head is not None and (head.number, bytes(head.hash)) != (number, previous):
        breaches.append(Breach(head.number, "the newest entries are missing"))
    if head is None and number:
        breaches.append(Breach(number, "the head of the chain is missing"))
    return breaches


async def record_error(session: Session, report: ErrorReport) -> UUID:
    """Keep one error with its kind; the kind's id. Numbers and ids in the message make no kind of their own."""
    fingerprint = _fingerprint(report)
    short = replace(report, message=report.message[:MESSAGE_LENGTH], stack=(report.stack or "")[:STACK_LENGTH])
    async with as_system(session):
        group_id = await queries.count_error(session, fingerprint, short)
        session.add(
            ErrorEvent(
                group_id=group_id,
                message=short.message,
                stack=short.stack or None,
                source_file=short.source_file,
                source_line=short.source_line,
                source_column=short.source_column,
                user_id=short.user_id,
                route=short.route,
                environment=short.environment,
                error_type=short.error_type,
                release=short.release,
            )
        )
        await session.flush()  # within the role that may write it
    return group_id


async def forget_errors(session: Session, *, now: datetime) -> None:
    """Delete errors that are older than the catalogue keeps them."""
    days = (await catalog.current(session)).retention.get("errors", "keep")
    if days != "keep":
        await queries.delete_errors(session, now - timedelta(days=days))


def _fingerprint(report: ErrorReport) -> str:
    place = f"{report.source_file or ''}:{report.source_line or ''}"
    kind = NUMBERS.sub("#", report.message[:500])
    return hashlib.sha256(f"{report.environment}|{report.error_type}|{kind}|{place}".encode()).hexdigest()
