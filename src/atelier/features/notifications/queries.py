"""Reading and writing mails."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from atelier.features.notifications.models import Mail, MailSuppression
from atelier.features.notifications.types import MailStatus
from atelier.runtime.db import ReadSession, Session


async def find_mail(session: ReadSession, mail_id: UUID) -> Mail | None:
    return await session.scalar(select(Mail).where(Mail.id == mail_id))


async def is_suppressed(session: ReadSession, address: str) -> bool:
    digest = hashlib.sha256(address.strip().lower().encode()).digest()
    found = select(MailSuppression.id).where(MailSuppression.address_hash == digest)
    return await session.scalar(found) is not None


async def end_mail(
    session: Session, mail_id: UUID, status: MailStatus, *, now: datetime, provider_id: str | None = None
) -> bool:
    """Settle a mail that is pending; False when it was settled before."""
    moment = {"sent_at": now} if status is MailStatus.SENT else {"failed_at": now}
    pending = update(Mail).where(Mail.id == mail_id, Mail.status == MailStatus.PENDING)
    ended = pending.values(status=status, provider_id=provider_id, **moment).returning(Mail.id)
    return await session.scalar(ended) is not None
